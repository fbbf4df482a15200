import HubEngine
import Testing

@Suite("Durations")
struct DurationTextTests {
  @Test("ISO 8601 and Go style are read into milliseconds", arguments: valid)
  func reads(_ text: String, _ milliseconds: Int) throws {
    #expect(try DurationText.parse(text) == milliseconds)
  }

  @Test("anything else is refused with what is wrong", arguments: invalid)
  func refuses(_ text: String, _ fault: DurationFault) {
    #expect(throws: fault) { try DurationText.parse(text) }
  }

  @Test("the longest duration is read, a millisecond more is refused")
  func longest() throws {
    #expect(try DurationText.parse("P36500D") == DurationText.maxMilliseconds)
    #expect(throws: DurationFault.tooLong) { try DurationText.parse("P36500DT0.001S") }
  }

  @Test("the longest text is read, a byte more is refused")
  func longestText() throws {
    let text = String(repeating: "1h", count: DurationText.maxBytes / 2)
    #expect(try DurationText.parse(text) == DurationText.maxBytes / 2 * 3_600_000)
    #expect(throws: DurationFault.tooLong) { try DurationText.parse(text + "1") }
  }

  @Test("every fault says what is wrong and what to write", arguments: invalid)
  func speaks(_: String, _ fault: DurationFault) {
    #expect(!fault.reason.isEmpty)
    #expect(!fault.remedy.isEmpty)
  }
}

private let valid: [(String, Int)] = [
  ("PT30S", 30_000), ("PT1M30S", 90_000), ("P1D", 86_400_000), ("P2W", 1_209_600_000),
  ("P1DT2H3M4S", 93_784_000), ("PT0.2S", 200), ("PT0,5S", 500), ("PT0.5H", 1_800_000), ("PT36H", 129_600_000),
  ("PT0S", 0), ("P1W2D", 777_600_000), ("PT5M", 300_000), ("P0.5D", 43_200_000),
  ("30s", 30_000), ("1m30s", 90_000), ("500ms", 500), ("1h", 3_600_000), ("1.5h", 5_400_000), ("0", 0),
  ("0s", 0),
  ("1h0m0.25s", 3_600_250), (".5s", 500), ("1.s", 1000), ("1000000ns", 1), ("2000µs", 2),
  ("2000μs", 2), ("2000us", 2), ("1s1s", 2000), ("0.5ms0.5ms", 1), ("007s", 7000),
]

private let invalid: [(String, DurationFault)] = [
  ("", .empty), ("-1s", .signed), ("+1s", .signed), ("-PT1S", .signed), ("30", .missingUnit("30")),
  ("1m30", .missingUnit("30")), ("PT30", .missingUnit("30")), ("30sec", .unknownUnit("sec")),
  ("30S", .unknownUnit("S")), ("30 s", .unknownUnit(" s")), ("1s ", .unknownUnit("s ")),
  ("s", .notANumber("s")), ("soon", .notANumber("soon")), ("1.2.3s", .notANumber("1.2.3s")),
  (".s", .notANumber(".s")),
  ("1d", .dayInGoStyle("d")), ("2w", .dayInGoStyle("w")), ("P1Y", .calendarUnit("years")),
  ("P1M", .calendarUnit("months")), ("pt30s", .lowerCaseISO), ("P", .badISO), ("PT", .badISO),
  ("P1DT", .badISO),
  ("PT1S1M", .badISO), ("PT1M1M", .badISO), ("PT1H T1M", .notANumber(" T1M")), ("PTT1S", .badISO),
  ("PT0.5M1S", .badISO), ("P1H", .unknownUnit("H")), ("PT1D", .unknownUnit("D")), ("PT1s", .unknownUnit("s")),
  ("P-1D", .notANumber("-1D")), ("1500us", .tooFine), ("1ns", .tooFine), ("PT0.0001S", .tooFine),
  ("0.3333333333333s", .tooFine), ("99999999999h", .tooLong), ("1234567890123456789s", .tooLong),
  ("1e3s", .unknownUnit("e")), ("١s", .notANumber("١s")),
]
