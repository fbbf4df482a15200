import HTTP
import HubEngine
import Synchronization

/// A hub in a process: the loop with its engine, the admin port and the watcher of subscription files. `hub serve`, the
/// demo and tests embed it.
///
/// `init` binds the admin port, `start` begins to follow; `shutdown` drains and must be called in the end, as the
/// loop's thread keeps the hub alive.
public final class Hub: Sendable {
  private enum Phase {
    case new
    case running
    case ending
  }

  private let configuration: HubConfiguration
  private let inbox: LoopInbox
  private let admin: AdminServer
  private let files: SubscriptionWatcher?
  private let phase = Mutex(Phase.new)
  /// What the state directory holds, until the loop takes it.
  private let opening: Mutex<JournalOpening?>

  /// Reads the state directory and the subscription files, and binds the admin port. Throws if one of them cannot be.
  public init(_ configuration: HubConfiguration) throws(HubError) {
    self.configuration = configuration
    let inbox = LoopInbox()
    self.inbox = inbox
    opening = Mutex(try Self.openState(configuration))
    if let path = configuration.subscriptionsDirectory {
      files = SubscriptionWatcher(directory: path, log: configuration.log) {
        inbox.post(.input(.subscriptionFiles($0)))
      }
      if let problem = files?.scan() { throw .subscriptions(path: path, reason: problem) }
    } else {
      files = nil
    }
    admin = try AdminServer(configuration.listen, source: configuration.api.baseURL, inbox: inbox)
  }

  private static func openState(_ configuration: HubConfiguration) throws(HubError) -> JournalOpening? {
    guard let path = configuration.stateDirectory else { return nil }
    do throws(JournalError) {
      return try JournalOpening(path, log: configuration.log)
    } catch {
      throw .state(error)
    }
  }

  /// Begins to follow and to deliver. Once; later calls do nothing.
  public func start() {
    let isFirst = phase.withLock { phase -> Bool in
      guard case .new = phase else { return false }
      phase = .running
      return true
    }
    guard isFirst else { return }
    configuration.log.write(
      .info, "hub started",
      [
        "version": HubVersion.current, "apiServer": configuration.api.baseURL,
        "access": configuration.api.origin, "admin": adminURL,
      ])
    for warning in configuration.api.warnings {
      configuration.log.write(
        .warn, "the access to the API server is not as it should be", ["reason": warning])
    }
    if configuration.stateDirectory == nil {
      configuration.log.write(
        .warn,
        "no state directory: a restart tells everything again, and no deletes that were made meanwhile",
        ["remedy": "--state-dir DIR"])
    }
    startLoop()
    files?.start()
    admin.start()
  }

  private func startLoop() {
    let opening = opening.withLock { opening in
      defer { opening = nil }
      return opening
    }
    let (configuration, inbox) = (configuration, inbox)
    SystemThread.start("hub-loop") {
      guard let opening else {
        EventLoop(HubEngine(configuration.engine), configuration: configuration, inbox: inbox).run()
        return
      }
      let writer = JournalWriter(
        opening.directory, opening.end, settings: configuration.journal,
        report: { inbox.post(.journal($0)) })
      let engine = HubEngine(configuration.engine, restoring: opening.state)
      EventLoop(engine, configuration: configuration, inbox: inbox, journal: writer).run()
    }
  }

  /// The admin port's URL, such as `http://127.0.0.1:8080`.
  public var adminURL: String { admin.url }

  /// What the engine knows about itself now; after the end, what it knew then. Of a hub that was not started: waits
  /// until it is.
  public func snapshot() async -> EngineSnapshot {
    await withCheckedContinuation { continuation in
      inbox.post(.report { continuation.resume(returning: $0.engine) })
    }
  }

  /// Stops taking, finishes the deliveries in flight (at most `drainMilliseconds` long), closes the admin port.
  public func shutdown() async {
    await withCheckedContinuation { continuation in shutdown { continuation.resume() } }
  }

  /// The same without async: calls back, on some thread, when all has ended.
  public func shutdown(whenDone: @escaping @Sendable () -> Void) {
    let before = phase.withLock { phase in
      defer { phase = .ending }
      return phase
    }
    files?.stop()
    if case .new = before {
      opening.withLock { $0 = nil }
      inbox.close(with: LoopReport(engine: EngineSnapshot(), time: LoopClock.now()))
      admin.stop()
      whenDone()
      return
    }
    let admin = admin
    inbox.post(.drain(milliseconds: configuration.drainMilliseconds))
    // The last callback comes on the loop's thread; closing the port waits for its connections.
    inbox.whenEnded {
      SystemThread.start("hub-end") {
        admin.drainAndStop(); whenDone()
      }
    }
  }
}

/// Why a hub could not be made.
public enum HubError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The admin port cannot be listened on.
  case adminPort(HTTPServerError)
  /// The directory of subscription files cannot be read.
  case subscriptions(path: String, reason: String)
  /// The state directory cannot be used.
  case state(JournalError)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .adminPort(let error): "--listen: \(error)"
    case .state(let error): "--state-dir: \(error)"
    case .subscriptions(let path, let reason): "--subscriptions: cannot read \(path): \(reason)"
    }
  }
}
