/// Dates and times of RFC 3339, as CloudEvents and Kubernetes write them.
public enum RFC3339 {
  private static let secondsPerDay: Int64 = 86_400
  private static let nanosecondsPerSecond: Int64 = 1_000_000_000

  /// Formats a time in UTC with nine digits: `2026-11-24T12:39:14.235167394Z`.
  public static func string(nanosecondsSince1970: Int64) -> String {
    let (seconds, nanoseconds) = nanosecondsSince1970.flooredQuotient(by: nanosecondsPerSecond)
    let (days, second) = seconds.flooredQuotient(by: secondsPerDay)
    let date = CivilDate(daysSince1970: days)
    var text: [UInt8] = []
    text.reserveCapacity(30)
    append(date.year, width: 4, to: &text)
    for (separator, value) in [
      ("-", date.month), ("-", date.day), ("T", second / 3600), (":", second / 60 % 60), (":", second % 60),
    ] {
      text.append(contentsOf: separator.utf8)
      append(value, width: 2, to: &text)
    }
    text.append(UInt8(ascii: "."))
    append(nanoseconds, width: 9, to: &text)
    text.append(UInt8(ascii: "Z"))
    return String(decoding: text, as: UTF8.self)
  }

  /// Nanoseconds since 1970 of a date and time; digits beyond the ninth are cut off, a leap second counts as the second
  /// after it. Nil if the text is not RFC 3339, or outside the years 1678 to 2261 that 64 bits hold.
  public static func parse(_ text: String) -> Int64? {
    guard let (seconds, nanoseconds) = components(text) else { return nil }
    let (scaled, tooLarge) = seconds.multipliedReportingOverflow(by: nanosecondsPerSecond)
    let (total, overflow) = scaled.addingReportingOverflow(nanoseconds)
    return tooLarge || overflow ? nil : total
  }

  /// Whether a text is a date and time of RFC 3339, of any year from 0000 to 9999.
  public static func isValid(_ text: String) -> Bool { components(text) != nil }

  private static func append(_ value: Int64, width: Int, to text: inout [UInt8]) {
    let digits = String(value)
    text.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, width - digits.utf8.count)))
    text.append(contentsOf: digits.utf8)
  }

  /// Seconds since 1970 and the nanoseconds after them.
  private static func components(_ text: String) -> (seconds: Int64, nanoseconds: Int64)? {
    var reader = DigitReader(Array(text.utf8))
    guard let year = reader.number(4), reader.eat("-"), let month = reader.number(2), reader.eat("-"),
      let day = reader.number(2), reader.eat("T") || reader.eat("t"), let hour = reader.number(2),
      reader.eat(":"),
      let minute = reader.number(2), reader.eat(":"), let second = reader.number(2),
      let nanoseconds = reader.fraction(), let offset = reader.offsetMinutes(), reader.isAtEnd
    else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    guard date.isValid, hour < 24, minute < 60 else { return nil }
    let minutes = hour * 60 + minute - offset
    // A leap second is the last one of a day in UTC.
    guard second < 60 || second == 60 && (minutes + 1).flooredQuotient(by: 1440).remainder == 0 else {
      return nil
    }
    return (date.daysSince1970 * secondsPerDay + minutes * 60 + second, nanoseconds)
  }
}

/// Reads the fields of a date and time.
private struct DigitReader {
  private let bytes: [UInt8]
  private var at = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { at == bytes.count }

  mutating func eat(_ character: Unicode.Scalar) -> Bool {
    guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func digit() -> Int64? {
    guard at < bytes.count, (0x30...0x39).contains(bytes[at]) else { return nil }
    at += 1
    return Int64(bytes[at - 1] - 0x30)
  }

  /// A number of exactly so many digits.
  mutating func number(_ width: Int) -> Int64? {
    var value: Int64 = 0
    for _ in 0..<width {
      guard let digit = digit() else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  /// Nanoseconds of an optional fraction.
  mutating func fraction() -> Int64? {
    guard eat(".") else { return 0 }
    guard var value = digit() else { return nil }
    var width = 1
    while let digit = digit() {
      guard width < 9 else { continue }
      value = value * 10 + digit
      width += 1
    }
    for _ in width..<9 { value *= 10 }
    return value
  }

  /// Minutes east of UTC.
  mutating func offsetMinutes() -> Int64? {
    if eat("Z") || eat("z") { return 0 }
    let isWest = eat("-")
    guard isWest || eat("+"), let hours = number(2), eat(":"), let minutes = number(2), hours < 24,
      minutes < 60
    else { return nil }
    return (hours * 60 + minutes) * (isWest ? -1 : 1)
  }
}

/// A date of the proleptic Gregorian calendar.
private struct CivilDate {
  let year: Int64
  let month: Int64
  let day: Int64

  init(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// Years are counted from 1 March here, so that the leap day is the last of its year, and grouped in eras of 400 years (146,097 days).
  init(daysSince1970 days: Int64) {
    let (era, dayOfEra) = (days + 719_468).flooredQuotient(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  var daysSince1970: Int64 {
    let (era, yearOfEra) = (month <= 2 ? year - 1 : year).flooredQuotient(by: 400)
    let marchMonth = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  var isValid: Bool { (1...12).contains(month) && day >= 1 && day <= daysInMonth }

  private var daysInMonth: Int64 {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return switch month {
    case 2: isLeap ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension Int64 {
  /// The quotient rounded down, and the remainder, which is never negative; for a positive divisor.
  fileprivate func flooredQuotient(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
