import CloudEvents
import JSONScan

/// The types of condition in an OperatorSubscription's status.
public enum ConditionType: String, Hashable, Sendable, CaseIterable {
  /// Accepted, authorized, found and sink resolved (SEMANTICS 31).
  case ready = "Ready"
  /// Every kind that is followed is served.
  case resourcesFound = "ResourcesFound"
  /// The service account may read what is followed.
  case authorized = "Authorized"
  /// The sink has a URL.
  case sinkResolved = "SinkResolved"
  /// Deliveries get through. A failing sink shows here only.
  case delivering = "Delivering"
}

/// The status of a condition.
public enum ConditionStatus: String, Hashable, Sendable {
  /// It holds.
  case isTrue = "True"
  /// It does not.
  case isFalse = "False"
  /// Nobody knows yet.
  case unknown = "Unknown"
}

/// A metav1.Condition.
public struct Condition: Hashable, Sendable {
  /// Which one.
  public let type: ConditionType
  /// Whether it holds.
  public let status: ConditionStatus
  /// Why, as one CamelCase word for programs.
  public let reason: String
  /// Why, for people.
  public let message: String
  /// When `status` last changed, in nanoseconds since 1970.
  public let lastTransitionTime: Int64
  /// The `metadata.generation` that was judged.
  public let observedGeneration: Int64
}

/// The status of an OperatorSubscription, as a value that knows when it is worth a write (SEMANTICS 31).
public struct SubscriptionStatus: Hashable, Sendable {
  /// The longest message that is written, in bytes; longer ones are cut. metav1 allows 32 KiB.
  public static let maxMessageBytes = 2048
  /// How old `pending` and `lastDeliveryTime` may become before they alone cause a write: 10 minutes, in
  /// nanoseconds.
  public static let countsMaximumAge: Int64 = 600_000_000_000
  /// The reason of `Ready` when the object is not accepted.
  public static let notAcceptedReason = "NotAccepted"
  /// The reason of `Ready` when the object is valid, and there are more than the limits allow.
  public static let quotaReason = "QuotaExceeded"
  /// The reason of `Delivering` when the last deliveries in a row have failed.
  static let sinkFailingReason = "SinkFailing"

  /// The `metadata.generation` that the status speaks of.
  public private(set) var observedGeneration: Int64 = 0
  /// The generation of the accepted form that is in force: what all conditions but `Ready` speak of.
  public private(set) var acceptedGeneration: Int64 = 0
  /// The newest form of the object was refused.
  public private(set) var isRefused = false
  /// In the order of `ConditionType.allCases`; those never set are missing.
  public private(set) var conditions: [Condition] = []
  /// Where events go, once it is known.
  public var sinkURI: String?
  /// Keys that wait, are in flight, back off or are parked.
  public var pending = 0
  /// When the last delivery was acknowledged, in nanoseconds since 1970.
  public var lastDeliveryTime: Int64?

  /// A status that says nothing yet.
  public init() {}

  /// A condition, if it was ever set.
  public subscript(type: ConditionType) -> Condition? { conditions.first { $0.type == type } }

  /// Begins to speak of an accepted form of the object. A refusal that was shown is over.
  public mutating func observe(generation: Int64, at now: Int64) {
    observedGeneration = generation
    acceptedGeneration = generation
    isRefused = false
    settleReady(at: now)
  }

  /// Sets a condition other than `Ready`, and `Ready` by what follows from it. `now` is kept as transition
  /// time only if the status changes.
  public mutating func set(
    _ type: ConditionType, _ status: ConditionStatus, reason: String, message: String, at now: Int64
  ) {
    precondition(type != .ready, "Ready follows from the others")
    store(type, status, reason, message, at: now)
    settleReady(at: now)
  }

  /// Says that this form of the object is not accepted. The other conditions stay: an older form may be in
  /// force (SEMANTICS 27), which the message then says.
  public mutating func refuse(_ refusal: SubscriptionRefusal, lastAcceptedInForce: Bool, at now: Int64) {
    observedGeneration = refusal.generation
    isRefused = true
    let note = lastAcceptedInForce ? " (the form accepted before stays in force)" : ""
    store(.ready, .isFalse, Self.notAcceptedReason, refusal.message() + note, at: now)
  }

  /// Says that the object is not accepted although it is valid.
  mutating func refuse(reason: String, _ message: String, generation: Int64, at now: Int64) {
    observedGeneration = generation
    isRefused = true
    store(.ready, .isFalse, reason, message, at: now)
  }

  /// Whether this status should be written after `written`, which was written at `writtenAt`: conditions,
  /// generation and sink at once, the counts at most every 10 minutes. Without `written`: at once.
  public func needsWrite(after written: SubscriptionStatus?, writtenAt: Int64, at now: Int64) -> Bool {
    guard let written else { return true }
    if observedGeneration != written.observedGeneration || conditions != written.conditions { return true }
    if sinkURI != written.sinkURI { return true }
    let countsDiffer = pending != written.pending || lastDeliveryTime != written.lastDeliveryTime
    return countsDiffer && now - writtenAt >= Self.countsMaximumAge
  }

  /// `Ready` is as bad as the worst that it depends on, and says the same.
  private mutating func settleReady(at now: Int64) {
    if isRefused { return }
    let needed: [ConditionType] = [.authorized, .resourcesFound, .sinkResolved]
    var worst: (status: ConditionStatus, reason: String, message: String) = (
      .isTrue, "Ready", "accepted, and following what it asks for"
    )
    for type in needed {
      guard let condition = self[type] else {
        if worst.status == .isTrue { worst = (.unknown, "Pending", "\(type.rawValue) is not known yet") }
        continue
      }
      switch condition.status {
      case .isTrue: continue
      case .unknown where worst.status != .isTrue: continue
      case .isFalse where worst.status == .isFalse: continue
      case .unknown, .isFalse: worst = (condition.status, condition.reason, condition.message)
      }
    }
    store(.ready, worst.status, worst.reason, worst.message, at: now)
  }

  private mutating func store(
    _ type: ConditionType, _ status: ConditionStatus, _ reason: String, _ message: String, at now: Int64
  ) {
    let previous = self[type]
    let condition = Condition(
      type: type, status: status, reason: reason, message: Self.clipped(message, to: Self.maxMessageBytes),
      lastTransitionTime: previous.map { $0.status == status ? $0.lastTransitionTime : now } ?? now,
      observedGeneration: type == .ready ? observedGeneration : acceptedGeneration)
    conditions = ConditionType.allCases.compactMap { $0 == type ? condition : self[$0] }
  }

  /// At most so many bytes of a message, which must be 3 or more.
  static func clipped(_ message: String, to maxBytes: Int) -> String {
    guard message.utf8.count > maxBytes else { return message }
    var end = message.utf8.index(message.startIndex, offsetBy: maxBytes - 3)
    // Not inside a character.
    while end > message.startIndex, String.Index(end, within: message) == nil {
      end = message.utf8.index(before: end)
    }
    return message[..<end] + "…"
  }
}

extension SubscriptionStatus {
  /// The body of a merge patch on the status subresource. What is not known is null, so that an older value
  /// goes.
  public func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("status")
    writer.beginObject()
    writer.key("observedGeneration")
    writer.int(Int(observedGeneration))
    writer.key("conditions")
    writer.beginArray()
    for condition in conditions { condition.write(to: &writer) }
    writer.endArray()
    writer.key("sinkUri")
    if let sinkURI { writer.string(sinkURI) } else { writer.null() }
    writer.key("pending")
    writer.int(pending)
    writer.key("lastDeliveryTime")
    if let lastDeliveryTime { writer.string(StatusTime.text(lastDeliveryTime)) } else { writer.null() }
    writer.endObject()
    writer.endObject()
    return writer.take()
  }
}

extension Condition {
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("type")
    writer.string(type.rawValue)
    writer.key("status")
    writer.string(status.rawValue)
    writer.key("reason")
    writer.string(reason)
    writer.key("message")
    writer.string(message)
    writer.key("lastTransitionTime")
    writer.string(StatusTime.text(lastTransitionTime))
    writer.key("observedGeneration")
    writer.int(Int(observedGeneration))
    writer.endObject()
  }
}

/// A metav1.Time: RFC 3339 in whole seconds.
enum StatusTime {
  static func text(_ nanosecondsSince1970: Int64) -> String {
    let precise = RFC3339.string(nanosecondsSince1970: nanosecondsSince1970)
    return precise.prefix(while: { $0 != "." && $0 != "Z" }) + "Z"
  }
}
