/// What the engine is told once, at its start. Everything that may change later comes as an input.
public struct EngineConfiguration: Sendable {
  /// The CloudEvents `source` of every event: the API server's URL, as ApiServerSource has it.
  public var source: String
  /// Follow the OperatorSubscription objects of the cluster. False: subscriptions come from files alone.
  public var followsClusterSubscriptions = true
  /// Subscriptions of files will be told: `EngineInput.subscriptionFiles`. False: those that a journal kept are withdrawn.
  public var readsSubscriptionFiles = true
  /// Where events may go.
  public var sinkPolicy = SinkPolicy.standard
  /// What happens is to be journaled: `EngineEffect.journal`. False: a restart begins from nothing.
  public var keepsJournal = false
  /// Say of everything that is seen and not told why: `EngineEffect.untold`.
  public var explains = false
  /// Seed of the jitter in backoffs and watch time-outs; the only source of randomness in the engine.
  public var seed: UInt64 = 0
  /// The hub's bounds.
  public var limits = EngineLimits()

  /// A configuration with the defaults for everything but the source.
  public init(source: String) { self.source = source }
}

/// The bounds of one hub. Beyond each of them something defined happens, which the field's comment says.
public struct EngineLimits: Sendable {
  /// Deliveries and reads for them in flight over all subscriptions; more wait in their queues.
  public var deliveriesInFlight = 512
  /// Deliveries a second over all subscriptions, a tenth of them at once; more wait in their queues. Nil: as many as can be.
  public var deliveriesPerSecond: Int?
  /// What one tenant may have of it all.
  public var tenant = TenantLimits()
  /// Deliveries in flight to a sink that was sent nothing for a minute, and may sleep; each answer lets one more go.
  public var coldSinkDeliveries = 1
  /// Subscriptions; more are shown as refused.
  public var subscriptions = 20_000
  /// Bytes of bodies that wait in Resource mode; beyond it they are dropped and read again at their turn.
  public var waitingBodyBytes = 64 << 20
  /// The longest answer of the API server that is collected whole (a list page), in bytes.
  public var answerBytes = 64 << 20
  /// The longest line of a watch, in bytes; a longer one is told, and the resource is listed again.
  public var watchLineBytes = 8 << 20
  /// The largest page of a list, in bytes; a larger one is told, and asked for again with half the objects.
  public var pageBytes = 32 << 20
  /// The largest object whose body is kept while it waits, in bytes; a larger one is read again at its turn.
  public var bodyBytes = 4 << 20
  /// Reads of single objects in flight (bodies that are read again).
  public var readsInFlight = 16
  /// Status writes in flight over all subscriptions; more wait.
  public var statusWritesInFlight = 4
  /// How old the answer about a service account's rights may be, in seconds, when something is sent (SEMANTICS 29).
  public var reviewSeconds = 60
  /// Questions about rights in flight; each is three reviews, for get, list and watch. More wait.
  public var reviewsInFlight = 8
  /// Questions about rights whose answer is kept, or waited for; beyond it subscriptions wait with what they send.
  public var reviewsKept = 100_000
  /// Objects touched by the watch while a catch-up list runs; beyond it the catch-up begins again.
  public var catchUpTouched = 200_000

  /// The defaults.
  public init() {}
}

/// The bounds of one tenant: of all subscriptions in one namespace, those of files too. Of what is in flight and of waiting
/// bodies it has never more than it leaves free, whatever these say.
public struct TenantLimits: Sendable, Equatable {
  /// Subscriptions; more are shown as refused until others go.
  public var subscriptions = 2_000
  /// Deliveries and reads for them in flight; more wait. Nil: half of the hub's.
  public var deliveriesInFlight: Int?
  /// Deliveries a second, a tenth of them at once; more wait. Nil: as many as the hub allows.
  public var deliveriesPerSecond: Int?
  /// Bytes of bodies that wait; beyond it they are dropped and read again at their turn. Nil: half of the hub's.
  public var waitingBodyBytes: Int?

  /// The defaults.
  public init() {}
}

extension EngineLimits {
  /// Those that deliveries share.
  var shares: FairScheduler.Limits {
    FairScheduler.Limits(
      inFlight: deliveriesInFlight, tenantInFlight: tenant.deliveriesInFlight ?? .max,
      perSecond: deliveriesPerSecond, tenantPerSecond: tenant.deliveriesPerSecond)
  }
}
