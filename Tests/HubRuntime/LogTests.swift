import HubEngine
import Synchronization
import Testing

@testable import HubRuntime

@Suite("The log")
struct LogTests {
  static let wall: Int64 = 1_795_600_800_123_456_789

  private func line(_ message: String, _ fields: [(String, String)]) -> String {
    LogLine.format(.info, message, fields, wall: Self.wall)
  }

  @Test("a line is time in milliseconds, level, message, fields")
  func shape() {
    #expect(
      line("hub started", [("version", "1"), ("url", "http://x:1/a?b")])
        == "2026-11-25T10:00:00.123Z INFO hub started version=1 url=http://x:1/a?b")
  }

  @Test(
    "values are quoted where a reader could not tell where they end",
    arguments: [
      ("", "k=\"\""), ("a b", "k=\"a b\""), ("a=b", "k=\"a=b\""), ("say \"hi\"", #"k="say \"hi\"""#),
      (#"a\b"#, #"k="a\\b""#), ("süß", "k=süß"),
    ])
  func quoting(value: String, shown: String) {
    #expect(line("m", [("k", value)]).hasSuffix(" INFO m " + shown))
  }

  @Test(
    "whatever the parts contain, it is one line without control characters",
    arguments: [
      "a\nb", "a\rb", "a\u{1B}[31mb", "a\u{7F}b", "a\u{9B}b", "a\u{2028}b", "a\u{202E}b", "a\u{0}b",
    ])
  func oneLine(text: String) {
    let line = line(text, [(text, text)])
    let bad = line.unicodeScalars.filter {
      $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || [0x2028, 0x202E].contains($0.value)
    }
    #expect(bad.isEmpty, "\(line.debugDescription)")
  }

  @Test("a long value is cut at a character, and shows it")
  func cut() {
    let long = String(repeating: "ü", count: LogLine.maxValueBytes)
    let line = line("m", [("k", long)])
    #expect(line.utf8.count < LogLine.maxValueBytes + 100)
    #expect(line.hasSuffix("…"))
  }

  @Test("tokens and passwords in texts of others are not shown")
  func redaction() {
    #expect(
      line("m", [("k", "Authorization: Bearer abc.def, and more")]).hasSuffix(
        "\"Authorization: Bearer [redacted] and more\""))
    #expect(line("m", [("k", "BEARER abc")]).hasSuffix("\"BEARER [redacted]\""))
    #expect(line("m", [("k", "http://user:pass@host/p@th")]).hasSuffix("k=http://[redacted]@host/p@th"))
    #expect(line("m", [("k", "http://host/p@th")]).hasSuffix("k=http://host/p@th"))
  }

  @Test("lines beyond the level are not written; those at it are")
  func levels() {
    let lines = Mutex<[String]>([])
    let log = Log(level: .warn) { line in lines.withLock { $0.append(line) } }
    log.write(.info, "hidden")
    log.write(.warn, "shown")
    log.write(Notice(.error, "an error", [HeaderField("a", "b")]), wall: Self.wall)
    log.write(Notice(.debug, "hidden"), wall: Self.wall)
    #expect(
      lines.withLock { $0.map { String($0.dropFirst(25)) } } == ["WARN shown", "ERROR an error a=b"])
  }
}
