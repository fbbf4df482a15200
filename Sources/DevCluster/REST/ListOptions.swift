import HTTP

/// The parameters of a list or watch (metav1.ListOptions), read and checked.
struct ListOptions {
  enum Match: String { case exact = "Exact", notOlderThan = "NotOlderThan" }

  var isWatch = false
  var labels = LabelSelector.everything
  var fields = FieldSelector.everything
  var limit = 0
  var continueToken: String?
  /// As sent; nil if absent or empty.
  var resourceVersion: String?
  var match: Match?
  var timeoutSeconds: Int?
  var allowsBookmarks = false
  var sendsInitialEvents: Bool?

  init(_ query: [String: String], _ resource: ResourceDefinition) throws(APIError) {
    func text(_ name: String) -> String? { query[name].flatMap { $0.isEmpty ? nil : $0 } }
    isWatch = Self.isTrue(query["watch"])
    if let selector = text("labelSelector") { labels = try LabelSelectorParser.parse(selector) }
    if let selector = text("fieldSelector") { fields = try FieldSelector(selector, resource) }
    limit = text("limit").flatMap { Int($0) } ?? 0
    continueToken = text("continue")
    resourceVersion = text("resourceVersion")
    timeoutSeconds = text("timeoutSeconds").flatMap { Int($0) }
    allowsBookmarks = Self.isTrue(query["allowWatchBookmarks"])
    sendsInitialEvents = query["sendInitialEvents"].map { Self.isTrue($0) }
    if let text = text("resourceVersionMatch") {
      guard let match = Match(rawValue: text) else {
        throw .invalidListOptions(
          field: "resourceVersionMatch", reason: "FieldValueNotSupported",
          "Unsupported value: \"\(text)\": supported values: \"Exact\", \"NotOlderThan\", \"\"")
      }
      self.match = match
    }
    if let problem = problem { throw problem }
  }

  /// The version as a number; 0 for none. Throws what a real server answers for anything else.
  func version() throws(APIError) -> UInt64 {
    guard let resourceVersion else { return 0 }
    guard let version = UInt64(resourceVersion) else {
      let message =
        "resourceVersion: Invalid value: \"\(resourceVersion)\": strconv.ParseUint: parsing "
        + "\"\(resourceVersion)\": invalid syntax"
      // A watch is answered 500 without a reason, as recorded.
      throw isWatch ? APIError(code: 500, reason: "", message: message) : .badRequest(message)
    }
    return version
  }

  /// Options that don't go together (apimachinery's ValidateListOptions).
  private var problem: APIError? {
    func forbidden(_ field: String, _ message: String) -> APIError {
      .invalidListOptions(field: field, reason: "FieldValueForbidden", message)
    }
    if isWatch {
      guard sendsInitialEvents != nil else {
        return match == nil
          ? nil
          : forbidden(
            "resourceVersionMatch",
            "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
      }
      return match == .notOlderThan
        ? nil
        : forbidden(
          "resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
    }
    if sendsInitialEvents != nil {
      return forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list")
    }
    guard let match else { return nil }
    if continueToken != nil {
      return forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided")
    }
    if resourceVersion == nil {
      return forbidden(
        "resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided")
    }
    if match == .exact, resourceVersion == "0" {
      return forbidden(
        "resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")
    }
    return nil
  }

  private static func isTrue(_ text: String?) -> Bool { text == "true" || text == "1" || text == "" }
}
