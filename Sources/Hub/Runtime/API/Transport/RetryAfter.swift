import Glibc
import HTTP

/// Reads the header `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date in any of the three forms of
/// section 5.6.7.
enum RetryAfter {
  /// The longest wait that is believed, in seconds: what uses it has lower limits of its own.
  static let maxSeconds = 24 * 3600

  /// Seconds from now, 0 if the moment has passed; nil if there is no such header or it makes no sense.
  static func seconds(in headers: HTTPHeaders, at wall: Int64) -> Int? {
    headers[first: "Retry-After"].flatMap { seconds($0, at: wall) }
  }

  /// Seconds from now, from the header's value.
  static func seconds(_ value: String, at wall: Int64) -> Int? {
    let value = value.drop { $0 == " " || $0 == "\t" }
    let text = value.reversed().drop { $0 == " " || $0 == "\t" }.reversed()
    let bytes = [UInt8](String(text).utf8)
    guard !bytes.isEmpty else { return nil }
    if bytes.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) {
      return bytes.count > 9
        ? maxSeconds : Int(String(decoding: bytes, as: UTF8.self)).map { min($0, maxSeconds) }
    }
    let now = Int(wall / 1_000_000_000)
    guard let date = secondsSince1970(String(text), at: now) else { return nil }
    return min(max(0, date - now), maxSeconds)
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
  private static func secondsSince1970(_ text: String, at now: Int) -> Int? {
    let parts = text.split { $0 == " " || $0 == "," || $0 == "-" }
    if parts.count == 6, parts[5] == "GMT" {
      guard var year = number(parts[3], digits: 2...4) else { return nil }
      if parts[3].utf8.count == 2 { year = fullYear(year, at: now) }
      return date(year: year, month: parts[2], day: parts[1], time: parts[4])
    }
    if parts.count == 5, let year = number(parts[4], digits: 4...4) {
      return date(year: year, month: parts[1], day: parts[2], time: parts[3])
    }
    return nil
  }

  /// Of two digits: what seems more than 50 years ahead is the latest such year in the past.
  private static func fullYear(_ twoDigits: Int, at now: Int) -> Int {
    let thisYear = 1970 + now / 31_556_952
    let year = thisYear / 100 * 100 + twoDigits
    return year > thisYear + 50 ? year - 100 : year
  }

  private static func date(year: Int, month: Substring, day: Substring, time: Substring) -> Int? {
    let clock = time.split(separator: ":", omittingEmptySubsequences: false)
    guard let month = months.firstIndex(of: String(month)), let day = number(day, digits: 1...2),
      (1...31).contains(day), clock.count == 3, let hour = number(clock[0], digits: 2...2), hour < 24,
      let minute = number(clock[1], digits: 2...2), minute < 60,
      let second = number(clock[2], digits: 2...2), second <= 60, (1900...9999).contains(year)
    else { return nil }
    var parts = tm()
    parts.tm_year = Int32(year - 1900)
    parts.tm_mon = Int32(month)
    parts.tm_mday = Int32(day)
    parts.tm_hour = Int32(hour)
    parts.tm_min = Int32(minute)
    parts.tm_sec = Int32(second)
    return timegm(&parts)
  }

  private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
    guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else {
      return nil
    }
    return Int(text)
  }
}
