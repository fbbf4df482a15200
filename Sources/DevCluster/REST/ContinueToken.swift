import JSONScan

/// Where the next page of a list begins, and at which version: what clients hand back unread.
struct ContinueToken: Equatable {
  /// The version that all pages show; nil for the rest of an expired list, which shows whatever is there now.
  var version: UInt64?
  /// The first path of the page.
  var start: String

  init(version: UInt64?, start: String) {
    self.version = version
    self.start = start
  }

  init(_ text: String) throws(APIError) {
    guard let bytes = Base64.decodeURL(text) else {
      throw Self.refusal("illegal base64 data")
    }
    let json: JSONValue
    do {
      json = try JSONValue(parsing: bytes)
    } catch {
      let first = bytes.first.map { String(decoding: [$0], as: UTF8.self) } ?? ""
      throw Self.refusal("invalid character '\(first)' looking for beginning of value")
    }
    guard json["v"] == "meta.k8s.io/v1", let version = json["rv"]?.int, let start = json["start"]?.string
    else {
      throw Self.refusal("server version mismatch")
    }
    self.version = version < 0 ? nil : UInt64(version)
    self.start = start
  }

  var text: String {
    let json: JSONValue = [
      "v": "meta.k8s.io/v1", "rv": version.map { .number(String($0)) } ?? -1, "start": .string(start),
    ]
    return Base64.encodeURL(json.serialized())
  }

  private static func refusal(_ why: String) -> APIError {
    .badRequest("invalid continue token: continue key is not valid: \(why)")
  }
}
