/// Reads the durations that people write in a subscription, ISO 8601 (`PT30S`, `P1DT2H`) as Knative has them
/// or Go style (`30s`, `1m30s`) as Kubernetes has them, into whole milliseconds.
public enum DurationText {
  /// The longest text that is looked at, in bytes.
  public static let maxBytes = 64
  /// The longest duration, in milliseconds: 100 years of 365 days, far beyond any limit of a field.
  public static let maxMilliseconds = 100 * 365 * 86_400_000

  /// The duration in milliseconds, from 0 to `maxMilliseconds`.
  public static func parse(_ text: String) throws(DurationFault) -> Int {
    let bytes = Array(text.utf8)
    guard let first = bytes.first else { throw .empty }
    guard bytes.count <= maxBytes else { throw .tooLong }
    guard first != UInt8(ascii: "-") && first != UInt8(ascii: "+") else { throw .signed }
    var reader = DurationReader(bytes: bytes)
    let nanoseconds: UInt128
    switch first {
    case UInt8(ascii: "P"): nanoseconds = try reader.isoDuration()
    case UInt8(ascii: "p"): throw .lowerCaseISO
    default: nanoseconds = try reader.goDuration()
    }
    guard nanoseconds % 1_000_000 == 0 else { throw .tooFine }
    let milliseconds = nanoseconds / 1_000_000
    guard milliseconds <= UInt128(maxMilliseconds) else { throw .tooLong }
    return Int(milliseconds)
  }
}

/// Why a text is no duration.
public enum DurationFault: Error, Hashable, Sendable {
  /// No text at all.
  case empty
  /// A sign in front.
  case signed
  /// More than `DurationText.maxMilliseconds`, or than `DurationText.maxBytes`.
  case tooLong
  /// Not a whole number of milliseconds.
  case tooFine
  /// A number without its unit, as `30`.
  case missingUnit(String)
  /// A unit that neither style has, as `30sec`.
  case unknownUnit(String)
  /// Years and months have no fixed length.
  case calendarUnit(String)
  /// `d` and `w` are no units of Go durations.
  case dayInGoStyle(String)
  /// ISO 8601 in small letters.
  case lowerCaseISO
  /// ISO 8601 parts twice or out of order, `P` or `T` without a part after it.
  case badISO
  /// Something that starts with no digit where a number should be.
  case notANumber(String)

  /// What is wrong.
  public var reason: String {
    switch self {
    case .empty: "is empty"
    case .signed: "has a sign; a duration only goes forward"
    case .tooLong: "is too long to be a duration"
    case .tooFine: "is finer than a millisecond"
    case .missingUnit(let number): "has no unit after \(number)"
    case .unknownUnit(let unit): "has the unknown unit '\(unit)'"
    case .calendarUnit(let unit): "counts \(unit), which have no fixed length"
    case .dayInGoStyle(let unit): "has the unit '\(unit)', which Go durations do not have"
    case .lowerCaseISO: "is ISO 8601 in small letters"
    case .badISO: "is not an ISO 8601 duration"
    case .notANumber(let found): "has '\(found)' where a number belongs"
    }
  }

  /// What to write instead.
  public var remedy: String {
    switch self {
    case .calendarUnit: "write days, as P30D"
    case .dayInGoStyle: "write hours, as 24h, or ISO 8601, as P1D"
    case .lowerCaseISO: "write capitals, as PT30S"
    case .tooFine: "write whole milliseconds, as 5ms"
    case .empty, .signed, .tooLong, .missingUnit, .unknownUnit, .badISO, .notANumber:
      "write ISO 8601, as PT1M30S, or Go style, as 1m30s"
    }
  }
}

/// A cursor over the bytes of one duration.
private struct DurationReader {
  let bytes: [UInt8]
  var position = 0

  static let nanosecondsPerSecond: UInt128 = 1_000_000_000

  var isAtEnd: Bool { position == bytes.count }

  /// `PnWnDTnHnMnS`, each part at most once and in this order; only the last may have a fraction.
  mutating func isoDuration() throws(DurationFault) -> UInt128 {
    position = 1
    var total: UInt128 = 0
    var lastRank = -1
    var inTime = false
    var hadFraction = false
    var partsSinceMark = 0
    while !isAtEnd {
      if bytes[position] == UInt8(ascii: "T") {
        guard !inTime else { throw .badISO }
        inTime = true
        partsSinceMark = 0
        position += 1
        continue
      }
      guard !hadFraction else { throw .badISO }
      let number = try number(separators: [UInt8(ascii: "."), UInt8(ascii: ",")])
      let unit = try isoUnit(inTime: inTime, after: number.text)
      guard unit.rank > lastRank else { throw .badISO }
      lastRank = unit.rank
      hadFraction = number.fractionDigits > 0
      total += try number.nanoseconds(unit: unit.seconds * Self.nanosecondsPerSecond)
      partsSinceMark += 1
    }
    guard partsSinceMark > 0 else { throw .badISO }
    return total
  }

  private mutating func isoUnit(
    inTime: Bool, after number: String
  ) throws(DurationFault) -> (rank: Int, seconds: UInt128) {
    guard !isAtEnd else { throw .missingUnit(number) }
    let letter = bytes[position]
    position += 1
    switch (inTime, letter) {
    case (false, UInt8(ascii: "Y")): throw .calendarUnit("years")
    case (false, UInt8(ascii: "M")): throw .calendarUnit("months")
    case (false, UInt8(ascii: "W")): return (0, 604_800)
    case (false, UInt8(ascii: "D")): return (1, 86_400)
    case (true, UInt8(ascii: "H")): return (2, 3600)
    case (true, UInt8(ascii: "M")): return (3, 60)
    case (true, UInt8(ascii: "S")): return (4, 1)
    default: throw .unknownUnit(String(decoding: [letter], as: UTF8.self))
    }
  }

  /// As Go's time.ParseDuration: numbers with units, in any order and number; a lone `0` needs no unit.
  mutating func goDuration() throws(DurationFault) -> UInt128 {
    if bytes == [UInt8(ascii: "0")] { return 0 }
    var total: UInt128 = 0
    while !isAtEnd {
      let number = try number(separators: [UInt8(ascii: ".")])
      total += try number.nanoseconds(unit: try goUnit(after: number.text))
    }
    return total
  }

  private mutating func goUnit(after number: String) throws(DurationFault) -> UInt128 {
    let start = position
    while !isAtEnd, !isDigit(bytes[position]), bytes[position] != UInt8(ascii: ".") { position += 1 }
    let unit = String(decoding: bytes[start..<position], as: UTF8.self)
    switch unit {
    case "": throw .missingUnit(number)
    case "ns": return 1
    case "us", "µs", "μs": return 1000
    case "ms": return 1_000_000
    case "s": return Self.nanosecondsPerSecond
    case "m": return 60 * Self.nanosecondsPerSecond
    case "h": return 3600 * Self.nanosecondsPerSecond
    case "d", "w": throw .dayInGoStyle(unit)
    default: throw .unknownUnit(unit)
    }
  }

  private mutating func number(separators: [UInt8]) throws(DurationFault) -> DecimalNumber {
    let start = position
    var number = DecimalNumber()
    while !isAtEnd, isDigit(bytes[position]) || separators.contains(bytes[position]) {
      if isDigit(bytes[position]) {
        try number.append(digit: bytes[position] - UInt8(ascii: "0"))
      } else {
        guard !number.hasSeparator else { throw .notANumber(rest(from: start)) }
        number.hasSeparator = true
      }
      position += 1
    }
    guard number.digits > 0 else { throw .notANumber(rest(from: start)) }
    number.text = String(decoding: bytes[start..<position], as: UTF8.self)
    return number
  }

  private func rest(from start: Int) -> String { String(decoding: bytes[start...], as: UTF8.self) }

  private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

/// A decimal number as value ÷ 10^fractionDigits, exact.
private struct DecimalNumber {
  /// With at most 18 digits, value × nanoseconds of a week stays far below 2¹²⁸.
  static let maxDigits = 18

  var value: UInt128 = 0
  var scale: UInt128 = 1
  var digits = 0
  var fractionDigits = 0
  var hasSeparator = false
  var text = ""

  mutating func append(digit: UInt8) throws(DurationFault) {
    guard digits < Self.maxDigits else { throw .tooLong }
    digits += 1
    value = value * 10 + UInt128(digit)
    if hasSeparator {
      fractionDigits += 1
      scale *= 10
    }
  }

  func nanoseconds(unit: UInt128) throws(DurationFault) -> UInt128 {
    let (quotient, remainder) = (value * unit).quotientAndRemainder(dividingBy: scale)
    guard remainder == 0 else { throw .tooFine }
    return quotient
  }
}
