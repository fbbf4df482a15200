import HubEngine
import Synchronization

/// `hub tail`: what subscriptions would be sent, and on demand why other objects are not told, printed in place of being
/// sent. It reads from the API server, and writes nothing anywhere.
public final class EventTail: Sendable {
  /// What is wanted.
  public struct Options: Sendable {
    /// Say of everything that is seen and not told why.
    public var explains = false
    /// Review the rights of the service accounts, as the hub does.
    public var reviewsRights = true
    /// End when all that exists was told.
    public var endsAfterInitial = false

    /// Live, with rights, without explanations.
    public init() {}
  }

  private let inbox = LoopInbox()
  private let configuration: HubConfiguration
  private let engineConfiguration: EngineConfiguration
  private let subscriptions: TailedSubscriptions
  private let options: Options

  /// A tail of these subscriptions. Faults of the access and the like are written to `log`.
  public init(
    _ subscriptions: [OperatorSubscription], of api: APIAccess, _ options: Options, log: Log
  ) {
    var configuration = HubConfiguration(api: api)
    configuration.log = log
    // Nothing is sent: what would be is shown here.
    configuration.sinkPolicy.allow.append(SinkRule(cidrs: AddressRange.loopback, secrets: true))
    self.configuration = configuration
    var engine = configuration.engine
    engine.explains = options.explains
    engineConfiguration = engine
    self.subscriptions = TailedSubscriptions(subscriptions)
    self.options = options
  }

  /// Runs on the calling thread until `stop`, or until all that exists was told. False if something was in the way of
  /// that: rights, or kinds that are not served; `notice` has said what.
  public func run(
    print: @escaping @Sendable (TailLine) -> Void, notice: @escaping @Sendable (String) -> Void
  ) -> Bool {
    let inbox = inbox
    var settings = TailEngine.Options()
    settings.reviewsRights = options.reviewsRights
    settings.endsAfterInitial = options.endsAfterInitial
    // The engine calls back on the thread of the loop, which is this one.
    let good = Good()
    let engine = TailEngine(
      HubEngine(engineConfiguration), subscriptions, options: settings, print: print, notice: notice
    ) { value in
      good.value.withLock { $0 = value }
      inbox.post(.drain(milliseconds: 0))
    }
    EventLoop(engine, configuration: configuration, inbox: inbox).run()
    return good.value.withLock { $0 }
  }

  private final class Good: Sendable {
    let value = Mutex(true)
  }

  /// Ends `run`, from any thread.
  public func stop() { inbox.post(.drain(milliseconds: 0)) }
}
