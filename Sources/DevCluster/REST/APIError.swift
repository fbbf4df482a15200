import JSONScan

/// Why a request was refused: the `Status` object that a Kubernetes API server answers with.
///
/// The texts are those of a real server (Tests/Fixtures/kube-apiserver-1.36): clients parse `reason` and
/// `details`, and people search for the messages.
struct APIError: Error, Equatable {
  /// One cause of a refused object, with the field it is about.
  struct Cause: Equatable {
    var reason: String
    var message: String
    var field: String?
  }

  /// What the refusal is about.
  struct Details: Equatable {
    var name: String?
    var group: String?
    var kind: String?
    var causes: [Cause] = []
    var retryAfterSeconds: Int?
  }

  var code: Int
  /// Empty for errors that a real server sends without a reason.
  var reason: String
  var message: String
  var details: Details?
  /// With which an expired list may be continued, inconsistently.
  var continueToken: String?

  /// The `Status` object.
  var status: JSONValue {
    var status: JSONObject = [
      "kind": "Status", "apiVersion": "v1",
      "metadata": continueToken.map { ["continue": .string($0)] } ?? .emptyObject, "status": "Failure",
      "message": .string(message),
    ]
    if !reason.isEmpty { status["reason"] = .string(reason) }
    if let details { status["details"] = details.json }
    status["code"] = .number(String(code))
    return .object(status)
  }
}

extension APIError.Details {
  fileprivate var json: JSONValue {
    var json = JSONObject()
    if let name, !name.isEmpty { json["name"] = .string(name) }
    if let group, !group.isEmpty { json["group"] = .string(group) }
    if let kind { json["kind"] = .string(kind) }
    if !causes.isEmpty {
      json["causes"] = .array(
        causes.map { cause in
          var one: JSONObject = ["reason": .string(cause.reason), "message": .string(cause.message)]
          if let field = cause.field { one["field"] = .string(field) }
          return .object(one)
        })
    }
    if let retryAfterSeconds { json["retryAfterSeconds"] = .number(String(retryAfterSeconds)) }
    return .object(json)
  }
}

// MARK: - The refusals, by what the client may do next

extension APIError {
  /// No such object; another name, or later.
  static func notFound(_ resource: ResourceDefinition, _ name: String) -> APIError {
    APIError(
      code: 404, reason: "NotFound", message: "\(resource.qualifiedPlural) \"\(name)\" not found",
      details: Details(name: name, group: resource.group, kind: resource.plural))
  }

  /// An object of this name exists; update it instead.
  static func alreadyExists(_ resource: ResourceDefinition, _ name: String) -> APIError {
    APIError(
      code: 409, reason: "AlreadyExists", message: "\(resource.qualifiedPlural) \"\(name)\" already exists",
      details: Details(name: name, group: resource.group, kind: resource.plural))
  }

  /// The object changed since it was read; read again.
  static func conflict(
    _ resource: ResourceDefinition, _ name: String,
    _ why: String =
      "the object has been modified; please apply your changes to the latest version and try again"
  ) -> APIError {
    APIError(
      code: 409, reason: "Conflict",
      message: "Operation cannot be fulfilled on \(resource.qualifiedPlural) \"\(name)\": \(why)",
      details: Details(name: name, group: resource.group, kind: resource.plural))
  }

  /// The object breaks rules; each cause names its field. `name` is what the client sent.
  static func invalid(_ resource: ResourceDefinition, _ name: String, _ causes: [Cause]) -> APIError {
    let texts = causes.map { "\($0.field ?? ""): \($0.message)" }
    let all = texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ", ") + "]"
    return APIError(
      code: 422, reason: "Invalid", message: "\(resource.qualifiedKind) \"\(name)\" is invalid: \(all)",
      details: Details(name: name, group: resource.group, kind: resource.kind, causes: causes))
  }

  /// The request can't be understood.
  static func badRequest(_ message: String) -> APIError {
    APIError(code: 400, reason: "BadRequest", message: message)
  }

  /// Not allowed here, whoever asks.
  static func forbidden(
    _ resource: ResourceDefinition, _ name: String, _ why: String, causes: [Cause] = []
  ) -> APIError {
    APIError(
      code: 403, reason: "Forbidden", message: "\(resource.qualifiedPlural) \"\(name)\" is forbidden: \(why)",
      details: Details(name: name, group: resource.group, kind: resource.plural, causes: causes))
  }

  /// The verb is not served for this resource.
  static let methodNotAllowed = APIError(
    code: 405, reason: "MethodNotAllowed",
    message: "the server does not allow this method on the requested resource", details: Details())

  /// A body in a format that is not read here.
  static func unsupportedMediaType(accepted: [String]) -> APIError {
    APIError(
      code: 415, reason: "UnsupportedMediaType",
      message: "the body of the request was in an unknown format - accepted media types include: "
        + accepted.joined(separator: ", "))
  }

  /// The version is too old to continue from: list again.
  static func expired(_ message: String) -> APIError {
    APIError(code: 410, reason: "Expired", message: message)
  }

  /// The version asked for has not come yet: try again in a second.
  static func versionTooLarge(_ asked: UInt64, current: UInt64) -> APIError {
    APIError(
      code: 504, reason: "Timeout",
      message: "Timeout: Too large resource version: \(asked), current: \(current)",
      details: Details(
        causes: [Cause(reason: "ResourceVersionTooLarge", message: "Too large resource version")],
        retryAfterSeconds: 1))
  }

  /// Options of a list or watch that don't go together.
  static func invalidListOptions(field: String, reason: String, _ message: String) -> APIError {
    let prefix = reason == "FieldValueForbidden" ? "Forbidden: " : "Invalid value: "
    return APIError(
      code: 422, reason: "Invalid",
      message: "ListOptions.meta.k8s.io \"\" is invalid: \(field): \(prefix)\(message)",
      details: Details(
        group: "meta.k8s.io", kind: "ListOptions",
        causes: [Cause(reason: reason, message: prefix + message, field: field)]))
  }
}
