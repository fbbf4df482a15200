/// What an operator's author writes: one method that makes the world match one object.
///
/// It is called once at a time for one object and in parallel for different ones. It reads from the API server, so
/// there is no cache to be behind. The event is acknowledged only after it returns, so a crash in the middle means
/// that the event comes again: every step must bear being repeated.
///
/// An event that was reconciled already, or that is older than what was, is acknowledged without a call (`NewsMemory`), and a
/// repeated attempt gets the outcome of the first, if that still runs.
public protocol Reconciler: Sendable {
  /// Brings the world to what the object named by `request` asks for.
  ///
  /// A thrown `ReconcilerError` or `KubernetesError` decides what the hub does next; any other error means "try
  /// again with backoff".
  func reconcile(_ request: ReconcileRequest, using api: KubernetesAPI) async throws -> ReconcileResult
}

/// What a reconcile that did not fail asks for.
public enum ReconcileResult: Sendable, Hashable {
  /// Nothing more until the next change.
  case done
  /// Done for now; the hub sends this key again after that time, even if the process is gone by then, unless another
  /// reconcile of it succeeds before. Counted in milliseconds; what is not above zero asks for nothing.
  case requeue(after: Duration)

  /// The same in whole seconds.
  public static func requeue(afterSeconds seconds: Int) -> ReconcileResult {
    .requeue(after: .seconds(seconds))
  }
}

/// The object that a reconcile is about, and the news that led to it.
public struct ReconcileRequest: Sendable, Hashable {
  /// `group/version`, or the version alone for core kinds.
  public let apiVersion: String
  /// The kind as the API server spells it, such as `Foo`.
  public let kind: String
  /// Empty for a cluster-scoped object.
  public let namespace: String
  /// The object's name.
  public let name: String
  /// The latest event about it; a reason to look, not a description of what to find.
  public let event: ReconcileEvent

  /// Names an object and the event about it.
  public init(apiVersion: String, kind: String, namespace: String, name: String, event: ReconcileEvent) {
    self.apiVersion = apiVersion
    self.kind = kind
    self.namespace = namespace
    self.name = name
    self.event = event
  }

  /// What one reconcile at a time is kept for. Versions of one kind are the same object.
  public var key: ReconcileKey {
    let group = apiVersion.split(separator: "/").dropLast().first.map(String.init) ?? ""
    return ReconcileKey(group: group, kind: kind, namespace: namespace, name: name)
  }
}

/// Identifies an object by name, whatever the version it was told in.
public struct ReconcileKey: Sendable, Hashable, CustomStringConvertible {
  /// The API group, empty for core kinds.
  public let group: String
  /// The kind.
  public let kind: String
  /// The namespace, empty for cluster-scoped objects.
  public let namespace: String
  /// The name.
  public let name: String

  /// `Foo default/example-foo`, for logs and answers.
  public var description: String { namespace.isEmpty ? "\(kind) \(name)" : "\(kind) \(namespace)/\(name)" }
}

/// What the event said besides the object's name.
public struct ReconcileEvent: Sendable, Hashable {
  /// What happened, from the end of the CloudEvents type.
  public enum Operation: String, Sendable {
    /// The object is new to the reconciler.
    case add
    /// Something about it changed, or its turn came again.
    case update
    /// It is gone, or no longer matches.
    case delete
    /// A type that this kit does not know; the object is looked at all the same.
    case other
  }

  /// Why the hub sent it (extension `hubcause`); nil from other senders.
  public enum Cause: String, Sendable {
    /// The object existed when the subscription started.
    case initial
    /// It changed.
    case change
    /// The period of `resync` came round.
    case resync
    /// An earlier reconcile asked for it.
    case requeue
  }

  /// Why a delete was sent (extension `hubreason`).
  public enum Deletion: String, Sendable {
    /// The object is gone.
    case deleted
    /// The object exists and left the subscription's selection.
    case left
  }

  /// The same over all attempts of one delivery.
  public let id: String
  /// Where it came from.
  public let source: String
  /// What happened.
  public let operation: Operation
  /// Why it was sent.
  public let cause: Cause?
  /// 1 for the first attempt (extension `hubattempt`).
  public let attempt: Int
  /// Why a delete was sent, if it is one.
  public let deletion: Deletion?
  /// The object's uid (extension `uid`), if it was sent.
  public let uid: String?
  /// Orders events of one (source, subject, uid), if it was sent; see the hub's description of `sequence`.
  public let sequence: String?

  /// An event of these parts.
  public init(
    id: String, source: String, operation: Operation, cause: Cause? = nil, attempt: Int = 1,
    deletion: Deletion? = nil, uid: String? = nil, sequence: String? = nil
  ) {
    self.id = id
    self.source = source
    self.operation = operation
    self.cause = cause
    self.attempt = attempt
    self.deletion = deletion
    self.uid = uid
    self.sequence = sequence
  }
}
