/// A Kubernetes Event on its way to the API server; times are nanoseconds since 1970.
struct RecordedEvent: Hashable {
  /// What identifies repetitions: everything but name, count and times. The object's version is no part of it.
  struct Identity: Hashable {
    var kind, apiVersion, namespace, name, uid: String
    var type, reason, message: String
  }

  var identity: Identity
  var objectVersion: String
  /// The Event's own name.
  var name: String
  var count = 1
  var firstTimestamp: Int64
  var lastTimestamp: Int64
}

/// Spares the API server repeated Events, as client-go's correlator does and with its numbers: the same Event again
/// counts up the one that exists, many Events that differ only in their message become one, and a noisy object is
/// throttled. It keeps no clock: time is handed in.
struct EventCorrelator {
  enum Decision: Equatable {
    /// The object has had its share.
    case skip
    case create(RecordedEvent)
    /// Count up the Event of that name.
    case increment(RecordedEvent)
  }

  /// Keys that each of the three memories holds.
  static let capacity = 4096
  /// With so many different messages within `aggregateInterval`, the rest are combined.
  static let aggregateAfter = 10
  static let aggregateInterval: Int64 = 600_000_000_000
  /// Events about one object at once, and the time after which it may have one more.
  static let burst = 25.0
  static let refillInterval = 300_000_000_000.0

  private struct Aggregate {
    var messages: Set<String> = []
    var last: Int64
  }

  private struct Observation {
    var name: String
    var count: Int
    var firstTimestamp: Int64
  }

  private struct Bucket {
    var tokens: Double
    var filledAt: Int64
  }

  private var aggregates = RecencyCache<RecordedEvent.Identity, Aggregate>(capacity: capacity)
  private var observations = RecencyCache<RecordedEvent.Identity, Observation>(capacity: capacity)
  private var buckets = RecencyCache<RecordedEvent.Identity, Bucket>(capacity: capacity)

  init() {}

  mutating func correlate(_ event: RecordedEvent) -> Decision {
    var event = event
    let key = aggregate(&event)
    let isRepeated = observe(&event, key)
    guard takeToken(for: event, at: event.lastTimestamp) else { return .skip }
    return isRepeated ? .increment(event) : .create(event)
  }

  /// Combines the event with similar ones if there are too many; returns what its repetitions are counted by.
  private mutating func aggregate(_ event: inout RecordedEvent) -> RecordedEvent.Identity {
    let now = event.lastTimestamp
    var group = event.identity
    group.message = ""
    var record = aggregates[group] ?? Aggregate(last: now)
    if now - record.last > Self.aggregateInterval { record.messages = [] }
    record.messages.insert(event.identity.message)
    record.last = now
    let isTooMany = record.messages.count >= Self.aggregateAfter
    if isTooMany { record.messages.removeFirst() }
    aggregates[group] = record
    guard isTooMany else { return event.identity }
    event.identity.message = "(combined from similar events): " + event.identity.message
    return group
  }

  /// Whether this Event was recorded before; then it takes over name, count and first time.
  private mutating func observe(_ event: inout RecordedEvent, _ key: RecordedEvent.Identity) -> Bool {
    let last = observations[key]
    if let last {
      event.name = last.name
      event.count = last.count + 1
      event.firstTimestamp = last.firstTimestamp
    }
    observations[key] = Observation(
      name: event.name, count: event.count, firstTimestamp: event.firstTimestamp)
    return last != nil
  }

  private mutating func takeToken(for event: RecordedEvent, at now: Int64) -> Bool {
    var object = event.identity
    (object.type, object.reason, object.message) = ("", "", "")
    var bucket = buckets[object] ?? Bucket(tokens: Self.burst, filledAt: now)
    bucket.tokens = min(Self.burst, bucket.tokens + Double(now - bucket.filledAt) / Self.refillInterval)
    bucket.filledAt = now
    let isAllowed = bucket.tokens >= 1
    if isAllowed { bucket.tokens -= 1 }
    buckets[object] = bucket
    return isAllowed
  }
}
