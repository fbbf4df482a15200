import JSONScan

/// A page of a list; the items' slices refer to the page.
public struct ListPage: Sendable, Equatable {
  /// The version of the list as a whole.
  public var resourceVersion: String
  /// Asks for the next page; nil on the last one.
  public var continueToken: String?
  /// The objects, in the server's order.
  public var items: [ObjectHead]
  /// The `apiVersion` of the list, and of items that have none.
  public var apiVersion: String
  /// The kind of the list, as `ConfigMapList`.
  public var kind: String

  /// The kind of items that have none: the list's without `List`.
  public var itemKind: String { String(kind.dropLast(4)) }
}

/// Decodes list pages: one pass validates the page and finds the items, a second finds each item's head.
public enum ListDecoder {
  private static let plan = JSONPlan([
    ["apiVersion"], ["kind"], ["metadata", "resourceVersion"], ["metadata", "continue"], ["items"],
  ])
  private static let itemPlan = JSONPlan(HeadMember.allCases.map(\.path))

  /// Decodes a page of a typed, custom or PartialObjectMetadata list.
  public static func decode(_ page: RawSpan) throws(WatchDecodeError) -> ListPage {
    var matches = JSONMatches()
    do {
      try plan.scan(page, into: &matches)
    } catch {
      throw .json(error)
    }
    guard let kind = matches[1]?.string(in: page), kind.hasSuffix("List"), kind.utf8.count > 4,
      let apiVersion = matches[0]?.string(in: page)
    else { throw .noList }
    guard let version = matches[2]?.string(in: page), !version.isEmpty else { throw .noVersion }
    let token = matches[3]?.string(in: page)
    return ListPage(
      resourceVersion: version, continueToken: token?.isEmpty == true ? nil : token,
      items: try items(matches[4], in: page), apiVersion: apiVersion, kind: kind)
  }

  /// Go writes an empty list as `[]` or as `null`.
  private static func items(_ slice: JSONSlice?, in page: RawSpan) throws(WatchDecodeError) -> [ObjectHead] {
    guard let slice, slice.kind == .array || slice.kind == .null else { throw .noList }
    var heads: [ObjectHead] = []
    var failure: WatchDecodeError?
    var matches = JSONMatches()
    do {
      try itemPlan.scanElements(of: slice, in: page, into: &matches) { element, found in
        guard failure == nil else { return }
        do throws(WatchDecodeError) {
          guard element.kind == .object else { throw .noObject }
          heads.append(try ObjectHead(object: element, matches: found, first: 0, shift: 0))
        } catch {
          failure = error
        }
      }
    } catch {
      throw .json(error)
    }
    if let failure { throw failure }
    return heads
  }
}
