import CloudEvents
import JSONScan

/// One event as a sink gets it: CloudEvents 1.0 in HTTP binary mode, header by header what Knative's
/// ApiServerSource sends, and more (DESIGN 2.2, ANCHORS 1.2).
struct HubEvent: Sendable {
  enum Operation: String, Sendable {
    case add
    case update
    case delete
  }

  var operation: Operation
  /// `ref` or `resource`: what the body is.
  var isReference: Bool
  var apiVersion: String
  var kind: String
  var plural: String
  var namespace: String
  var name: String
  var uid: String
  /// What tells this event from the others of its key: a version, or what stands for one.
  var version: String
  /// `sequence`, if the version is comparable and the event is the object's own (SEMANTICS 20).
  var sequence: String?
  var reason: DeleteReason?
  /// The child's kind, when the key is its controlling owner.
  var via: String?
  var isPartial = false
  var cause: Cause
  var token: String
  var seen: Int64
  var attempt: Int
  var body: [UInt8]

  /// 128 bits that are the same for each attempt and after a restart, and differ for all else (SEMANTICS 19).
  func identity(subscription: String) -> UInt128 {
    var hash = StableHash()
    hash.combine(subscription)
    hash.combine(group)
    hash.combine(kind)
    hash.combine(namespace)
    hash.combine(name)
    hash.combine(uid)
    hash.combine(operation.rawValue)
    hash.combine(version)
    hash.combine(token)
    return hash.value()
  }

  /// The API group; empty for the core's.
  private var group: String {
    apiVersion.utf8.firstIndex(of: UInt8(ascii: "/")).map { String(apiVersion[..<$0]) } ?? ""
  }

  /// `/apis/<apiVersion>/namespaces/<ns>/<plural>/<name>`; core kinds too begin with `/apis/v1`, as in Knative.
  var subject: String { "/apis/\(apiVersion)/namespaces/\(namespace)/\(plural)/\(name)" }

  /// What Knative calls an object reference, in its order of members.
  static func reference(apiVersion: String, kind: String, namespace: String, name: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("kind")
    writer.string(kind)
    if !namespace.isEmpty {
      writer.key("namespace")
      writer.string(namespace)
    }
    writer.key("name")
    writer.string(name)
    writer.key("apiVersion")
    writer.string(apiVersion)
    writer.endObject()
    return writer.take()
  }

  /// A deleted object of which no more is known (SEMANTICS 21).
  static func partial(apiVersion: String, kind: String, namespace: String, name: String, uid: String)
    -> [UInt8]
  {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("apiVersion")
    writer.string(apiVersion)
    writer.key("kind")
    writer.string(kind)
    writer.key("metadata")
    writer.beginObject()
    writer.key("name")
    writer.string(name)
    if !namespace.isEmpty {
      writer.key("namespace")
      writer.string(namespace)
    }
    writer.key("uid")
    writer.string(uid)
    writer.endObject()
    writer.endObject()
    return writer.take()
  }

  /// `sequence`: epoch and version, padded so that texts sort as numbers (SEMANTICS 20).
  static func sequence(of incarnation: Incarnation) -> String? {
    guard incarnation.isComparable, incarnation.version.utf8.count <= 39 else { return nil }
    var text: [UInt8] = []
    text.reserveCapacity(48)
    append(String(incarnation.epoch), paddedTo: 8, to: &text)
    text.append(UInt8(ascii: "."))
    append(incarnation.version, paddedTo: 39, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  private static func append(_ digits: String, paddedTo count: Int, to text: inout [UInt8]) {
    text.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, count - digits.utf8.count)))
    text.append(contentsOf: digits.utf8)
  }
}

extension HubEvent {
  /// The headers of the POST, in the order of the specification's table.
  func headers(
    source: String, subscription: String, namespace tenant: String, extensions: [ExtensionAttribute] = []
  ) -> [HeaderField] {
    let identity = identity(subscription: subscription)
    var headers = [
      HeaderField("Content-Type", "application/json"),
      HeaderField("ce-specversion", "1.0"),
      HeaderField("ce-id", identity.hex),
      HeaderField("ce-source", HeaderValue.encode(source)),
      HeaderField("ce-type", type),
      HeaderField("ce-subject", HeaderValue.encode(subject)),
      HeaderField("ce-time", RFC3339.string(nanosecondsSince1970: seen)),
      HeaderField("ce-kind", HeaderValue.encode(kind)),
      HeaderField("ce-apiversion", HeaderValue.encode(apiVersion)),
      HeaderField("ce-name", HeaderValue.encode(name)),
      HeaderField("ce-namespace", HeaderValue.encode(namespace)),
      HeaderField("ce-uid", HeaderValue.encode(uid)),
      HeaderField("ce-hubcause", cause.text),
      HeaderField("ce-hubattempt", String(attempt)),
      HeaderField("ce-traceparent", traceparent(identity)),
      HeaderField("Kn-Namespace", tenant),
    ]
    if let sequence { headers.append(HeaderField("ce-sequence", sequence)) }
    if let reason { headers.append(HeaderField("ce-hubreason", reason.rawValue)) }
    if let via { headers.append(HeaderField("ce-hubvia", HeaderValue.encode(via))) }
    if isPartial { headers.append(HeaderField("ce-hubpartial", "true")) }
    for added in extensions {
      headers.append(HeaderField("ce-" + added.name, HeaderValue.encode(added.value)))
    }
    return headers
  }

  /// W3C trace context: the trace is the event, the span is the attempt.
  private func traceparent(_ identity: UInt128) -> String {
    var hash = StableHash()
    hash.combine(identity)
    hash.combine(UInt64(attempt))
    return "00-\(identity.hex)-\(hash.value().hex.prefix(16))-01"
  }
}
