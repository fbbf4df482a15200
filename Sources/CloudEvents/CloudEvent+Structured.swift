import JSONScan

/// Structured mode: attributes and data in one JSON object (CloudEvents JSON event format 1.0).
extension CloudEvent {
  /// The Content-Type of structured mode.
  public static let structuredContentType = "application/cloudevents+json; charset=utf-8"

  /// The body of structured mode. Data goes into `data` where it can: as the JSON that it is, or as a string where the
  /// content type is not JSON and the bytes are UTF-8 text; everything else goes into `data_base64`.
  public func structuredBody() -> [UInt8] {
    var writer = JSONWriter(capacity: 512 + (data?.count ?? 0))
    writer.beginObject()
    for (name, value) in attributes {
      writer.key(name)
      writer.string(value)
    }
    if let data { write(data, to: &writer) }
    writer.endObject()
    return writer.take()
  }

  /// Whether `data` is JSON by its content type; in structured mode none means JSON.
  private static func isJSON(_ datacontenttype: String?) -> Bool {
    datacontenttype.map { MediaType($0).isJSON } ?? true
  }

  private func write(_ data: [UInt8], to writer: inout JSONWriter) {
    if Self.isJSON(datacontenttype) {
      if (try? JSONValidator.validate(data.span.bytes)) != nil {
        writer.key("data")
        return writer.raw(data)
      }
    } else if let text = String(validating: data, as: UTF8.self) {
      writer.key("data")
      return writer.string(text)
    }
    writer.key("data_base64")
    writer.string(Base64.encode(data))
  }

  /// Reads an event of structured mode.
  static func decodeStructured(
    _ body: [UInt8], limits: CloudEventLimits
  ) throws(CloudEventError) -> CloudEvent {
    let text = body.span.bytes
    return try decode(try root(text), in: text, limits: limits)
  }

  /// Reads the events of batched mode.
  static func decodeBatch(
    _ body: [UInt8], limits: CloudEventLimits
  ) throws(CloudEventError) -> [CloudEvent] {
    let text = body.span.bytes
    let array = try root(text)
    guard array.kind == .array else { throw .notAnArray }
    var elements: [JSONSlice] = []
    array.forEachElement(in: text) { element in
      // One beyond the limit is enough to know.
      if elements.count <= limits.maxEvents { elements.append(element) }
    }
    guard elements.count <= limits.maxEvents else { throw .tooManyEvents(limit: limits.maxEvents) }
    var events: [CloudEvent] = []
    events.reserveCapacity(elements.count)
    for element in elements { events.append(try decode(element, in: text, limits: limits)) }
    return events
  }

  private static func root(_ text: RawSpan) throws(CloudEventError) -> JSONSlice {
    var matches = JSONMatches()
    do throws(JSONError) {
      try JSONPlan([[]]).scan(text, into: &matches)
    } catch {
      throw .invalidJSON(error)
    }
    guard let root = matches[0] else { throw .notAnObject }
    return root
  }

  private static func decode(
    _ object: JSONSlice, in text: RawSpan, limits: CloudEventLimits
  ) throws(CloudEventError) -> CloudEvent {
    guard object.kind == .object else { throw .notAnObject }
    var members: [(key: JSONSlice, value: JSONSlice)] = []
    object.forEachMember(in: text) { key, value in
      // The members are at most the attributes and one of data; one beyond the limit is enough to know.
      if members.count <= limits.maxAttributes + 1 { members.append((key, value)) }
    }
    guard members.count <= limits.maxAttributes + 1 else {
      throw .tooManyAttributes(limit: limits.maxAttributes)
    }
    var attributes = AttributeCollector(limits: limits)
    var data: JSONSlice?
    var base64: JSONSlice?
    for (key, value) in members {
      let name = key.string(in: text) ?? ""
      switch name {
      case "data" where data == nil: data = value
      case "data_base64" where base64 == nil: base64 = value
      case "data", "data_base64": throw .duplicateAttribute(name)
      default: try add(name, value, in: text, to: &attributes)
      }
    }
    guard data == nil || base64 == nil else { throw .twoDataMembers }
    var event = try attributes.event(data: nil)
    if let data { event.data = payload(data, in: text, datacontenttype: event.datacontenttype) }
    if let base64, base64.kind != .null {
      guard let encoded = base64.string(in: text), let bytes = Base64.decode(encoded) else {
        throw .invalidBase64
      }
      event.data = bytes
    }
    return event
  }

  /// Adds a member as an attribute in its string form; null means not set.
  private static func add(
    _ name: String, _ value: JSONSlice, in text: RawSpan, to attributes: inout AttributeCollector
  ) throws(CloudEventError) {
    guard CloudEventAttributeName.isValid(name) else { throw .invalidAttributeName(name) }
    switch value.kind {
    case .null: break
    case .string: try attributes.add(name, value.string(in: text) ?? "")
    case .bool where !CloudEventAttributeName.core.contains(name):
      try attributes.add(name, value.bool(in: text) == true ? "true" : "false")
    case .number where !CloudEventAttributeName.core.contains(name):
      guard let integer = value.int(in: text), let number = Int32(exactly: integer) else {
        throw .invalidAttributeValue(name)
      }
      try attributes.add(name, String(number))
    case .bool, .number, .object, .array: throw .invalidAttributeValue(name)
    }
  }

  /// The bytes of a `data` member: a string's content where the content type is not JSON, else the JSON itself.
  private static func payload(_ value: JSONSlice, in text: RawSpan, datacontenttype: String?) -> [UInt8] {
    if !isJSON(datacontenttype), let string = value.string(in: text) { return Array(string.utf8) }
    return value.bytes(in: text)
  }
}
