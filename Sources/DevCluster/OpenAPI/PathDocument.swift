import JSONScan

/// The paths of resources, as OpenAPI writes them: what kubectl reads to learn whether a kind can be patched, tried
/// without effect (`dryRun`) and validated (`fieldValidation`).
struct PathDocument {
  let dialect: SchemaDocument.Dialect

  private static let patchTypes = [
    "application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json",
    "application/strategic-merge-patch+json",
  ]

  /// The paths of a resource: its collection, its objects, and their parts.
  func paths(of resource: ResourceDefinition) -> JSONObject {
    let version = (resource.group.isEmpty ? "/api/" : "/apis/") + resource.apiVersion
    let collection = version + (resource.namespaced ? "/namespaces/{namespace}/" : "/") + resource.plural
    let object = collection + "/{name}"
    var paths: JSONObject = [
      collection: .object(operations(["get", "post"], resource, name: false)),
      object: .object(operations(["get", "put", "patch", "delete"], resource, name: true)),
    ]
    if resource.isReview {
      return [collection: .object(operations(["post"], resource, name: false))]
    }
    if resource.hasStatus {
      paths[object + "/status"] = .object(operations(["get", "put", "patch"], resource, name: true))
    }
    return paths
  }

  private func operations(_ methods: [String], _ resource: ResourceDefinition, name: Bool) -> JSONObject {
    var item = JSONObject()
    for method in methods { item[method] = operation(method, resource, isCollection: !name) }
    var parameters: [JSONValue] = []
    if name { parameters.append(parameter("name", in: "path", isRequired: true)) }
    if resource.namespaced { parameters.append(parameter("namespace", in: "path", isRequired: true)) }
    if !parameters.isEmpty { item["parameters"] = .array(parameters) }
    return item
  }

  private func operation(
    _ method: String, _ resource: ResourceDefinition, isCollection: Bool
  ) -> JSONValue {
    let actions = [
      "get": isCollection ? "list" : "get", "post": "post", "put": "put", "patch": "patch",
      "delete": "delete",
    ]
    var operation: JSONObject = [
      "description": .string("\(method) \(resource.qualifiedPlural)"),
      "operationId": .string(
        "\(method)\(resource.qualifiedKind.split(separator: ".").joined())\(resource.version)\(isCollection)"),
    ]
    let schema: JSONValue = ["$ref": .string(dialect.prefix + SchemaDocument.name(of: resource))]
    var parameters: [JSONValue] = []
    switch method {
    case "post", "put", "patch":
      parameters = ["dryRun", "fieldManager", "fieldValidation"].map { parameter($0, in: "query") }
      if method == "patch" { parameters.append(parameter("force", in: "query", type: "boolean")) }
    case "delete": parameters = ["dryRun", "propagationPolicy"].map { parameter($0, in: "query") }
    default: parameters = ["fieldSelector", "labelSelector", "limit"].map { parameter($0, in: "query") }
    }
    let types =
      method == "patch"
      ? Self.patchTypes.filter { !resource.isCustom || !$0.contains("strategic") } : ["application/json"]
    let hasBody = ["post", "put", "patch"].contains(method)
    switch dialect {
    case .v2:
      operation["consumes"] = .array(types.map { .string($0) })
      operation["produces"] = ["application/json"]
      operation["responses"] = ["200": ["description": "OK", "schema": schema]]
    case .v3:
      if hasBody {
        var content = JSONObject()
        for type in types {
          let patch = SchemaDocument.meta("Patch")
          content[type] = [
            "schema": method == "patch" ? ["$ref": .string(dialect.prefix + patch)] : schema
          ]
        }
        operation["requestBody"] = ["content": .object(content), "required": true]
      }
      operation["responses"] = [
        "200": ["description": "OK", "content": ["application/json": ["schema": schema]]]
      ]
    }
    operation["parameters"] = .array(parameters)
    operation["x-kubernetes-action"] = .string(actions[method] ?? method)
    operation["x-kubernetes-group-version-kind"] = [
      "group": .string(resource.group), "kind": .string(resource.kind), "version": .string(resource.version),
    ]
    return .object(operation)
  }

  private func parameter(
    _ name: String, in place: String, isRequired: Bool = false, type: String = "string"
  ) -> JSONValue {
    var parameter: JSONObject = ["name": .string(name), "in": .string(place)]
    if isRequired { parameter["required"] = true }
    if dialect == .v2 {
      parameter["type"] = .string(type)
      parameter["uniqueItems"] = true
    } else {
      parameter["schema"] = ["type": .string(type), "uniqueItems": true]
    }
    return .object(parameter)
  }
}
