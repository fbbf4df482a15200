/// Binary mode: attributes in headers, the data as the body.
extension CloudEvent {
  /// The headers of binary mode, names in lower case, values percent-encoded; the body is `data`. `datacontenttype` goes
  /// into `content-type`. The event should be valid (`validate`).
  public func binaryHeaders() -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    headers.reserveCapacity(8 + extensions.count)
    for (name, value) in attributes where name != "datacontenttype" {
      headers.append(("ce-" + name, HeaderValue.encode(value)))
    }
    if let datacontenttype { headers.append(("content-type", datacontenttype)) }
    return headers
  }

  /// Reads an event of binary mode.
  static func decodeBinary(
    _ headers: [(String, String)], contentType: String?, body: [UInt8], limits: CloudEventLimits
  ) throws(CloudEventError) -> CloudEvent {
    var attributes = AttributeCollector(limits: limits)
    for (header, value) in headers {
      let header = header.lowercased()
      guard header.hasPrefix("ce-") else { continue }
      let name = String(header.dropFirst(3))
      guard CloudEventAttributeName.isValid(name), name != "datacontenttype" else {
        throw .invalidAttributeName(name)
      }
      guard let decoded = HeaderValue.decode(value) else { throw .invalidAttributeValue(name) }
      try attributes.add(name, decoded)
    }
    guard !attributes.isEmpty else { throw .notACloudEvent }
    if let contentType { try attributes.add("datacontenttype", contentType) }
    return try attributes.event(data: body.isEmpty ? nil : body)
  }
}

/// Collects the attributes of a message, each once, and makes the event of them.
struct AttributeCollector {
  private let limits: CloudEventLimits
  private var values: [String: String] = [:]
  /// Extensions in the order in which they came.
  private var extensions: [String] = []

  init(limits: CloudEventLimits) { self.limits = limits }

  var isEmpty: Bool { values.isEmpty }

  mutating func add(_ name: String, _ value: String) throws(CloudEventError) {
    guard values.count < limits.maxAttributes else { throw .tooManyAttributes(limit: limits.maxAttributes) }
    guard values.updateValue(value, forKey: name) == nil else { throw .duplicateAttribute(name) }
    if !CloudEventAttributeName.core.contains(name) { extensions.append(name) }
  }

  func event(data: [UInt8]?) throws(CloudEventError) -> CloudEvent {
    let version = try required("specversion")
    guard version == CloudEvent.specversion else { throw .unsupportedSpecVersion(version) }
    let event = CloudEvent(
      id: try required("id"), source: try required("source"), type: try required("type"),
      subject: values["subject"], time: values["time"], datacontenttype: values["datacontenttype"],
      dataschema: values["dataschema"], extensions: extensions.map { ($0, values[$0] ?? "") }, data: data)
    try event.validate(limits: limits)
    return event
  }

  private func required(_ name: String) throws(CloudEventError) -> String {
    guard let value = values[name] else { throw .missingAttribute(name) }
    return value
  }
}
