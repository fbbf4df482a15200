import CloudEvents

/// Forms one line of the log: `2026-11-25T10:00:00.000Z INFO message key=value key="two words"`. Whatever the parts
/// contain, it is one line, and terminals are not steered by it.
enum LogLine {
  /// The longest value in bytes; the rest is replaced by an ellipsis.
  static let maxValueBytes = 2048

  static func format(
    _ level: LogLevel, _ message: String, _ fields: some Sequence<(String, String)>, wall: Int64
  ) -> String {
    var line = timestamp(wall)
    line += " " + level.label + " "
    appendEscaped(message, to: &line)
    for (name, value) in fields {
      line += " "
      appendEscaped(name, to: &line)
      line += "="
      appendValue(value, to: &line)
    }
    return line
  }

  /// Milliseconds are enough for people.
  static func timestamp(_ wall: Int64) -> String {
    let full = RFC3339.string(nanosecondsSince1970: wall)
    return full.prefix(23) + "Z"
  }

  private static func appendValue(_ value: String, to line: inout String) {
    let value = Redaction.withoutSecrets(shortened(value))
    let needsQuotes =
      value.isEmpty
      || value.unicodeScalars.contains { $0 == " " || $0 == "=" || $0 == "\"" || $0 == "\\" || isControl($0) }
    guard needsQuotes else {
      line += value
      return
    }
    line += "\""
    appendEscaped(value, quoted: true, to: &line)
    line += "\""
  }

  private static func shortened(_ value: String) -> String {
    guard value.utf8.count > maxValueBytes else { return value }
    // Decoding repairs a character that the cut has split.
    return String(decoding: value.utf8.prefix(maxValueBytes), as: UTF8.self) + "…"
  }

  private static func appendEscaped(_ text: String, quoted: Bool = false, to line: inout String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": line += "\\n"
      case "\r": line += "\\r"
      case "\t": line += "\\t"
      case "\"" where quoted: line += "\\\""
      case "\\" where quoted: line += "\\\\"
      case _ where isControl(scalar): line += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: line.unicodeScalars.append(scalar)
      }
    }
  }

  /// C0, DEL, C1, line separators, and the marks that change the direction of text on a terminal.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...0x1F, 0x7F...0x9F, 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}

/// The last net under "never a secret in the log": nothing hands secrets to it, but texts of others pass through.
enum Redaction {
  /// Replaces what follows `Bearer `, and the user part of URLs.
  static func withoutSecrets(_ text: String) -> String {
    var bytes = [UInt8](text.utf8)
    var changed = replaceBearer(in: &bytes)
    changed = replaceUserPart(in: &bytes) || changed
    return changed ? String(decoding: bytes, as: UTF8.self) : text
  }

  private static let mark = [UInt8]("[redacted]".utf8)

  private static func replaceBearer(in bytes: inout [UInt8]) -> Bool {
    let word = [UInt8]("bearer ".utf8)
    var changed = false
    var index = 0
    while index + word.count < bytes.count {
      let found = zip(bytes[index...], word).allSatisfy { lowercased($0) == $1 }
      guard found else {
        index += 1
        continue
      }
      let start = index + word.count
      let end = bytes[start...].firstIndex { $0 <= 0x20 || $0 == UInt8(ascii: "\"") } ?? bytes.count
      bytes.replaceSubrange(start..<end, with: mark)
      index = start + mark.count
      changed = true
    }
    return changed
  }

  private static func replaceUserPart(in bytes: inout [UInt8]) -> Bool {
    let separator = [UInt8]("://".utf8)
    var changed = false
    var index = 0
    while index + separator.count < bytes.count {
      guard bytes[index...].starts(with: separator) else {
        index += 1
        continue
      }
      let start = index + separator.count
      let end = bytes[start...].firstIndex { isEndOfAuthority($0) } ?? bytes.count
      index = start
      if let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")) {
        bytes.replaceSubrange(start..<at, with: mark)
        index = start + mark.count
        changed = true
      }
    }
    return changed
  }

  private static func isEndOfAuthority(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
      || byte == UInt8(ascii: "\"")
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }
}
