import CloudEvents
import Testing

@Suite("CloudEvents: RFC 3339")
struct RFC3339Tests {
  @Test(
    "nanoseconds since 1970 are written in UTC with nine digits, and read back",
    arguments: [
      (0, "1970-01-01T00:00:00.000000000Z"), (1, "1970-01-01T00:00:00.000000001Z"),
      (-1, "1969-12-31T23:59:59.999999999Z"), (1_795_523_954_235_167_394, "2026-11-24T12:39:14.235167394Z"),
      (951_782_400_000_000_000, "2000-02-29T00:00:00.000000000Z"),
      (-2_203_891_200_000_000_000, "1900-03-01T00:00:00.000000000Z"),
      (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000000000Z"),
      (Int64.max, "2262-04-11T23:47:16.854775807Z"),
    ] as [(Int64, String)])
  func roundTrip(_ nanoseconds: Int64, _ text: String) {
    #expect(RFC3339.string(nanosecondsSince1970: nanoseconds) == text)
    #expect(RFC3339.parse(text) == nanoseconds)
  }

  @Test("every day of 400 years is the day after the one before it")
  func everyDay() {
    var previous = ""
    for day in stride(from: Int64(-80_000), to: 66_097, by: 1) {
      let text = RFC3339.string(nanosecondsSince1970: day * 86_400_000_000_000)
      #expect(text > previous)
      if RFC3339.parse(text) != day * 86_400_000_000_000 { Issue.record("\(text)") }
      previous = text
    }
  }

  @Test(
    "other forms of the same instant are read",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("1970-01-01t00:00:00z", 0), ("1970-01-01T01:30:00+01:30", 0),
      ("1969-12-31T16:00:00-08:00", 0), ("1970-01-01T00:00:00.5Z", 500_000_000),
      ("1970-01-01T00:00:00.123456Z", 123_456_000), ("1970-01-01T00:00:00.1234567891239Z", 123_456_789),
      ("1970-01-01T00:00:00-00:00", 0), ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
      ("2016-12-31T15:59:60-08:00", 1_483_228_800_000_000_000),
    ] as [(String, Int64)])
  func forms(_ text: String, _ nanoseconds: Int64) {
    #expect(RFC3339.parse(text) == nanoseconds)
    #expect(RFC3339.isValid(text))
  }

  @Test(
    "what is not RFC 3339 is refused",
    arguments: [
      "", "1970", "1970-01-01", "1970-01-01T00:00Z", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z",
      "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z", "1970-01-00T00:00:00Z", "1970-01-32T00:00:00Z",
      "1970-04-31T00:00:00Z", "1970-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "1970-01-01T24:00:00Z",
      "1970-01-01T00:60:00Z", "1970-01-01T00:00:61Z", "1970-01-01T00:00:60Z", "1970-01-01T23:59:60+01:00",
      "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00,5Z", "1970-01-01T00:00:00+0100",
      "1970-01-01T00:00:00+24:00",
      "1970-01-01T00:00:00+01:60", "1970-01-01T00:00:00ZZ", " 1970-01-01T00:00:00Z", "197-01-01T00:00:00Z",
      "1970-1-01T00:00:00Z", "+1970-01-01T00:00:00Z", "1970-01-01T00:00:0\u{661}Z",
    ])
  func refused(_ text: String) {
    #expect(RFC3339.parse(text) == nil && !RFC3339.isValid(text))
  }

  @Test("years beyond 64 bits of nanoseconds are valid, and have no number")
  func outOfRange() {
    for text in ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2262-04-11T23:47:16.854775808Z"] {
      #expect(RFC3339.isValid(text) && RFC3339.parse(text) == nil)
    }
  }
}
