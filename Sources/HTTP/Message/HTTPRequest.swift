/// A request as a server received it, its body whole.
public struct HTTPRequest: Sendable, Equatable {
  /// The method as sent, such as `GET` (methods are case-sensitive).
  public var method: String
  /// The request target as sent: `/path?query`, an absolute URL, or `*`.
  public var target: String
  /// The header fields.
  public var headers: HTTPHeaders
  /// The body after removal of any chunked coding; empty if there is none.
  public var body: [UInt8]

  /// A request of these parts.
  public init(method: String, target: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
  }

  /// The path of the target, percent-decoded; a malformed escape stays as it is.
  public var path: String {
    let parts = targetParts
    return PercentCoding.decode(parts.path, plusIsSpace: false)
  }

  /// The path as sent: not decoded and without the query.
  public var rawPath: String { String(Substring(targetParts.path)) }

  /// The query as sent, without the question mark; nil if there is none.
  public var rawQuery: String? { targetParts.query.map { String(Substring($0)) } }

  /// The query's parameters in order, decoded as forms are (`+` is a space). A name without `=` has an empty value.
  public var queryItems: [(name: String, value: String)] {
    guard let query = targetParts.query else { return [] }
    return query.split(separator: UInt8(ascii: "&")).map { item in
      let equals = item.firstIndex(of: UInt8(ascii: "="))
      let name = item[..<(equals ?? item.endIndex)]
      let value = equals.map { item[item.index(after: $0)...] } ?? item[item.endIndex...]
      return (
        PercentCoding.decode(name, plusIsSpace: true), PercentCoding.decode(value, plusIsSpace: true)
      )
    }
  }

  /// The value of the first query parameter with this name; empty if it has none, nil if it is absent.
  public func query(_ name: String) -> String? {
    queryItems.first { $0.name == name }?.value
  }

  /// Splits the target; of an absolute URL the scheme and authority are dropped, a fragment is not expected.
  private var targetParts: (path: Substring.UTF8View, query: Substring.UTF8View?) {
    var rest = target.utf8[...]
    if rest.first != UInt8(ascii: "/"), let scheme = target.firstRange(of: "://") {
      rest = target.utf8[scheme.upperBound...]
      rest =
        rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }.map { rest[$0...] }
        ?? "/".utf8[...]
    }
    guard let mark = rest.firstIndex(of: UInt8(ascii: "?")) else { return (rest, nil) }
    return (rest[..<mark], rest[rest.index(after: mark)...])
  }
}
