import HTTP
import JSONScan

/// Holds what a client sends to its type or schema: unknown members are dropped, and reported as
/// `fieldValidation` asks; defaults of schemas are filled in.
struct TypeCheck {
  let request: APIRequest
  let resource: ResourceDefinition

  /// A whole object, sent by POST or PUT. Throws 400.
  func sent(_ object: JSONValue) throws(APIError) -> JSONValue {
    let (checked, unknown) = try read(object)
    return try report(unknown, checked) { problem in
      .badRequest(
        "\(resource.kind) in version \"\(resource.version)\" cannot be handled as a \(resource.kind): \(problem)"
      )
    }
  }

  /// What became of an object by a patch. Throws 400 or 422.
  func patched(_ object: JSONValue) throws(APIError) -> JSONValue {
    let (checked, unknown) = try read(object)
    return try report(unknown, checked) { problem in
      let message = "Invalid value: \"\(String(decoding: request.http.body, as: UTF8.self))\": \(problem)"
      return APIError(
        code: 422, reason: "Invalid", message: " \"\" is invalid: patch: \(message)",
        details: .init(causes: [.init(reason: "FieldValueInvalid", message: message, field: "patch")]))
    }
  }

  /// A configuration for server-side apply: without defaults, and with what the type or schema does not have.
  func applied(_ object: JSONValue) throws(APIError) -> (JSONValue, unknown: [String]) {
    guard resource.isCustom else { return try read(object) }
    guard let schema = resource.schema else { return (object, []) }
    var pruning = SchemaPruning()
    return (pruning.prune(object, schema), pruning.unknownFields)
  }

  private func read(_ object: JSONValue) throws(APIError) -> (JSONValue, unknown: [String]) {
    if resource.isCustom {
      guard let schema = resource.schema else { return (object, []) }
      var pruning = SchemaPruning()
      let pruned = pruning.prune(object, schema)
      return (schema.withDefaults(pruned), pruning.unknownFields)
    }
    guard let type = APICatalog.standard.type(of: resource) else { return (object, []) }
    var typed = TypedObject()
    do {
      return (try typed.read(object, as: type), typed.unknownFields)
    } catch {
      throw .badRequest(
        "\(resource.kind) in version \"\(resource.version)\" cannot be handled as a \(resource.kind): "
          + error.message)
    }
  }

  private func report(
    _ unknown: [String], _ checked: JSONValue, refusal: (String) -> APIError
  ) throws(APIError) -> JSONValue {
    guard !unknown.isEmpty else { return checked }
    let problems = unknown.map { "unknown field \"\($0)\"" }
    switch try request.fieldValidation() {
    case .ignore: break
    case .warn: for problem in problems { request.warnings.add(problem) }
    case .strict: throw refusal("strict decoding error: " + problems.joined(separator: ", "))
    }
    return checked
  }
}
