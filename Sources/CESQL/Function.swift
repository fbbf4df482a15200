/// The functions of CESQL: those of section 3.5, the casts, and IS_INT and IS_BOOL as the CloudEvents SDKs have them.
enum Function: String, Sendable, Hashable, CaseIterable {
  case length = "LENGTH"
  case concat = "CONCAT"
  case concatWS = "CONCAT_WS"
  case lower = "LOWER"
  case upper = "UPPER"
  case trim = "TRIM"
  case left = "LEFT"
  case right = "RIGHT"
  case substring = "SUBSTRING"
  case abs = "ABS"
  case int = "INT"
  case bool = "BOOL"
  case string = "STRING"
  case isInt = "IS_INT"
  case isBool = "IS_BOOL"

  func takes(_ count: Int) -> Bool {
    switch self {
    case .concat: true
    case .concatWS: count >= 1
    case .left, .right: count == 2
    case .substring: count == 2 || count == 3
    case .length, .lower, .upper, .trim, .abs, .int, .bool, .string, .isInt, .isBool: count == 1
    }
  }

  var result: CESQLType {
    switch self {
    case .length, .abs, .int: .integer
    case .bool, .isInt, .isBool: .boolean
    case .concat, .concatWS, .lower, .upper, .trim, .left, .right, .substring, .string: .string
    }
  }

  /// The type of a parameter; nil for any.
  func parameter(_ index: Int) -> CESQLType? {
    switch self {
    case .int, .bool, .string, .isInt, .isBool: nil
    case .abs: .integer
    case .left, .right, .substring: index == 0 ? .string : .integer
    case .length, .concat, .concatWS, .lower, .upper, .trim: .string
    }
  }

  /// The value, and an error beside it.
  typealias Outcome = (value: CESQLValue, error: CESQLError.Kind?)

  /// Calls it. The arguments are as many as `takes` allows; those of another type are cast.
  func call(_ arguments: ArraySlice<CESQLValue>) -> Outcome {
    var values: [CESQLValue] = []
    values.reserveCapacity(arguments.count)
    for (index, argument) in arguments.enumerated() {
      guard let type = parameter(index) else { return cast(argument) }
      guard let value = argument.cast(to: type) else {
        return (result.zero, .cast(argument.asString, to: type))
      }
      values.append(value)
    }
    let number = values.count > 1 ? values[1].asInteger ?? 0 : 0
    let text = values.first?.asString ?? ""
    switch self {
    case .length: return (.integer(Int32(clamping: text.unicodeScalars.count)), nil)
    case .concat: return bounded(values.lazy.map(\.asString), separator: "")
    case .concatWS: return bounded(values.dropFirst().lazy.map(\.asString), separator: text)
    case .lower: return bounded(CollectionOfOne(text.lowercased()), separator: "")
    case .upper: return bounded(CollectionOfOne(text.uppercased()), separator: "")
    case .trim: return (.string(Self.trimmed(text)), nil)
    case .left, .right: return part(of: text, number)
    case .substring:
      return substring(text, from: number, length: values.count > 2 ? values[2].asInteger : nil)
    case .abs: return absolute(values.first?.asInteger ?? 0)
    case .int, .bool, .string, .isInt, .isBool: return (result.zero, nil)
    }
  }

  private func cast(_ value: CESQLValue) -> Outcome {
    switch self {
    case .isInt: return (.boolean(value.asInteger != nil), nil)
    case .isBool: return (.boolean(value.asBoolean != nil), nil)
    default:
      if let value = value.cast(to: result) { return (value, nil) }
      return (result.zero, .cast(value.asString, to: result))
    }
  }

  private func bounded(_ texts: some Collection<String>, separator: String) -> Outcome {
    var result = ""
    for (index, text) in texts.enumerated() {
      if index > 0 { result += separator }
      result += text
      guard result.utf8.count <= CESQLLimits.maxTextBytes else {
        return (
          .string(""), .functionEvaluation("\(rawValue) makes more than \(CESQLLimits.maxTextBytes) bytes")
        )
      }
    }
    return (.string(result), nil)
  }

  private static func trimmed(_ text: String) -> String {
    var rest = text.unicodeScalars[...]
    while let first = rest.first, first.properties.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.properties.isWhitespace { rest.removeLast() }
    return String(rest)
  }

  private func part(of text: String, _ count: Int32) -> Outcome {
    guard count >= 0 else {
      return (.string(text), .functionEvaluation("\(rawValue) takes no negative length"))
    }
    let scalars = text.unicodeScalars
    let kept = self == .left ? scalars.prefix(Int(count)) : scalars.suffix(Int(count))
    return (.string(String(kept)), nil)
  }

  private func substring(_ text: String, from position: Int32, length: Int32?) -> Outcome {
    let scalars = text.unicodeScalars
    let position = Int(position)
    let count = scalars.count
    if let length, length < 0 {
      return (.string(""), .functionEvaluation("SUBSTRING takes no negative length"))
    }
    if position == 0 { return (.string(""), nil) }
    guard (-count...count).contains(position) else {
      return (.string(""), .functionEvaluation("SUBSTRING begins at \(position) of \(count) characters"))
    }
    let rest = position > 0 ? scalars.dropFirst(position - 1) : scalars.suffix(-position)
    return (.string(String(length.map { rest.prefix(Int($0)) } ?? rest)), nil)
  }

  private func absolute(_ number: Int32) -> Outcome {
    guard number != .min else { return (.integer(.max), .math("ABS of \(number) is beyond 32 bits")) }
    return (.integer(Swift.abs(number)), nil)
  }
}
