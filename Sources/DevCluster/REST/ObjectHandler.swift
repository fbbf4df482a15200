import HTTP
import JSONScan

/// The object that a path names.
struct ObjectTarget {
  let resource: ResourceDefinition
  let namespace: String?
  let name: String
}

/// Answers requests for one object or a part of it.
struct ObjectHandler {
  let store: ClusterStore
  let tokens: TokenIssuer
  let request: APIRequest
  let target: ObjectTarget

  private var resource: ResourceDefinition { target.resource }

  /// Nil if the part is not served: a plain 404.
  func answer(subresource: String?) throws(APIError) -> HTTPResponse? {
    if resource.isReview { return nil }
    switch subresource {
    case nil: return try whole(nil)
    case "status" where resource.hasStatus: return try whole(.status)
    case "scale":
      guard let paths = resource.scale else { return nil }
      return try scale(paths)
    case "token" where resource.id == BuiltInResources.serviceAccounts.id:
      return try TokenRequestHandler(store: store, tokens: tokens, request: request, target: target).answer()
    case "log", "exec", "attach", "portforward", "proxy":
      guard resource.id == BuiltInResources.pods.id else { return nil }
      let pod = try store.get(resource, namespace: target.namespace, name: target.name)
      throw .badRequest(
        "pod \(pod.name) has no containers that run: the development cluster keeps pods as objects only; "
          + "processes of Knative Services write to its own output")
    case "finalize" where resource.id == BuiltInResources.namespaces.id: return try finalize()
    default: return nil
    }
  }

  // MARK: The object, and its status

  private func whole(_ subresource: Subresource?) throws(APIError) -> HTTPResponse {
    switch request.http.method {
    case "GET":
      let object = try store.get(resource, namespace: target.namespace, name: target.name)
      return try answer(200, object)
    case "PUT":
      let sent = try RequestBody.object(request, resource)
      let stored = try store.update(
        sent, in: resource, namespace: target.namespace, name: target.name, options: try options(subresource))
      return try answer(200, stored)
    case "PATCH" where request.contentType == PatchBody.applyPatch:
      let (status, object) = try ApplyHandler(
        store: store, request: request, target: target, subresource: subresource
      ).apply()
      return try answer(status, object)
    case "PATCH":
      let patch = try PatchBody(request, resource)
      let stored = try store.modify(
        resource, namespace: target.namespace, name: target.name, options: try options(subresource)
      ) { (old) throws(APIError) in
        try TypeCheck(request: request, resource: resource).patched(try patch.apply(to: old, resource))
      }
      return try answer(200, stored)
    case "DELETE" where subresource == nil:
      return try delete()
    default: throw .methodNotAllowed
    }
  }

  private func answer(_ status: Int, _ object: JSONValue) throws(APIError) -> HTTPResponse {
    let form = try Negotiation.form(request, .object)
    return request.answer(status, ObjectText.text(object, resource, form, now: store.scheduler.seconds))
  }

  private func options(_ subresource: Subresource?) throws(APIError) -> WriteOptions {
    WriteOptions(manager: request.manager, dryRun: try request.isDryRun(), subresource: subresource)
  }

  private func delete() throws(APIError) -> HTTPResponse {
    let outcome = try store.delete(
      resource, namespace: target.namespace, name: target.name, options: try DeleteOptions(request))
    switch outcome {
    case .marked(let object): return try answer(200, object)
    case .removed(let object):
      var details: JSONObject = ["name": .string(object.name)]
      if !resource.group.isEmpty { details["group"] = .string(resource.group) }
      details["kind"] = .string(resource.plural)
      details["uid"] = .string(object.uid)
      let status: JSONValue = [
        "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
        "details": .object(details),
      ]
      return Answer.json(200, status.serialized())
    }
  }

  /// `PUT /api/v1/namespaces/NAME/finalize` writes `spec.finalizers` of a namespace.
  private func finalize() throws(APIError) -> HTTPResponse {
    guard request.http.method == "PUT" else { throw .methodNotAllowed }
    let sent = try RequestBody.object(request, resource)
    let stored = try store.modify(
      resource, namespace: nil, name: target.name, options: try options(nil)
    ) { old in
      var new = old
      new.set(sent.value(at: ["spec", "finalizers"]) ?? [], at: ["spec", "finalizers"])
      return new
    }
    return try answer(200, stored)
  }

  // MARK: Scale

  private func scale(_ paths: ResourceDefinition.ScalePaths) throws(APIError) -> HTTPResponse {
    let view = ScaleView(paths: paths)
    let old = try store.get(resource, namespace: target.namespace, name: target.name)
    let sent: JSONValue
    switch request.http.method {
    case "GET": return Answer.json(200, view.scale(of: old).serialized())
    case "PUT": sent = try RequestBody.json(request.http.body, kind: "Scale")
    case "PATCH":
      sent = try PatchBody(request, resource).apply(to: view.scale(of: old), resource)
    default: throw .methodNotAllowed
    }
    let replicas = sent.value(at: ["spec", "replicas"])?.int ?? 0
    if replicas < 0 {
      throw APIError(
        code: 422, reason: "Invalid",
        message:
          "Scale.autoscaling \"\(target.name)\" is invalid: spec.replicas: Invalid value: \(replicas): "
          + "must be greater than or equal to 0",
        details: .init(
          name: target.name, group: "autoscaling", kind: "Scale",
          causes: [
            .init(
              reason: "FieldValueInvalid",
              message: "Invalid value: \(replicas): must be greater than or equal to 0",
              field: "spec.replicas")
          ]))
    }
    let stored = try store.modify(
      resource, namespace: target.namespace, name: target.name, options: try options(.scale)
    ) { old in
      var new = old
      if !sent.resourceVersion.isEmpty {
        new.set(.string(sent.resourceVersion), at: ["metadata", "resourceVersion"])
      }
      new.set(.integer(replicas), at: paths.specReplicas)
      return new
    }
    return Answer.json(200, view.scale(of: stored).serialized())
  }
}

/// An object of any kind as autoscaling/v1 Scale.
struct ScaleView {
  let paths: ResourceDefinition.ScalePaths

  func scale(of object: JSONValue) -> JSONValue {
    var metadata = JSONObject()
    for name in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
      metadata[name] = object["metadata"]?[name]
    }
    let desired = object.value(at: paths.specReplicas)?.int ?? 0
    var status: JSONObject = ["replicas": .integer(object.value(at: paths.statusReplicas)?.int ?? 0)]
    let selector = selector(of: object)
    if !selector.isEmpty { status["selector"] = .string(selector) }
    return [
      "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": .object(metadata),
      // A zero is left out, as recorded.
      "spec": desired == 0 ? [:] : ["replicas": .integer(desired)], "status": .object(status),
    ]
  }

  private func selector(of object: JSONValue) -> String {
    if let path = paths.labelSelector { return object.value(at: path)?.string ?? "" }
    let labels = object.value(at: ["spec", "selector", "matchLabels"])?.object ?? JSONObject()
    return labels.map { "\($0.key)=\($0.value.string ?? "")" }.sorted().joined(separator: ",")
  }
}
