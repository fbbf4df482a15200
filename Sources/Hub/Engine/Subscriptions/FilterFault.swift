import CESQL
import CloudEvents

/// What can be wrong with a filter.
public enum FilterFault: Hashable, Sendable {
  /// An object without a dialect.
  case noDialect
  /// An object of several dialects.
  case manyDialects([String])
  /// Nested too deep.
  case tooDeep
  /// The expression cannot be read.
  case expression(CESQLParseError)
  /// The expression calls a function that does not exist.
  case missingFunction(CESQLError)
  /// The expression's value is no Boolean; its type, where that is certain.
  case notBoolean(CESQLType?)

  var reason: String {
    switch self {
    case .noDialect: "names no dialect"
    case .manyDialects(let names): "has several dialects: " + names.joined(separator: ", ")
    case .tooDeep: "filters are nested more than \(EventFilterLimits.maxDepth) deep"
    case .expression(let error): "column \(error.column): \(error.reason)"
    case .missingFunction(let error): "\(error)"
    case .notBoolean(let type):
      "the value is \(type.map { "of type " + $0.rawValue } ?? "that of an attribute"), not true or false"
    }
  }

  var remedy: String {
    switch self {
    case .noDialect: "write exact, prefix, suffix, all, any, not or cesql"
    case .manyDialects: "give each a filter of its own; all filters must pass"
    case .tooDeep: "write it flatter"
    case .expression(let error): error.remedy
    case .missingFunction: "correct its name or its arguments"
    case .notBoolean: "compare it, as type = 'x'"
    }
  }
}

/// What can be wrong with the name or the value of an attribute.
public enum AttributeFault: Hashable, Sendable {
  /// Not the name of an attribute.
  case name(String)
  /// An attribute that only the hub may set.
  case reserved(String)
  /// A value with characters that CloudEvents does not allow.
  case value

  var reason: String {
    switch self {
    case .name(let name): "\(ShownText.quoted(name)) is not the name of an attribute"
    case .reserved(let name): "\(name) is set by the hub"
    case .value: "has characters that an attribute may not have"
    }
  }

  var remedy: String {
    switch self {
    case .name: "use a-z and 0-9, at most \(SubscriptionLimits.maxExtensionNameBytes) of them"
    case .reserved: "choose another name"
    case .value: "leave out control characters"
    }
  }
}
