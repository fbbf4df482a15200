/// A type of the Kubernetes API as its published Go and OpenAPI declarations have it: what a body may contain,
/// how it is merged, and how protobuf numbers it.
struct APIType: Sendable {
  /// As OpenAPI names it: `io.k8s.api.core.v1.Container`.
  let name: String
  /// Owned and merged as a whole by server-side apply.
  let isAtomic: Bool
  /// In Go's order; a type that is inlined in JSON is one entry here, since protobuf nests it.
  let declared: [APIField]
  /// The members in JSON, in Go's order.
  let fields: [APIField]
  private let positions: [String: Int]

  init(name: String, isAtomic: Bool, declared: [APIField], fields: [APIField]) {
    self.name = name
    self.isAtomic = isAtomic
    self.declared = declared
    self.fields = fields
    positions = Dictionary(fields.enumerated().map { ($1.name, $0) }) { first, _ in first }
  }

  subscript(_ member: String) -> APIField? { positions[member].map { fields[$0] } }

  /// `Container`, as messages have it.
  var shortName: String { name.split(separator: ".").last.map(String.init) ?? name }
}

/// What a field holds.
indirect enum APIFieldType: Hashable, Sendable {
  case string, boolean, int32, int64, double
  /// `[]byte`, in JSON as base64.
  case bytes
  case quantity, intOrString
  case time, microTime, duration
  /// Any JSON: `RawExtension` and the like.
  case raw
  /// A list of strings that is a message of its own in protobuf (`ExtraValue`).
  case stringList
  case reference(String)
  case array(APIFieldType)
  case map(APIFieldType)
}

/// One member of an `APIType`.
struct APIField: Sendable {
  /// How strategic merge patch treats a list or object beyond the usual.
  enum PatchStrategy: Hashable, Sendable {
    /// A list is replaced, an object merged.
    case standard
    /// Elements are merged: by this member, or as a set where it is nil.
    case merge(key: String?)
    /// An object or list is replaced as a whole.
    case replace
  }

  /// How server-side apply takes a list, map or struct apart (`x-kubernetes-list-type` and so on).
  enum Granularity: Hashable, Sendable {
    case standard, atomic, set
    case keyed([String])
  }

  var name: String
  var type: APIFieldType
  /// The number of the field in protobuf; 0 for none.
  var number: Int
  var isRequired = false
  var isPointer = false
  /// Left out of JSON where it has Go's zero value.
  var omitsEmpty = false
  var isInline = false
  var patch = PatchStrategy.standard
  /// Members that a patch does not name are removed (`retainKeys`).
  var retainsKeys = false
  var granularity = Granularity.standard
  /// The default that OpenAPI documents.
  var defaultText: String?
}
