import CloudEvents
import Kubernetes

/// One operator's registration: what it wants to hear of, and where to send it (DESIGN 2.1).
///
/// A value of this type is always valid: only `SubscriptionParser` makes one out of text, and it refuses what
/// it does not serve. Defaults are filled in, so that nobody downstream asks what an absent field means.
public struct OperatorSubscription: Hashable, Sendable {
  /// The parts, which never change: a subscription is handed around with every event, and so costs one reference.
  private final class Parts: Sendable {
    let namespace: String
    let name: String
    let uid: String
    let generation: Int64
    let created: Int64
    let spec: SubscriptionSpec
    let specText: [UInt8]

    init(
      namespace: String, name: String, uid: String, generation: Int64, created: Int64,
      spec: SubscriptionSpec, specText: [UInt8]
    ) {
      self.namespace = namespace
      self.name = name
      self.uid = uid
      self.generation = generation
      self.created = created
      self.spec = spec
      self.specText = specText
    }
  }

  private let parts: Parts

  /// The namespace of the object, which is the tenant.
  public var namespace: String { parts.namespace }
  /// The name of the object in its namespace.
  public var name: String { parts.name }
  /// The identity over edits (SEMANTICS 27): `metadata.uid`, or `file:namespace/name` for an object of a
  /// file.
  public var uid: String { parts.uid }
  /// `metadata.generation`; 0 where there is none, as in a file.
  public var generation: Int64 { parts.generation }
  /// `metadata.creationTimestamp` in nanoseconds since 1970; 0 where there is none, as in a file.
  public var created: Int64 { parts.created }
  /// What the owner of the object asked for.
  public var spec: SubscriptionSpec { parts.spec }
  /// `spec` as it was written, for the journal (SEMANTICS 27).
  public var specText: [UInt8] { parts.specText }

  /// A subscription out of its parts, for the parser and for tests.
  public init(
    namespace: String, name: String, uid: String, generation: Int64, created: Int64 = 0,
    spec: SubscriptionSpec, specText: [UInt8] = []
  ) {
    parts = Parts(
      namespace: namespace, name: name, uid: uid, generation: generation, created: created, spec: spec,
      specText: specText)
  }

  /// Two are equal if they mean the same, however it is written.
  public static func == (left: OperatorSubscription, right: OperatorSubscription) -> Bool {
    left.uid == right.uid && left.namespace == right.namespace && left.name == right.name
      && left.generation == right.generation && left.spec == right.spec
  }

  /// Goes by who it is: few have one uid.
  public func hash(into hasher: inout Hasher) { hasher.combine(uid) }
}

/// The accepted form of `spec`.
public struct SubscriptionSpec: Hashable, Sendable {
  /// Whose rights decide what may be watched (SEMANTICS 29).
  public var serviceAccountName: String
  /// What to follow, in the order written; never empty.
  public var resources: [ResourceInterest]
  /// In which namespaces.
  public var namespaces: NamespaceScope
  /// What the body of an event is.
  public var mode: EventMode
  /// Whether every matching object that exists at the start is sent as an add.
  public var initial: Bool
  /// Whether deliveries rest while following goes on.
  public var suspend: Bool
  /// Where events go.
  public var sink: SinkTarget
  /// How a failed delivery is tried again.
  public var delivery: DeliverySpec
  /// Whether and how everything that matches is sent again from time to time (SEMANTICS 32).
  public var resync: ResyncSpec?
  /// What an event must pass to be sent, all of them (SEMANTICS 1).
  public var filters: [EventFilter]
  /// Attributes that are added to every event (`ceOverrides.extensions`), in the order written.
  public var extensions: [ExtensionAttribute]

  /// A spec out of its parts; the defaults are those of DESIGN 2.1.
  public init(
    serviceAccountName: String = "default", resources: [ResourceInterest], namespaces: NamespaceScope = .own,
    mode: EventMode = .reference, initial: Bool = true, suspend: Bool = false, sink: SinkTarget,
    delivery: DeliverySpec = DeliverySpec(), resync: ResyncSpec? = nil, filters: [EventFilter] = [],
    extensions: [ExtensionAttribute] = []
  ) {
    self.serviceAccountName = serviceAccountName
    self.resources = resources
    self.namespaces = namespaces
    self.mode = mode
    self.initial = initial
    self.suspend = suspend
    self.sink = sink
    self.delivery = delivery
    self.resync = resync
    self.filters = filters
    self.extensions = extensions
  }
}

extension SubscriptionSpec {
  /// Whether the data of Secrets is in its events.
  public var tellsSecrets: Bool {
    mode == .resource
      && resources.contains { !$0.controller && $0.groupVersion.group.isEmpty && $0.kind == "Secret" }
  }
}

/// An attribute that a subscription adds to its events: its name and value are valid.
public struct ExtensionAttribute: Hashable, Sendable {
  /// a-z and 0-9, and none that the hub sets itself.
  public var name: String
  /// Free of control characters.
  public var value: String

  /// An attribute out of its parts.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// One entry of `spec.resources`: the objects of one kind that matter.
public struct ResourceInterest: Hashable, Sendable {
  /// Group and version that are watched.
  public var groupVersion: GroupVersion
  /// The kind, as `Deployment`.
  public var kind: String
  /// The labels that an object must have.
  public var selector: LabelSelector
  /// Whether the key is the object's controlling owner rather than the object (SEMANTICS 5).
  public var controller: Bool
  /// Only objects whose controller is of this group and kind; the resource's own `owner`, else `spec.owner`.
  public var owner: GroupKind?
  /// Which events count.
  public var operations: OperationSet
  /// The names that an object may have, in the order written; empty: all.
  public var names: [String]
  /// An Update counts only if a value at one of these paths changed (SEMANTICS 2); empty: any change counts.
  public var changes: [ChangePath]
  /// An Update made only by these field managers does not count (SEMANTICS 3).
  public var ignoreManagers: [String]
  /// What an object's name and namespace must be.
  public var fieldSelector: FieldSelector

  /// An interest out of its parts; the defaults are those of DESIGN 2.1.
  public init(
    groupVersion: GroupVersion, kind: String, selector: LabelSelector = .everything, controller: Bool = false,
    owner: GroupKind? = nil, operations: OperationSet = .all, names: [String] = [],
    changes: [ChangePath] = [], ignoreManagers: [String] = [], fieldSelector: FieldSelector = .everything
  ) {
    self.groupVersion = groupVersion
    self.kind = kind
    self.selector = selector
    self.controller = controller
    self.owner = owner
    self.operations = operations
    self.names = names
    self.changes = changes
    self.ignoreManagers = ignoreManagers
    self.fieldSelector = fieldSelector
  }
}

/// A set of the three operations. Operations are a gate: they judge single events (SEMANTICS 1).
public struct OperationSet: OptionSet, Hashable, Sendable {
  /// The bits of the members.
  public let rawValue: UInt8
  /// A set out of its bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// `Add`: an object began to match.
  public static let add = OperationSet(rawValue: 1)
  /// `Update`: a matching object changed.
  public static let update = OperationSet(rawValue: 2)
  /// `Delete`: an object is gone, or no longer matches.
  public static let delete = OperationSet(rawValue: 4)
  /// All three: the default.
  public static let all: OperationSet = [.add, .update, .delete]

  /// The members as they are written in a subscription, always in the order Add, Update, Delete.
  public var names: [String] {
    OperationSet.named.filter { contains($0.operation) }.map(\.name)
  }

  static let named: [(name: String, operation: OperationSet)] = [
    ("Add", .add), ("Update", .update), ("Delete", .delete),
  ]
}

/// The namespaces in which a subscription follows objects.
public enum NamespaceScope: Hashable, Sendable {
  /// The subscription's own namespace: `namespaceSelector` is absent.
  case own
  /// Every namespace, and cluster-scoped objects: `namespaceSelector: {}`.
  case all
  /// Those with such labels, as they come, go and are relabelled; and cluster-scoped objects.
  case selected(LabelSelector)

  var isSelected: Bool { if case .selected = self { true } else { false } }
}

/// What the body of an event is.
public enum EventMode: String, Hashable, Sendable, CaseIterable {
  /// kind, namespace, name and apiVersion of the object.
  case reference = "Reference"
  /// The object itself.
  case resource = "Resource"
}

/// Sending everything that matches again from time to time.
public struct ResyncSpec: Hashable, Sendable {
  /// How often, in milliseconds. A round comes up to a tenth of it earlier, so that subscriptions do not go together.
  public var periodMilliseconds: Int
  /// Spread the keys over the period; false: one batch, so that a sleeper is woken once.
  public var spread: Bool

  /// A resync out of its parts.
  public init(periodMilliseconds: Int, spread: Bool = false) {
    self.periodMilliseconds = periodMilliseconds
    self.spread = spread
  }
}

/// How a failed delivery is tried again, in the words of Knative's delivery spec.
public struct DeliverySpec: Hashable, Sendable {
  /// How the wait grows from attempt to attempt.
  public enum BackoffPolicy: String, Hashable, Sendable, CaseIterable {
    /// delay × 2ⁿ
    case exponential
    /// delay × n
    case linear
  }

  /// How often a failed delivery is tried again; nil: for ever.
  public var retry: Int?
  /// How the wait grows.
  public var backoffPolicy: BackoffPolicy
  /// The first wait, in milliseconds.
  public var backoffDelayMilliseconds: Int
  /// The longest wait, in milliseconds.
  public var backoffMaximumMilliseconds: Int
  /// The longest wait that a sink's `Retry-After` can ask for, in milliseconds; 0: it is not heeded; nil: as
  /// `backoffMaximumMilliseconds`.
  public var retryAfterMaxMilliseconds: Int?
  /// How long one attempt may take, in milliseconds.
  public var timeoutMilliseconds: Int
  /// How many deliveries of this subscription may be under way at once.
  public var concurrency: Int
  /// Where events go that were rejected or whose retries are used up (SEMANTICS 24).
  public var deadLetterSink: SinkTarget?

  /// A delivery spec out of its parts; the defaults are those of DESIGN 2.1.
  public init(
    retry: Int? = nil, backoffPolicy: BackoffPolicy = .exponential, backoffDelayMilliseconds: Int = 200,
    backoffMaximumMilliseconds: Int = 300_000, retryAfterMaxMilliseconds: Int? = nil,
    timeoutMilliseconds: Int = 300_000, concurrency: Int = 8, deadLetterSink: SinkTarget? = nil
  ) {
    self.retry = retry
    self.backoffPolicy = backoffPolicy
    self.backoffDelayMilliseconds = backoffDelayMilliseconds
    self.backoffMaximumMilliseconds = backoffMaximumMilliseconds
    self.retryAfterMaxMilliseconds = retryAfterMaxMilliseconds
    self.timeoutMilliseconds = timeoutMilliseconds
    self.concurrency = concurrency
    self.deadLetterSink = deadLetterSink
  }
}
