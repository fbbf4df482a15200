import CloudEvents
import JSONScan

/// A message (headers, an empty line, the body) is refused, or its events come back the same from every mode.
func fuzzCloudEvents(_ bytes: [UInt8]) throws(BrokenInvariant) {
  let (headers, body) = message(bytes)
  try texts(body)
  let events: [CloudEvent]
  do {
    events = try CloudEvent.decodeHTTP(headers: headers, body: body)
  } catch {
    try hold(!error.description.isEmpty, "an error without words")
    return
  }
  for event in events {
    do {
      try event.validate()
    } catch {
      throw BrokenInvariant("an event that was read is invalid: \(error)")
    }
    try structured(event)
    try binary(event)
  }
  try batch(events)
}

private func message(_ bytes: [UInt8]) -> (headers: [(String, String)], body: [UInt8]) {
  var headers: [(String, String)] = []
  var rest = bytes[...]
  while let end = rest.firstIndex(of: 0x0A) {
    let line = rest[..<end]
    rest = rest[(end + 1)...]
    if line.isEmpty { break }
    let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
    let value = parts.count > 1 ? parts[1].drop { $0 == 0x20 } : []
    headers.append((String(decoding: parts[0], as: UTF8.self), String(decoding: value, as: UTF8.self)))
  }
  return (headers, Array(rest))
}

private func structured(_ event: CloudEvent) throws(BrokenInvariant) {
  let again = try decoded([("Content-Type", CloudEvent.structuredContentType)], event.structuredBody())
  try hold(again.count == 1, "one event became \(again.count)")
  try holdSame(again[0], event, "structured")
}

private func binary(_ event: CloudEvent) throws(BrokenInvariant) {
  // Whose data are a CloudEvent or a batch themselves cannot travel in binary mode: their content type means another.
  if (event.datacontenttype ?? "").lowercased().contains("application/cloudevents") { return }
  let headers = event.binaryHeaders()
  for (name, value) in headers where name != "content-type" {
    try hold(
      value.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "the header \(name) is not plain: \(value)")
  }
  let again = try decoded(headers, event.data ?? [])
  try hold(again.count == 1, "one event became \(again.count)")
  var expected = event
  // A body of no bytes is no data.
  if event.data?.isEmpty == true { expected.data = nil }
  try holdEqual(again[0], expected, "binary")
}

private func batch(_ events: [CloudEvent]) throws(BrokenInvariant) {
  var writer = JSONWriter()
  writer.beginArray()
  for event in events { writer.raw(event.structuredBody()) }
  writer.endArray()
  let again = try decoded([("content-type", "application/cloudevents-batch+json")], writer.take())
  try holdEqual(again.count, events.count, "events of a batch")
  for (one, other) in zip(again, events) { try holdSame(one, other, "in a batch") }
}

private func decoded(_ headers: [(String, String)], _ body: [UInt8]) throws(BrokenInvariant) -> [CloudEvent] {
  do {
    return try CloudEvent.decodeHTTP(headers: headers, body: body)
  } catch {
    throw BrokenInvariant("what was written is refused: \(error) in \(headers) \(shown(body))")
  }
}

/// Data that are JSON lose the whitespace around them in structured mode.
private func holdSame(_ one: CloudEvent, _ other: CloudEvent, _ mode: String) throws(BrokenInvariant) {
  var (one, other) = (one, other)
  if one.data != other.data, let first = one.data.flatMap({ try? JSONValue(parsing: $0) }),
    let second = other.data.flatMap({ try? JSONValue(parsing: $0) }), first == second
  {
    (one.data, other.data) = (nil, nil)
  }
  try holdEqual(one, other, mode)
}

/// Base64 and RFC 3339, on the body.
private func texts(_ body: [UInt8]) throws(BrokenInvariant) {
  try holdEqual(Base64.decode(Base64.encode(body)) ?? [], body, "base64")
  let text = String(decoding: body, as: UTF8.self)
  if let bytes = Base64.decode(text) { try holdEqual(Base64.encode(bytes), text, "base64 is canonical") }
  guard let time = RFC3339.parse(text) else { return }
  try hold(RFC3339.isValid(text), "a time that is not valid")
  try holdEqual(RFC3339.parse(RFC3339.string(nanosecondsSince1970: time)), time, "\(text) written again")
}
