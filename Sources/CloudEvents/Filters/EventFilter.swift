import CESQL

/// A filter of the CloudEvents Subscriptions API 1.0 (section 3.2.4): a predicate on an event's attributes.
///
/// Whoever makes one out of text holds it to `EventFilterLimits`; its evaluation recurses as deep as it is nested.
public indirect enum EventFilter: Hashable, Sendable {
  /// An attribute and the text that it is compared with, neither empty.
  public struct Attribute: Hashable, Sendable {
    /// The attribute's name.
    public let name: String
    /// The text that it is compared with.
    public let text: String

    /// An attribute's name and the text.
    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// Each attribute is exactly this text.
  case exact([Attribute])
  /// Each attribute begins with this text.
  case prefix([Attribute])
  /// Each attribute ends with this text.
  case suffix([Attribute])
  /// All of them pass.
  case all([EventFilter])
  /// At least one of them passes.
  case any([EventFilter])
  /// It does not pass.
  case not(EventFilter)
  /// The expression is true, without an error (`cesql` and `sql`).
  case cesql(CESQLExpression)

  /// What a filter says of an event.
  public struct Verdict: Hashable, Sendable {
    /// Whether the event passes.
    public let isPassed: Bool
    /// The first error of an expression on the way, which counted as false there.
    public let failure: CESQLError?
  }

  /// Judges an event. `attribute` gives an attribute by its name; nil if the event has none. Texts are compared byte
  /// by byte; an attribute that is not there is equal to nothing.
  public func judge(_ attribute: (String) -> String?) -> Verdict {
    var failure: CESQLError?
    let isPassed = passes(attribute, &failure)
    return Verdict(isPassed: isPassed, failure: failure)
  }

  private func passes(_ attribute: (String) -> String?, _ failure: inout CESQLError?) -> Bool {
    switch self {
    case .exact(let attributes):
      return Self.each(attributes, attribute) { $0.elementsEqual($1) }
    case .prefix(let attributes):
      return Self.each(attributes, attribute) { $0.starts(with: $1) }
    case .suffix(let attributes):
      return Self.each(attributes, attribute) { $0.reversed().starts(with: $1.reversed()) }
    case .all(let filters):
      for filter in filters where !filter.passes(attribute, &failure) { return false }
      return true
    case .any(let filters):
      for filter in filters where filter.passes(attribute, &failure) { return true }
      return false
    case .not(let filter): return !filter.passes(attribute, &failure)
    case .cesql(let expression):
      let outcome = expression.evaluate { name in attribute(name).map { .string($0) } }
      failure = failure ?? outcome.error
      return outcome.isTrue
    }
  }

  private static func each(
    _ attributes: [Attribute], _ attribute: (String) -> String?,
    _ holds: (String.UTF8View, String.UTF8View) -> Bool
  ) -> Bool {
    attributes.allSatisfy { wanted in
      attribute(wanted.name).map { holds($0.utf8, wanted.text.utf8) } ?? false
    }
  }
}

/// The bounds of the filters of one subscription; those of an expression are `CESQLLimits`.
public enum EventFilterLimits {
  /// Filters of one list: of the subscription, of `all` or of `any`.
  public static let maxFilters = 64
  /// `all`, `any` and `not` inside one another, the filter in the innermost included.
  public static let maxDepth = 8
  /// Attributes of one `exact`, `prefix` or `suffix`.
  public static let maxAttributes = 32
  /// Bytes of the text that an attribute is compared with.
  public static let maxTextBytes = 1024
}
