import HubEngine

/// Everything a hub is told at its start. `hub serve` makes it of flags and a file; the demo and tests by hand.
public struct HubConfiguration: Sendable {
  /// Where the API server is. It need not be there yet: the hub waits for it.
  public var api: APIAccess
  /// Where the admin port listens. Default: any free port of the loopback address.
  public var listen = ListenAddress(host: "127.0.0.1", port: 0)
  /// A directory of subscription files (JSON), watched for changes.
  public var subscriptionsDirectory: String?
  /// Where the hub keeps what must survive its end; nil: a restart begins from nothing. One hub each.
  public var stateDirectory: String?
  /// The bounds of the journal in it.
  public var journal = JournalSettings()
  /// Called when the hub cannot go on and has ended, on a thread of its own; the log has said why.
  public var whenStopped: @Sendable (StopReason) -> Void = { _ in }
  /// Follow the OperatorSubscription objects of the cluster.
  public var followsClusterSubscriptions = true
  /// Where events may go.
  public var sinkPolicy = SinkPolicy.standard
  /// Where log lines go.
  public var log = Log.standardError(level: .info)
  /// Seed of the jitter in backoffs and time-outs.
  public var seed = UInt64.random(in: .min ... .max)
  /// The bounds of the engine.
  public var limits = EngineLimits()
  /// How long deliveries in flight may take to end after `shutdown`, in milliseconds.
  public var drainMilliseconds = 10_000
  /// How long a watch may be silent before it is begun again, in milliseconds. API servers send a bookmark about
  /// every minute.
  public var watchIdleMilliseconds = 180_000

  /// A configuration with the defaults for all but the API server.
  public init(api: APIAccess) { self.api = api }

  /// The engine's part of it.
  var engine: EngineConfiguration {
    var engine = EngineConfiguration(source: api.baseURL)
    engine.followsClusterSubscriptions = followsClusterSubscriptions
    engine.readsSubscriptionFiles = subscriptionsDirectory != nil
    engine.keepsJournal = stateDirectory != nil
    engine.sinkPolicy = sinkPolicy
    engine.seed = seed
    engine.limits = limits
    return engine
  }
}
