import HTTP
import JSONScan

/// Bodies of requests, as objects.
enum RequestBody {
  static let accepted = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"]

  /// Reads an object to create or to replace. Throws 415 for other formats, 400 for what is no object.
  static func object(_ request: APIRequest, _ resource: ResourceDefinition) throws(APIError) -> JSONValue {
    let type = request.contentType ?? "application/json"
    let object = try read(request, type, resource)
    guard object.object != nil else {
      throw unrecognized(
        resource.kind, "json: cannot unmarshal \(object.kind) into Go value", request.http.body)
    }
    if resource.isCustom {
      for name in ["kind", "apiVersion"] where object[name]?.string?.isEmpty ?? true {
        throw .badRequest(
          "Object '\(name == "kind" ? "Kind" : "apiVersion")' is missing in "
            + "'\(String(decoding: request.http.body, as: UTF8.self))'")
      }
    }
    return try TypeCheck(request: request, resource: resource).sent(object)
  }

  private static func read(
    _ request: APIRequest, _ type: String, _ resource: ResourceDefinition
  ) throws(APIError) -> JSONValue {
    switch type {
    case "application/json": return try json(request.http.body, kind: resource.kind)
    case ProtobufObject.mediaType where !resource.isCustom:
      return try protobuf(request.http.body, resource.kind)
    case "application/yaml": return try yaml(request.http.body)
    default: throw .unsupportedMediaType(accepted: accepted)
    }
  }

  static func protobuf(_ body: [UInt8], _ kind: String) throws(APIError) -> JSONValue {
    do {
      return try ProtobufObject().read(body)
    } catch {
      switch error {
      case .malformed:
        throw .badRequest(
          "the object provided is unrecognized (must be of type \(kind)): it is no protobuf message of Kubernetes"
        )
      case .unknownKind(let kind):
        throw APIError(
          code: 415, reason: "UnsupportedMediaType",
          message: "the development cluster does not read \(kind) in protobuf; send application/json")
      }
    }
  }

  static func json(_ body: [UInt8], kind: String) throws(APIError) -> JSONValue {
    do {
      return try JSONValue(parsing: body)
    } catch {
      let reason =
        error.reason == .unexpectedEnd || error.reason == .empty
        ? "unexpected end of JSON input" : error.description
      throw unrecognized(kind, "couldn't get version/kind; json parse error: \(reason)", body)
    }
  }

  private static func unrecognized(_ kind: String, _ why: String, _ body: [UInt8]) -> APIError {
    let shown = 30
    let start = String(decoding: body.prefix(shown), as: UTF8.self) + (body.count > shown ? " ..." : "")
    return .badRequest("the object provided is unrecognized (must be of type \(kind)): \(why) (\(start))")
  }
}
