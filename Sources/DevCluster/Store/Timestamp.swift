/// metav1.Time: RFC 3339 in UTC with whole seconds.
enum Timestamp {
  static func text(nanosecondsSince1970: Int64) -> String {
    let second: Int64 = 1_000_000_000
    // Floor division, so that times before 1970 come out right too.
    var seconds = nanosecondsSince1970 / second
    if nanosecondsSince1970 % second < 0 { seconds -= 1 }
    var days = seconds / 86_400
    var rest = seconds % 86_400
    if rest < 0 {
      rest += 86_400
      days -= 1
    }
    let (year, month, day) = civil(days: days)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
      + "\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))Z"
  }

  /// metav1.MicroTime: with six digits of the second.
  static func micro(seconds: Int64, nanoseconds: Int64) -> String {
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let text = text(nanosecondsSince1970: overflow ? 0 : whole)
    return "\(text.dropLast()).\(padded(nanoseconds / 1000, 6))Z"
  }

  /// Seconds since 1970 of such a text (`2026-01-01T00:00:00Z`, a fraction is left out); nil for others.
  static func seconds(of text: String) -> Int64? {
    let parts = text.split(whereSeparator: { "-T:Z.".contains($0) })
    guard text.hasSuffix("Z"), parts.count >= 6 else { return nil }
    let numbers = parts.prefix(6).compactMap { Int64($0) }
    guard numbers.count == 6 else { return nil }
    return days(year: numbers[0], month: numbers[1], day: numbers[2]) * 86_400 + numbers[3] * 3600
      + numbers[4] * 60 + numbers[5]
  }

  /// The inverse of `civil`.
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The date of a day counted from 1970-01-01, in the proleptic Gregorian calendar; months are shifted to
  /// begin in March, so that the leap day is the last of a year.
  private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let civilMonth = month < 10 ? month + 3 : month - 9
    return (yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0), civilMonth, day)
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
