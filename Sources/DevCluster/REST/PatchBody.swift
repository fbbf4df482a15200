import HTTP
import JSONScan

/// The body of a PATCH, by its content type.
enum PatchBody {
  case merge(JSONValue)
  case strategic(JSONValue)
  case json(JSONPatch)

  private static let jsonPatch = "application/json-patch+json"
  private static let mergePatch = "application/merge-patch+json"
  private static let strategicMergePatch = "application/strategic-merge-patch+json"
  static let applyPatch = "application/apply-patch+yaml"

  /// Throws 415 for formats that are not served, 400 for malformed patches.
  init(_ request: APIRequest, _ resource: ResourceDefinition) throws(APIError) {
    switch request.contentType {
    case Self.jsonPatch:
      let json = try Self.read(request.http.body)
      do {
        self = .json(try JSONPatch(json))
      } catch {
        throw Self.refusal(error)
      }
    case Self.mergePatch:
      self = .merge(try Self.read(request.http.body))
    case Self.strategicMergePatch where !resource.isCustom:
      self = .strategic(try Self.read(request.http.body))
    case Self.applyPatch:
      // Of scales: a merge comes to the same.
      self = .merge(try RequestBody.yaml(request.http.body))
    default:
      var accepted = [Self.jsonPatch, Self.mergePatch]
      if !resource.isCustom { accepted.append(Self.strategicMergePatch) }
      accepted.append(Self.applyPatch)
      throw .unsupportedMediaType(accepted: accepted)
    }
  }

  /// The patched object. Throws 422 where the patch does not fit.
  func apply(
    to old: JSONValue, _ resource: ResourceDefinition, of type: APIType? = nil
  ) throws(APIError) -> JSONValue {
    switch self {
    case .strategic(let patch):
      do throws(StrategicMergePatch.Failure) {
        return try StrategicMergePatch()
          .apply(patch, to: old, of: type ?? APICatalog.standard.type(of: resource))
      } catch {
        switch error {
        case .malformed(let why): throw .badRequest(why)
        case .noMergeKey(let key, let list):
          throw APIError(
            code: 422, reason: "Invalid",
            message: "an element of \(list) does not contain declared merge key: \(key)", details: .init())
        }
      }
    case .merge(let patch):
      return MergePatch.apply(patch, to: old)
    case .json(let patch):
      do {
        return try patch.apply(to: old)
      } catch {
        throw Self.refusal(error)
      }
    }
  }

  private static func read(_ body: [UInt8]) throws(APIError) -> JSONValue {
    do {
      return try JSONValue(parsing: body)
    } catch {
      throw .badRequest("error decoding patch: \(error.description)")
    }
  }

  private static func refusal(_ failure: JSONPatch.Failure) -> APIError {
    switch failure {
    case .malformed(let why): .badRequest("error decoding patch: \(why)")
    case .notApplicable:
      // Recorded: a real server does not say what did not fit.
      APIError(
        code: 422, reason: "Invalid",
        message: "the server rejected our request due to an error in our request", details: .init())
    }
  }
}

extension DeleteOptions {
  /// From the body (meta/v1 DeleteOptions) and the query. Throws 400 or 422.
  init(_ request: APIRequest) throws(APIError) {
    var body: JSONValue = .emptyObject
    if !request.http.body.isEmpty {
      body = try RequestBody.json(request.http.body, kind: "DeleteOptions")
    }
    self.init()
    let policy = request.query["propagationPolicy"] ?? body["propagationPolicy"]?.string
    switch policy {
    case nil, "", "Background": propagation = .background
    case "Foreground": propagation = .foreground
    case "Orphan": propagation = .orphan
    case .some(let other):
      let message =
        "Unsupported value: \"\(other)\": supported values: \"Background\", \"Foreground\", \"Orphan\", \"nil\""
      throw APIError(
        code: 422, reason: "Invalid",
        message: "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: \(message)",
        details: .init(
          group: "meta.k8s.io", kind: "DeleteOptions",
          causes: [.init(reason: "FieldValueNotSupported", message: message, field: "propagationPolicy")]))
    }
    uid = body["preconditions"]?["uid"]?.string
    resourceVersion = body["preconditions"]?["resourceVersion"]?.string
    dryRun = try request.isDryRun() || body["dryRun"]?.array?.contains("All") == true
  }
}
