/// Which of the forms that are served a client takes (the Accept header). Quality values are not weighed: the
/// first form that is served wins, as clients list them in order.
enum Negotiation {
  /// What objects are asked for.
  enum Target { case object, list, watch }

  struct MediaRange: Equatable {
    var type: String
    var parameters: [String: String]
  }

  /// Throws 406 if nothing that is served is accepted, 400 for an unknown `includeObject`.
  static func form(_ request: APIRequest, _ target: Target) throws(APIError) -> ObjectForm {
    let ranges = ranges(request.accept)
    if ranges.isEmpty { return .whole }
    for range in ranges where isJSON(range) {
      guard let transform = range.parameters["as"] else { return .whole }
      guard range.parameters["g"] == "meta.k8s.io", range.parameters["v"] == "v1" else { continue }
      switch (transform, target) {
      case ("Table", _):
        return .table(try included(request.query["includeObject"]))
      case ("PartialObjectMetadata", .object), ("PartialObjectMetadata", .watch),
        ("PartialObjectMetadataList", .list):
        return .metadata
      case ("PartialObjectMetadata", .list):
        throw notAcceptable("you requested PartialObjectMetadata, but the requested object is a list")
      case ("PartialObjectMetadataList", .object), ("PartialObjectMetadataList", .watch):
        throw notAcceptable("you requested PartialObjectMetadataList, but the requested object is not a list")
      default: continue
      }
    }
    throw notAcceptable(
      "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, "
        + "application/vnd.kubernetes.protobuf, application/json;stream=watch, "
        + "application/vnd.kubernetes.protobuf;stream=watch")
  }

  private static func included(_ text: String?) throws(APIError) -> TableText.Included {
    guard let text, !text.isEmpty else { return .metadata }
    guard let included = TableText.Included(rawValue: text) else {
      throw .badRequest("unrecognized includeObject value: \"\(text)\"")
    }
    return included
  }

  /// Whether aggregated discovery (v2) is asked for before anything else that is served.
  static func wantsAggregatedDiscovery(_ accept: String?) -> Bool {
    for range in ranges(accept) where isJSON(range) {
      guard let transform = range.parameters["as"] else { return false }
      if transform == "APIGroupDiscoveryList", range.parameters["g"] == "apidiscovery.k8s.io",
        range.parameters["v"] == "v2"
      {
        return true
      }
    }
    return false
  }

  static func ranges(_ accept: String?) -> [MediaRange] {
    (accept ?? "").split(separator: ",").map { part in
      let pieces = part.split(separator: ";").map(trimmed)
      var parameters: [String: String] = [:]
      for piece in pieces.dropFirst() {
        let sides = piece.split(separator: "=", maxSplits: 1).map(trimmed)
        if sides.count == 2 { parameters[sides[0]] = sides[1] }
      }
      return MediaRange(type: (pieces.first ?? "").lowercased(), parameters: parameters)
    }
  }

  static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
  }

  private static func isJSON(_ range: MediaRange) -> Bool {
    ["application/json", "application/*", "*/*"].contains(range.type)
  }

  private static func notAcceptable(_ message: String) -> APIError {
    APIError(code: 406, reason: "NotAcceptable", message: message, details: .init())
  }
}
