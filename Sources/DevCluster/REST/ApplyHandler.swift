import HTTP
import JSONScan
import YAML

/// Answers a PATCH of `application/apply-patch+yaml`: server-side apply, which also creates.
struct ApplyHandler {
  let store: ClusterStore
  let request: APIRequest
  let target: ObjectTarget
  let subresource: Subresource?

  private var resource: ResourceDefinition { target.resource }

  /// The status of the answer, and the object. Throws 400, 404, 409 (conflicts) or 422.
  func apply() throws(APIError) -> (status: Int, object: JSONValue) {
    let manager = try manager()
    let configuration = try configuration()
    var options = WriteOptions(
      manager: manager, dryRun: try request.isDryRun(), subresource: subresource)
    let ownership = ServerSideApply(writer: store.writer(resource, options))
    guard let live = store.find(resource.id, namespace: target.namespace, name: target.name) else {
      guard subresource == nil else { throw .notFound(resource, target.name) }
      guard configuration.uid.isEmpty, configuration.resourceVersion.isEmpty else {
        throw .conflict(resource, target.name, "the object does not exist, and a uid or version was sent")
      }
      let outcome = ownership.created(configuration)
      options.managedFields = outcome.managedFields
      let object = try checked(outcome.object)
      return (
        201, try store.create(object, in: resource, namespace: target.namespace, options: options)
      )
    }
    let isForced = ["true", "1"].contains(request.query["force"] ?? "")
    let outcome = try ownership.applied(
      configuration, to: ObjectText.inVersion(live, resource), isForced: isForced)
    options.managedFields = outcome.managedFields
    let object = try checked(outcome.object)
    let stored = try store.modify(
      resource, namespace: target.namespace, name: target.name, options: options
    ) { _ in object }
    return (200, stored)
  }

  private func manager() throws(APIError) -> String {
    if let manager = request.query["fieldManager"], !manager.isEmpty { return manager }
    let message = "Required value: is required for apply patch"
    throw APIError(
      code: 422, reason: "Invalid",
      message: "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: \(message)",
      details: .init(
        group: "meta.k8s.io", kind: "PatchOptions",
        causes: [.init(reason: "FieldValueRequired", message: message, field: "fieldManager")]))
  }

  /// What is applied: without the part of the object that has a path of its own.
  private func configuration() throws(APIError) -> JSONValue {
    var sent = try RequestBody.yaml(request.http.body)
    guard sent.object != nil else { throw .badRequest("error decoding YAML: the patch is no object") }
    for (name, expected) in [("kind", resource.kind), ("apiVersion", resource.apiVersion)]
    where sent[name]?.string != expected {
      throw .badRequest(
        "invalid object type: the patch is of \(name) \"\(sent[name]?.string ?? "")\", the path of \"\(expected)\""
      )
    }
    if let fields = sent["metadata"]?["managedFields"]?.array, !fields.isEmpty {
      throw .badRequest("metadata.managedFields must be nil")
    }
    if sent.name.isEmpty { sent.set(.string(target.name), at: ["metadata", "name"]) }
    if sent.name != target.name {
      throw .badRequest(
        "the name of the object (\(sent.name)) does not match the name on the URL (\(target.name))")
    }
    if sent.namespace == nil, let namespace = target.namespace {
      sent.set(.string(namespace), at: ["metadata", "namespace"])
    }
    if resource.hasStatus, subresource == nil { sent["status"] = nil }
    if subresource == .status {
      for name in sent.object?.keys ?? [] where !["kind", "apiVersion", "metadata", "status"].contains(name) {
        sent[name] = nil
      }
    }
    let (known, unknown) = try TypeCheck(request: request, resource: resource).applied(sent)
    if let field = unknown.first {
      let place = target.namespace.map { "\($0)/" } ?? ""
      throw APIError(
        code: 500, reason: "",
        message: "failed to create typed patch object (\(place)\(target.name); \(resource.apiVersion), "
          + "Kind=\(resource.kind)): .\(field): field not declared in schema")
    }
    return known
  }

  private func checked(_ object: JSONValue) throws(APIError) -> JSONValue {
    try TypeCheck(request: request, resource: resource).patched(object)
  }
}

extension RequestBody {
  /// One document of YAML, which JSON is too.
  static func yaml(_ body: [UInt8]) throws(APIError) -> JSONValue {
    // Most clients send JSON here.
    if let json = try? JSONValue(parsing: body) { return json }
    let documents: [YAMLDocument]
    do {
      documents = try YAMLParser.parse(body).filter { !$0.isNull }
    } catch {
      throw .badRequest("error decoding YAML: \(error)")
    }
    guard documents.count == 1, let json = try? JSONValue(parsing: documents[0].json) else {
      throw .badRequest("error decoding YAML: \(documents.count) documents instead of one")
    }
    return json
  }
}
