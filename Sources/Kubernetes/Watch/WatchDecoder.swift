import JSONScan

/// One line of a watch. The slices refer to the text that was handed to the decoder.
public enum WatchLine: Sendable, Equatable {
  /// The object came into being, or into the selection.
  case added(ObjectHead)
  /// The object changed.
  case modified(ObjectHead)
  /// The object is gone, or left the selection; its last matching state.
  case deleted(ObjectHead)
  /// Nothing older than this version will follow; `initialEventsEnd` ends the initial events of a streaming list.
  case bookmark(version: String, initialEventsEnd: Bool)
  /// The server ends the watch.
  case error(APIStatus)
}

/// Decodes watch lines in one pass that validates the whole line; makes no Strings but for bookmarks and errors.
public struct WatchDecoder: Sendable {
  private static let type = 0
  private static let object = 1
  private static let initialEventsEnd = 2
  private static let head = 3

  private static let added: [UInt8] = Array("ADDED".utf8)
  private static let modified: [UInt8] = Array("MODIFIED".utf8)
  private static let deleted: [UInt8] = Array("DELETED".utf8)
  private static let bookmark: [UInt8] = Array("BOOKMARK".utf8)
  private static let error: [UInt8] = Array("ERROR".utf8)
  private static let yes: [UInt8] = Array("true".utf8)

  private let plan: JSONPlan
  private var matches = JSONMatches()

  /// A decoder; keep it, as it holds the compiled paths.
  public init() {
    plan = JSONPlan(
      [["type"], ["object"], ["object", "metadata", "annotations", "k8s.io/initial-events-end"]]
        + HeadMember.allCases.map { ["object"] + $0.path })
  }

  /// Decodes one line; the slices refer to it.
  public mutating func decode(_ line: RawSpan) throws(WatchDecodeError) -> WatchLine {
    try decode(line, lineAt: 0..<line.byteCount)
  }

  /// Decodes the line at a range of a text; the slices refer to the text.
  public mutating func decode(_ text: RawSpan, lineAt range: Range<Int>) throws(WatchDecodeError) -> WatchLine
  {
    let line = text.extracting(range)
    do {
      try plan.scan(line, into: &matches)
    } catch {
      throw .json(error)
    }
    guard let type = matches[Self.type]?.ifString else { throw .unknownType(nil) }
    guard let object = matches[Self.object]?.of(.object) else { throw .noObject }
    let shift = range.lowerBound
    if type.equals(Self.modified, in: line) { return .modified(try head(object, shift)) }
    if type.equals(Self.added, in: line) { return .added(try head(object, shift)) }
    if type.equals(Self.deleted, in: line) { return .deleted(try head(object, shift)) }
    if type.equals(Self.bookmark, in: line) { return try decodeBookmark(in: line) }
    if type.equals(Self.error, in: line) {
      guard let status = APIStatus.decode(line.extracting(object.range)) else { throw .noStatus }
      return .error(status)
    }
    throw .unknownType(type.string(in: line))
  }

  private func head(_ object: JSONSlice, _ shift: Int) throws(WatchDecodeError) -> ObjectHead {
    try ObjectHead(object: object.shifted(by: shift), matches: matches, first: Self.head, shift: shift)
  }

  /// Of a bookmark's object only the version and one annotation mean anything.
  private func decodeBookmark(in line: RawSpan) throws(WatchDecodeError) -> WatchLine {
    let slice = matches[Self.head + HeadMember.resourceVersion.rawValue]
    guard let version = slice?.string(in: line), !version.isEmpty else { throw .noVersion }
    let end = matches[Self.initialEventsEnd]?.equals(Self.yes, in: line) ?? false
    return .bookmark(version: version, initialEventsEnd: end)
  }
}
