/// A Content-Type: its type in lower case, and its charset.
struct MediaType {
  /// Type and subtype in lower case, without parameters.
  let type: String
  /// The charset parameter in lower case; nil if there is none.
  let charset: String?

  /// Reads a header value; parameters other than charset are ignored.
  init(_ value: String) {
    let parts = value.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
    type = (parts.first ?? "").lowercased()
    charset = parts.dropFirst().lazy.compactMap(Self.charset).first
  }

  /// Whether the content is JSON.
  var isJSON: Bool { type.hasSuffix("/json") || type.hasSuffix("+json") }
  /// Whether the charset is UTF-8, said or not.
  var isUTF8: Bool { charset == nil || charset == "utf-8" || charset == "utf8" || charset == "us-ascii" }

  private static func charset(_ parameter: String) -> String? {
    let lowered = parameter.lowercased()
    guard lowered.hasPrefix("charset=") else { return nil }
    return String(lowered.dropFirst(8).drop { $0 == "\"" }.prefix { $0 != "\"" })
  }

  private static func trimmed(_ part: Substring) -> String {
    var part = part
    while part.last == " " || part.last == "\t" { part.removeLast() }
    return String(part.drop { $0 == " " || $0 == "\t" })
  }
}
