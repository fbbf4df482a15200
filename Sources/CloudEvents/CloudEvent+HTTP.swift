extension CloudEvent {
  /// Reads the events of an HTTP message in the mode that its Content-Type tells: structured, batched, or else binary.
  /// Header names may be in any case. An empty batch gives no events.
  /// - Throws: `CloudEventError`, which says what the sender must change.
  public static func decodeHTTP(
    headers: [(String, String)], body: [UInt8], limits: CloudEventLimits = .standard
  ) throws(CloudEventError) -> [CloudEvent] {
    let contentTypes = headers.filter { $0.0.lowercased() == "content-type" }.map(\.1)
    guard contentTypes.count <= 1 else { throw .duplicateAttribute("content-type") }
    guard let contentType = contentTypes.first,
      MediaType(contentType).type.hasPrefix("application/cloudevents")
    else {
      return [try decodeBinary(headers, contentType: contentTypes.first, body: body, limits: limits)]
    }
    let media = MediaType(contentType)
    guard media.isUTF8 else { throw .unsupportedContentType(contentType) }
    switch media.type {
    case "application/cloudevents+json": return [try decodeStructured(body, limits: limits)]
    case "application/cloudevents-batch+json": return try decodeBatch(body, limits: limits)
    default: throw .unsupportedContentType(contentType)
    }
  }
}
