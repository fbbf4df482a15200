import CloudEvents
import JSONScan
import Kubernetes

/// Where the text of a subscription comes from.
public enum SubscriptionOrigin: Hashable, Sendable {
  /// The API server: namespace and uid are there, and `metadata` is its own business.
  case cluster
  /// A file: the namespace is `default` unless it is written, and typing errors in `metadata` are found too.
  case file
}

/// Turns the JSON text of an OperatorSubscription into a value, or says everything that is wrong with it.
public enum SubscriptionParser {
  /// The `apiVersion` of the objects that are read here.
  public static let apiVersion = "frugalhub.dev/v1alpha1"
  /// Their `kind`.
  public static let kind = "OperatorSubscription"

  /// Reads one object. The offsets of findings count from the start of `text`; only those of files have one,
  /// as each costs a scan and nobody looks into the API server's bytes.
  public static func parse(
    _ text: RawSpan, origin: SubscriptionOrigin
  ) -> Result<OperatorSubscription, SubscriptionRefusal> {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: text)
    } catch {
      let finding = SubscriptionFinding(
        path: [], fault: .notJSON(error.reason.sentence), offset: error.offset)
      return .failure(SubscriptionRefusal(findings: [finding]))
    }
    switch parse(value, origin: origin) {
    case .success(let subscription): return .success(subscription)
    case .failure(var refusal):
      guard origin == .file else { return .failure(refusal) }
      for index in refusal.findings.indices {
        refusal.findings[index].offset = offset(of: refusal.findings[index].path, in: text)
      }
      return .failure(refusal)
    }
  }

  /// The same for bytes in an array.
  public static func parse(
    _ bytes: [UInt8], origin: SubscriptionOrigin
  ) -> Result<OperatorSubscription, SubscriptionRefusal> {
    parse(bytes.span.bytes, origin: origin)
  }

  /// Reads an object that is a tree already; its findings have no offsets.
  static func parse(
    _ value: JSONValue, origin: SubscriptionOrigin
  ) -> Result<OperatorSubscription, SubscriptionRefusal> {
    var reader = FieldReader()
    let object = Field(value: value, path: [])
    guard reader.hasType(.object, object), isOurs(object, origin: origin, &reader) else {
      return .failure(SubscriptionRefusal(findings: reader.findings))
    }
    _ = reader.object(object, .object)
    let head = SubscriptionHead(object, origin: origin, &reader)
    let spec = SubscriptionSpec(reading: object, namespace: head.namespace ?? "", &reader)
    if reader.findings.isEmpty, let spec, let namespace = head.namespace, let name = head.name,
      let uid = head.uid
    {
      return .success(
        OperatorSubscription(
          namespace: namespace, name: name, uid: uid, generation: head.generation,
          created: origin == .cluster ? created(object) : 0, spec: spec,
          specText: object["spec"]?.value.serialized() ?? []))
    }
    assert(!reader.findings.isEmpty, "an object is refused only for a reason")
    return .failure(
      SubscriptionRefusal(
        namespace: head.namespace, name: head.name, uid: head.uid, generation: head.generation,
        findings: reader.findings))
  }

  /// When the API server made it.
  private static func created(_ object: Field) -> Int64 {
    object["metadata"]?["creationTimestamp"]?.value.string.flatMap { RFC3339.parse($0) } ?? 0
  }

  /// Whether it is an OperatorSubscription of this version at all: of anything else no field is judged.
  private static func isOurs(
    _ object: Field, origin: SubscriptionOrigin, _ reader: inout FieldReader
  ) -> Bool {
    let before = reader.findings.count
    for (name, expected) in [("apiVersion", apiVersion), ("kind", kind)] {
      guard let field = object[name] else {
        // Items of a list may lack both; the list's path says what they are.
        if origin == .cluster { continue }
        reader.report(.required(remedy: "write \(expected)"), at: [.member(name)])
        continue
      }
      if let found = reader.string(field), found != expected {
        reader.report(.otherObject(found: found, expected: expected), at: field.path)
      }
    }
    return reader.findings.count == before
  }

  /// The offset of the value at a path; of the nearest object on the way to it where a member is missing.
  private static func offset(of path: [JSONPathStep], in text: RawSpan) -> Int? {
    var path = path[...]
    while true {
      if let offset = JSONLocator.offset(of: Array(path), in: text) { return offset }
      guard path.popLast() != nil else { return nil }
    }
  }
}

/// Who an object is.
struct SubscriptionHead {
  let namespace: String?
  let name: String?
  let uid: String?
  let generation: Int64

  init(_ object: Field, origin: SubscriptionOrigin, _ reader: inout FieldReader) {
    guard let metadata = object["metadata"] else {
      reader.report(.required(remedy: "give the object a metadata.name"), at: [.member("metadata")])
      (namespace, name, uid, generation) = (nil, nil, nil, 0)
      return
    }
    let isObject =
      switch origin {
      case .file: reader.object(metadata, .metadata)
      case .cluster: reader.hasType(.object, metadata)
      }
    guard isObject else {
      (namespace, name, uid, generation) = (nil, nil, nil, 0)
      return
    }
    let name = reader.name("name", of: metadata, .subdomain, remedy: "name the object")
    self.name = name
    generation = Int64(metadata["generation"]?.value.int ?? 0)
    switch origin {
    case .cluster:
      namespace = reader.name("namespace", of: metadata, .label, remedy: "the API server gives it")
      uid = reader.name("uid", of: metadata, .uid, remedy: "the API server gives it")
    case .file:
      let namespace = metadata["namespace"].map { reader.text($0, .label) } ?? "default"
      self.namespace = namespace
      uid = namespace.flatMap { namespace in name.map { "file:\(namespace)/\($0)" } }
    }
  }
}
