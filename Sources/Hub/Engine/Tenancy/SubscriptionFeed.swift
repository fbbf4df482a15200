import Kubernetes

/// The OperatorSubscription objects of the cluster, followed by the same reflector as everything else.
struct SubscriptionFeed: Sendable {
  static let resource = APIResource(
    groupVersion: GroupVersion(group: "frugalhub.dev", version: "v1alpha1"), kind: "OperatorSubscription",
    plural: "operatorsubscriptions", namespaced: true, verbs: ["get", "list", "watch"])

  var reflector: Reflector
  var requests: [UInt32: RequestID] = [:]
  /// The uids that the running list has mentioned so far.
  var listed: Set<String> = []

  /// The longest wait before the next attempt, half of it jitter: whoever installs the CRD after the hub waits no
  /// longer for it to be noticed.
  static let maxWaitMilliseconds: UInt64 = 2_500

  init(limits: EngineLimits = EngineLimits(), seed: UInt64) {
    var configuration = limits.apply(to: ReflectorConfiguration(path: Self.resource.path(namespace: nil)))
    configuration.backoff.maxMilliseconds = Self.maxWaitMilliseconds
    reflector = Reflector(configuration, seed: seed)
  }
}

/// The files of subscriptions as they were last read, and which subscriptions they hold.
struct SubscriptionFileSet: Sendable {
  /// The uids of each file, by its name.
  var uids: [String: [String]] = [:]
  var contents: [String: [UInt8]] = [:]
  /// Files with an object whose name an earlier file has: they are read again when any file changes, as that one may go.
  var contested: Set<String> = []
  /// They were read since the hub began.
  var isRead = false
  /// The set as it was when the hub had not begun yet.
  var pending: [SubscriptionFile]?
}
