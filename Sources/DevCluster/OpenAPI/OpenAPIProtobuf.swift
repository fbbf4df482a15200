import JSONScan

/// An OpenAPI 2 document in the protobuf messages of gnostic (openapi.v2), as far as this server's documents go.
enum OpenAPIProtobuf {
  static func document(_ json: JSONValue) -> [UInt8] {
    var writer = ProtobufWriter()
    writer.string(1, json["swagger"]?.string ?? "")
    writer.message(2) { info in
      info.string(1, json.value(at: ["info", "title"])?.string ?? "")
      info.string(2, json.value(at: ["info", "version"])?.string ?? "")
    }
    writer.message(8) { paths in
      for (name, item) in json["paths"]?.object ?? JSONObject() {
        paths.message(2) { named in
          named.string(1, name)
          named.message(2) { pathItem(item, &$0) }
        }
      }
    }
    writer.message(9) { definitions in
      properties(json["definitions"]?.object ?? JSONObject(), &definitions)
    }
    return writer.bytes
  }

  /// `Definitions` and `Properties`: repeated NamedSchema.
  private static func properties(_ schemas: JSONObject, _ writer: inout ProtobufWriter) {
    for (name, schema) in schemas {
      writer.message(1) { named in
        named.string(1, name)
        named.message(2) { self.schema(schema, &$0) }
      }
    }
  }

  private static func schema(_ json: JSONValue, _ writer: inout ProtobufWriter) {
    for (name, number) in [("$ref", 1), ("format", 2), ("description", 4), ("pattern", 13)] {
      if let text = json[name]?.string { writer.string(number, text) }
    }
    for name in json["required"]?.array ?? [] { writer.string(19, name.string ?? "") }
    for value in json["enum"]?.array ?? [] { writer.message(20) { any(value, &$0) } }
    if let additional = json["additionalProperties"] {
      writer.message(21) { item in
        if let bool = additional.bool {
          item.bool(2, bool)
        } else {
          item.message(1) { schema(additional, &$0) }
        }
      }
    }
    if let type = json["type"]?.string { writer.message(22) { $0.string(1, type) } }
    if let items = json["items"] {
      writer.message(23) { list in list.message(1) { schema(items, &$0) } }
    }
    if let members = json["properties"]?.object { writer.message(25) { properties(members, &$0) } }
    extensions(json, number: 31, &writer)
  }

  private static func pathItem(_ json: JSONValue, _ writer: inout ProtobufWriter) {
    let methods = [("get", 2), ("put", 3), ("post", 4), ("delete", 5), ("patch", 8)]
    for (method, number) in methods {
      guard let operation = json[method] else { continue }
      writer.message(number) { self.operation(operation, &$0) }
    }
    for parameter in json["parameters"]?.array ?? [] {
      writer.message(9) { self.parameter(parameter, &$0) }
    }
  }

  private static func operation(_ json: JSONValue, _ writer: inout ProtobufWriter) {
    if let id = json["operationId"]?.string { writer.string(5, id) }
    for type in json["produces"]?.array ?? [] { writer.string(6, type.string ?? "") }
    for type in json["consumes"]?.array ?? [] { writer.string(7, type.string ?? "") }
    for parameter in json["parameters"]?.array ?? [] {
      writer.message(8) { self.parameter(parameter, &$0) }
    }
    extensions(json, number: 13, &writer)
  }

  /// A `ParametersItem` with a parameter of the query or the path.
  private static func parameter(_ json: JSONValue, _ writer: inout ProtobufWriter) {
    let isPath = json["in"] == "path"
    writer.message(1) { parameter in
      parameter.message(2) { nonBody in
        nonBody.message(isPath ? 4 : 3) { inner in
          if json["required"]?.bool == true { inner.bool(1, true) }
          inner.string(2, json["in"]?.string ?? "")
          inner.string(4, json["name"]?.string ?? "")
          inner.string(isPath ? 5 : 6, json["type"]?.string ?? "string")
        }
      }
    }
  }

  /// Vendor extensions are carried as YAML, of which JSON is a part.
  private static func extensions(_ json: JSONValue, number: Int, _ writer: inout ProtobufWriter) {
    for (name, value) in json.object ?? JSONObject() where name.hasPrefix("x-") {
      writer.message(number) { named in
        named.string(1, name)
        named.message(2) { any(value, &$0) }
      }
    }
  }

  private static func any(_ value: JSONValue, _ writer: inout ProtobufWriter) {
    writer.bytes(2, value.serialized())
  }
}
