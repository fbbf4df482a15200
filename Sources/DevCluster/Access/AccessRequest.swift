import HTTP
import JSONScan

/// What is asked for, as authorization sees it.
struct AccessRequest: Hashable, Sendable {
  var verb: String
  /// Nil for resources.
  var path: String?
  var group = ""
  var version = ""
  var resource = ""
  var subresource = ""
  var namespace = ""
  var name = ""

  /// `deployments` or `deployments/scale`.
  var resourceAndSubresource: String { subresource.isEmpty ? resource : "\(resource)/\(subresource)" }

  init(verb: String, path: String? = nil) {
    self.verb = verb
    self.path = path
  }

  /// What an HTTP request asks for; the resource need not be served.
  init(_ request: APIRequest) {
    let method = request.http.method
    switch RequestPath(request.http.path) {
    case .collection(let location):
      let watches = ["true", "1"].contains(request.query["watch"] ?? "")
      let verbs = ["GET": watches ? "watch" : "list", "POST": "create", "DELETE": "deletecollection"]
      self.init(verb: verbs[method] ?? method.lowercased())
      place(location)
      // A list of one name is judged as that name.
      name = Self.nameSelected(by: request.query["fieldSelector"] ?? "")
    case .object(let location, let name, let subresource):
      let verbs = ["GET": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"]
      self.init(verb: verbs[method] ?? method.lowercased())
      place(location)
      self.name = name
      self.subresource = subresource ?? ""
      if location.plural == "namespaces", location.group.isEmpty { namespace = name }
    default:
      self.init(verb: method.lowercased(), path: request.http.path)
    }
  }

  private mutating func place(_ location: RequestPath.Location) {
    group = location.group
    version = location.version
    resource = location.plural
    namespace = location.namespace ?? ""
  }

  private static func nameSelected(by selector: String) -> String {
    let prefix = "metadata.name="
    guard selector.hasPrefix(prefix), !selector.contains(",") else { return "" }
    return String(selector.dropFirst(prefix.count))
  }

  /// From the spec of a review. Nil if it has neither attributes or both.
  init?(review spec: JSONValue) {
    let attributes = spec["resourceAttributes"]
    let nonResource = spec["nonResourceAttributes"]
    func text(_ name: String) -> String { attributes?[name]?.string ?? "" }
    switch (attributes, nonResource) {
    case (.some, nil):
      self.init(verb: text("verb"))
      group = text("group")
      version = text("version")
      resource = text("resource")
      subresource = text("subresource")
      namespace = text("namespace")
      name = text("name")
    case (nil, .some(let nonResource)):
      self.init(verb: nonResource["verb"]?.string ?? "", path: nonResource["path"]?.string ?? "")
    default: return nil
    }
  }

  /// The refusal, in the words of a real server.
  func forbidden(to user: UserInfo, reason: String) -> APIError {
    let tail = reason.isEmpty ? "" : ": " + reason
    if let path {
      return APIError(
        code: 403, reason: "Forbidden",
        message: "forbidden: User \"\(user.name)\" cannot \(verb) path \"\(path)\"\(tail)", details: .init())
    }
    let qualified = group.isEmpty ? resource : "\(resource).\(group)"
    let object = name.isEmpty ? qualified : "\(qualified) \"\(name)\""
    let scope = namespace.isEmpty ? "at the cluster scope" : "in the namespace \"\(namespace)\""
    return APIError(
      code: 403, reason: "Forbidden",
      message:
        "\(object) is forbidden: User \"\(user.name)\" cannot \(verb) resource \"\(resourceAndSubresource)\" "
        + "in API group \"\(group)\" \(scope)\(tail)",
      details: .init(name: name, group: group, kind: resource))
  }
}
