import JSONScan

/// Finds the head of a single object, as the answer to a GET or a write, in one validating pass.
public struct ObjectDecoder: Sendable {
  private let plan: JSONPlan
  private var matches = JSONMatches()

  /// A decoder; keep it, as it holds the compiled paths.
  public init() {
    plan = JSONPlan([[]] + HeadMember.allCases.map(\.path))
  }

  /// Decodes an object with name and version; the slices refer to `text`.
  public mutating func decode(_ text: RawSpan) throws(WatchDecodeError) -> ObjectHead {
    do {
      try plan.scan(text, into: &matches)
    } catch {
      throw .json(error)
    }
    guard let object = matches[0]?.of(.object) else { throw .noObject }
    return try ObjectHead(object: object, matches: matches, first: 1, shift: 0)
  }
}
