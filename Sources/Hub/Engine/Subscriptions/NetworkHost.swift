/// The host of a URL, read as the resolver of the platform reads it, so that an address cannot hide behind
/// another spelling of it (`0xa9fea9fe`, `169.254.43518`, `[::ffff:169.254.169.254]`).
public enum NetworkHost: Hashable, Sendable {
  /// An IPv4 address.
  case ipv4(UInt32)
  /// An IPv6 address.
  case ipv6(UInt128)
  /// A DNS name, in small letters and without a trailing dot.
  case name(String)

  /// The longest DNS name, in bytes.
  public static let maxNameBytes = 253
  /// The longest label of a DNS name, in bytes.
  public static let maxLabelBytes = 63

  /// Reads a host as it stands in a URL, IPv6 in brackets; nil if it is none of the three.
  public init?(_ text: String) {
    if text.utf8.first == UInt8(ascii: "[") {
      guard text.utf8.last == UInt8(ascii: "]"), text.utf8.count > 2 else { return nil }
      // A zone (RFC 6874) says by which interface; the address is what counts here.
      let inside = text.dropFirst().dropLast()
      let address = inside.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)[0]
      guard let value = Self.parseIPv6(address) else { return nil }
      self = .ipv6(value)
      return
    }
    let bare = text.utf8.last == UInt8(ascii: ".") ? String(text.dropLast()) : text
    if let value = Self.parseIPv4(bare) {
      self = .ipv4(value)
      return
    }
    guard Self.isName(bare) else { return nil }
    self = .name(bare.lowercased())
  }

  /// Whether the address is link-local (169.254.0.0/16, fe80::/10), also where it is wrapped in IPv6
  /// (IPv4-mapped, IPv4-compatible, NAT64, 6to4). Such an address is a machine's own business, and in a cloud
  /// its metadata service.
  public var isLinkLocal: Bool {
    switch self {
    case .name: false
    case .ipv4(let address): address >> 16 == 0xA9FE
    case .ipv6(let address):
      address >> 118 == 0x3FA || Self.embeddedIPv4(address).map { $0 >> 16 == 0xA9FE } ?? false
    }
  }

  /// The IPv4 address that an IPv6 one wraps.
  var embedded: NetworkHost? {
    guard case .ipv6(let address) = self, address > 1 else { return nil }
    return Self.embeddedIPv4(address).map { .ipv4($0) }
  }

  private static func embeddedIPv4(_ address: UInt128) -> UInt32? {
    let low = UInt32(truncatingIfNeeded: address)
    switch address >> 32 {
    case 0, 0xFFFF, 0xFFFF_0000, 0x64_FF9B << 64: return low
    default: return address >> 112 == 0x2002 ? UInt32(truncatingIfNeeded: address >> 80) : nil
    }
  }

  /// inet_aton(3): one to four parts, each decimal, octal or hexadecimal; the last one fills what is left.
  static func parseIPv4(_ text: String) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...4).contains(parts.count) else { return nil }
    var address: UInt64 = 0
    for (index, part) in parts.enumerated() {
      guard let value = parsePart(part) else { return nil }
      let isLast = index == parts.count - 1
      let bits = isLast ? 8 * (5 - parts.count) : 8
      guard value < UInt64(1) << UInt64(bits) else { return nil }
      address = address << UInt64(bits) | value
    }
    return UInt32(truncatingIfNeeded: address)
  }

  private static func parsePart(_ part: Substring) -> UInt64? {
    guard let first = part.utf8.first, part.utf8.count <= 16, first != UInt8(ascii: "+") else { return nil }
    if part.hasPrefix("0x") || part.hasPrefix("0X") { return UInt64(part.dropFirst(2), radix: 16) }
    if first == UInt8(ascii: "0") && part.utf8.count > 1 { return UInt64(part.dropFirst(), radix: 8) }
    return UInt64(part, radix: 10)
  }

  /// RFC 4291 section 2.2, with `::` at most once and a last part in IPv4 form.
  static func parseIPv6(_ text: Substring) -> UInt128? {
    guard text.utf8.count <= 45 else { return nil }
    guard let gap = firstGap(of: text) else {
      guard let groups = parseGroups(text, allowIPv4: true), groups.count == 8 else { return nil }
      return value(of: groups)
    }
    guard let head = parseGroups(text[..<gap.lowerBound], allowIPv4: false),
      let tail = parseGroups(text[gap.upperBound...], allowIPv4: true), head.count + tail.count <= 7
    else { return nil }
    return value(of: head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
  }

  private static func firstGap(of text: Substring) -> Range<Substring.Index>? {
    var index = text.startIndex
    while index < text.endIndex {
      let next = text.index(after: index)
      if next < text.endIndex, text[index] == ":", text[next] == ":" {
        return index..<text.index(after: next)
      }
      index = next
    }
    return nil
  }

  private static func parseGroups(_ text: Substring, allowIPv4: Bool) -> [UInt16]? {
    if text.isEmpty { return [] }
    var groups: [UInt16] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if allowIPv4, index == parts.count - 1, part.contains(".") {
        guard part.split(separator: ".").count == 4, let address = parseIPv4(String(part)) else { return nil }
        groups += [UInt16(address >> 16), UInt16(address & 0xFFFF)]
      } else {
        guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHexDigit),
          let group = UInt16(part, radix: 16)
        else { return nil }
        groups.append(group)
      }
    }
    return groups
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }

  private static func value(of groups: [UInt16]) -> UInt128 {
    groups.reduce(0) { $0 << 16 | UInt128($1) }
  }

  /// Letters, digits, `-` and `_` in labels; a last label of digits only would be a broken address, not a
  /// name.
  private static func isName(_ text: String) -> Bool {
    guard !text.isEmpty, text.utf8.count <= maxNameBytes else { return false }
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    let areLabels = labels.allSatisfy { label in
      (1...maxLabelBytes).contains(label.utf8.count) && label.utf8.allSatisfy(isNameByte)
        && label.utf8.first != UInt8(ascii: "-") && label.utf8.last != UInt8(ascii: "-")
    }
    return areLabels && !(labels.last?.utf8.allSatisfy { (48...57).contains($0) } ?? true)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
