/// What the engine knows about itself, for the admin port: a value made on demand.
public struct EngineSnapshot: Sendable {
  /// One upstream watch.
  public struct Watch: Sendable, Equatable {
    /// The resource, as `deployments.apps/v1`, or `operatorsubscriptions.frugalhub.dev/v1alpha1`.
    public var resource: String
    /// `waiting`, `listing`, `watching`, …
    public var phase: String
    /// A complete list has been seen and the stream is followed.
    public var isSynced: Bool
    /// The newest version seen.
    public var version: String?
    /// Seconds since anything arrived.
    public var silentSeconds: Double
    /// Objects in the store: those that match some interest.
    public var objects: Int
    /// Subscriptions that share it.
    public var subscriptions: Int
    /// Lists, watches, events so far.
    public var lists: Int
    /// Watch requests so far.
    public var watches: Int
    /// Events seen so far, wanted or not.
    public var events: Int
    /// What went wrong last, if it has not been mended.
    public var problem: String?
  }
  /// One subscription.
  public struct Subscription: Sendable, Equatable {
    /// Its namespace.
    public var namespace: String
    /// Its name.
    public var name: String
    /// `cluster` or the file's name.
    public var origin: String
    /// Type, status, reason and message of each condition.
    public var conditions: [ConditionView]
    /// Where events go, once it is known.
    public var sinkURI: String?
    /// Keys that wait, are in flight, back off, are parked.
    public var pending: Int
    /// Keys in flight.
    public var inFlight: Int
    /// Keys that were rejected or exhausted their retries, kept until the next change.
    public var parked: Int
    /// Age of the oldest waiting key in seconds.
    public var oldestSeconds: Double
    /// Deliveries acknowledged so far.
    public var delivered: Int
    /// Attempts that failed so far.
    public var failed: Int
  }
  /// A condition as the page shows it.
  public struct ConditionView: Sendable, Equatable {
    /// `Ready`, …
    public var type: String
    /// `True`, `False`, `Unknown`.
    public var status: String
    /// CamelCase.
    public var reason: String
    /// A sentence.
    public var message: String
  }
  /// The upstream watches, by resource.
  public var watches: [Watch] = []
  /// The subscriptions, by namespace and name.
  public var subscriptions: [Subscription] = []
  /// Subscriptions that were refused: name and why.
  public var refused: [String] = []
  /// Counts since the start.
  public var counters = EngineCounters()
  /// Keys waiting to be sent now, over all subscriptions.
  public var queueDepth = 0
  /// Keys in flight.
  public var inFlight = 0
  /// Keys backing off.
  public var backingOff = 0
  /// Keys parked.
  public var parked = 0
  /// Keys whose failure is to be told to a dead letter sink.
  public var letters = 0
  /// Sinks that subscriptions send to, by how they fare: `cold`, `opening`, `open`, `failing`.
  public var sinks: [String: Int] = [:]
  /// Bytes of bodies that wait.
  public var waitingBodyBytes = 0
  /// Namespaces that have subscriptions.
  public var tenants = 0
  /// Of these, held back now by what they have in flight.
  public var tenantsHeldByShare = 0
  /// Of these, held back now by their rate.
  public var tenantsHeldByRate = 0
  /// Valid subscriptions that wait until others go, as the limits allow no more.
  public var overQuota = 0
  /// All watches have a complete list, and the subscriptions of the cluster are known (or their kind is not served).
  public var isSynced = false
  /// What is being waited for while it is not.
  public var waitingFor: [String] = []

  /// An empty one.
  public init() {}
}

/// Counts since the start. Everything only grows.
public struct EngineCounters: Sendable, Equatable {
  /// Objects seen on watches and lists.
  public var objectsSeen = 0
  /// Keys that became dirty (workqueue adds).
  public var keysAdded = 0
  /// Keys told again because their reconciler asked for it.
  public var requeues = 0
  /// Events that failed for good and go to a dead letter sink.
  public var deadLetters = 0
  /// Of these, taken by it.
  public var deadLettersDelivered = 0
  /// Of these, given up.
  public var deadLettersFailed = 0
  /// Changes merged into a key that already waited.
  public var merged = 0
  /// Attempts sent.
  public var attempts = 0
  /// Attempts after the first (workqueue retries).
  public var retries = 0
  /// Acknowledged, by type of event: add, update, delete.
  public var deliveredAdd = 0
  /// Updates acknowledged.
  public var deliveredUpdate = 0
  /// Deletes acknowledged.
  public var deliveredDelete = 0
  /// Attempts without an answer.
  public var noAnswer = 0
  /// Answers by class: 2xx.
  public var answers2xx = 0
  /// 3xx.
  public var answers3xx = 0
  /// 4xx.
  public var answers4xx = 0
  /// 5xx.
  public var answers5xx = 0
  /// Rejections and exhausted retries.
  public var parked = 0
  /// Keys that vanished before they were ever attempted, or were superseded.
  public var superseded = 0
  /// Events held back by a gate (operations, filters).
  public var gated = 0
  /// Errors of filters' expressions; each counted as false.
  public var filterFailures = 0
  /// Keys forgotten because their subscription was edited or went, or its rights did.
  public var forgotten = 0
  /// From the change seen to the attempt sent: histogram.
  public var queueLatency = LatencyHistogram()
  /// From the attempt sent to its answer: histogram.
  public var deliveryLatency = LatencyHistogram()
  /// Reviews of one right of a service account, by answer: allowed.
  public var reviewsAllowed = 0
  /// Reviews that said no.
  public var reviewsDenied = 0
  /// Reviews without a useful answer.
  public var reviewsFailed = 0
  /// Status writes.
  public var statusWrites = 0
  /// Events written on subscriptions.
  public var announcements = 0
  /// Events on subscriptions that the API server did not take.
  public var announcementsDropped = 0
  /// Bodies read again.
  public var bodiesRead = 0
  /// How often a tenant was held back by what it had in flight.
  public var heldByShare = 0
  /// How often a tenant was held back by its rate.
  public var heldByTenantRate = 0
  /// How often all were held back by the hub's rate.
  public var heldByHubRate = 0

  /// All zero.
  public init() {}

  /// All acknowledged deliveries.
  public var delivered: Int { deliveredAdd + deliveredUpdate + deliveredDelete }
}

/// A histogram with fixed buckets, in seconds, as Prometheus counts them (cumulative when rendered).
public struct LatencyHistogram: Sendable, Equatable {
  /// Upper bounds in seconds; one more bucket holds what is beyond.
  public static let bounds: [Double] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
  ]
  /// Count per bucket, not cumulative.
  public private(set) var buckets = [Int](repeating: 0, count: bounds.count + 1)
  /// Sum of all observations in nanoseconds.
  public private(set) var sumNanoseconds: UInt64 = 0
  /// Number of observations.
  public private(set) var count = 0

  /// Empty.
  public init() {}

  /// Counts one observation.
  public mutating func observe(nanoseconds: UInt64) {
    let seconds = Double(nanoseconds) / 1e9
    buckets[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
    sumNanoseconds &+= nanoseconds
    count += 1
  }
}
