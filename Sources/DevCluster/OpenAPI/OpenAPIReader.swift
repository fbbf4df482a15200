import HTTP
import JSONScan

/// Answers `/openapi/v2` and `/openapi/v3`: what kubectl validates with, merges by and explains.
struct OpenAPIReader {
  let registry: ResourceRegistry

  private static let info: JSONValue = ["title": "FrugalHub development cluster", "version": "v1.36.2"]
  /// The only form in which kubectl asks for version 2.
  static let oldProtobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
  /// The same without the `@`, which no media type may have: what is answered.
  static let protobuf = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

  /// `/openapi/v2`: everything in one document, as JSON or in gnostic's protobuf.
  func version2(_ accept: String?) -> HTTPResponse {
    var schemas = SchemaDocument(.v2)
    var paths = JSONObject()
    for resource in registry.definitions where resource.served {
      schemas.add(resource)
      for (path, item) in PathDocument(dialect: .v2).paths(of: resource) { paths[path] = item }
    }
    addCommon(&schemas)
    let document: JSONValue = [
      "swagger": "2.0", "info": Self.info, "paths": .object(paths),
      "definitions": .object(schemas.definitions),
    ]
    let ranges = Negotiation.ranges(accept).map(\.type)
    if let first = ranges.first, first == Self.oldProtobuf || first == Self.protobuf {
      var response = Answer.json(200, OpenAPIProtobuf.document(document))
      response.headers.set("Content-Type", Self.protobuf)
      return response
    }
    return Answer.json(200, document.serialized())
  }

  /// `/openapi/v3`: where the documents of the groups are.
  func version3() -> HTTPResponse {
    var paths = JSONObject()
    for (group, version) in groupVersions {
      let path = group.isEmpty ? "api/\(version)" : "apis/\(group)/\(version)"
      let hash = Self.hash(document(group: group, version: version).serialized())
      paths[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)?hash=\(hash)")]
    }
    return Answer.json(200, JSONValue.object(["paths": .object(paths)]).serialized())
  }

  /// `/openapi/v3/api/v1`, `/openapi/v3/apis/GROUP/VERSION`; nil if it is not served.
  func version3(group: String, version: String) -> HTTPResponse? {
    guard groupVersions.contains(where: { $0 == (group, version) }) else { return nil }
    return Answer.json(200, document(group: group, version: version).serialized())
  }

  private var groupVersions: [(String, String)] {
    ([""] + registry.groups).flatMap { group in registry.versions(of: group).map { (group, $0) } }
  }

  private func document(group: String, version: String) -> JSONValue {
    var schemas = SchemaDocument(.v3)
    var paths = JSONObject()
    for resource in registry.resources(group: group, version: version) {
      schemas.add(resource)
      for (path, item) in PathDocument(dialect: .v3).paths(of: resource) { paths[path] = item }
    }
    addCommon(&schemas)
    var definitions = schemas.definitions
    definitions[SchemaDocument.meta("Patch")] = [
      "description": "A patch: of the form that its content type names.", "type": "object",
    ]
    return [
      "openapi": "3.0.0", "info": Self.info, "paths": .object(paths),
      "components": ["schemas": .object(definitions)],
    ]
  }

  private func addCommon(_ schemas: inout SchemaDocument) {
    for kind in ["DeleteOptions", "Status"] {
      schemas.add(typeNamed: SchemaDocument.meta(kind), group: "", version: "v1", kind: kind)
    }
    schemas.add(
      typeNamed: "io.k8s.api.autoscaling.v1.Scale", group: "autoscaling", version: "v1", kind: "Scale")
  }

  /// FNV-1a, as hexadecimal: changes with the document.
  private static func hash(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16, uppercase: true)
  }
}
