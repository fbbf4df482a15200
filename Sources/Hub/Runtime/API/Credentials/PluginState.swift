import HubEngine

/// When an exec plugin is run, and what it gave is used. One run at a time, and not more often than
/// `APICredentials.minimumInterval`.
struct PluginState {
  enum Answer {
    case ready(ExecCredential)
    case failed(String)
    /// Wait; with a plugin: and start it.
    case wanted(ExecPlugin?)
  }

  private let plugin: ExecPlugin
  private var isRunning = false
  private var endedAt: UInt64?
  private var isRefused = false
  private var last: Result<ExecCredential, ExecFailure>?

  init(_ plugin: ExecPlugin) { self.plugin = plugin }

  mutating func current(at now: EngineTime) -> Answer {
    if isRunning { return .wanted(nil) }
    let mayRun = endedAt.map { now.monotonic &- $0 >= APICredentials.minimumInterval } ?? true
    switch last {
    case .success(let credential)?:
      let isExpired = credential.expires.map { now.wall &+ APICredentials.leeway >= $0 } ?? false
      // A credential that is not long enough valid is better than none.
      guard isRefused || (isExpired && mayRun) else { return .ready(credential) }
    case .failure(let failure)?:
      guard mayRun else { return .failed(failure.sentence(plugin)) }
    case nil: break
    }
    isRunning = true
    return .wanted(plugin)
  }

  /// The credential was not accepted. True if the plugin will be run for it.
  mutating func refuse(at monotonic: UInt64) -> Bool {
    if isRunning { return true }
    guard let endedAt, monotonic &- endedAt >= APICredentials.minimumInterval else { return false }
    isRefused = true
    return true
  }

  /// Nil, or why it gave nothing.
  mutating func ended(_ result: Result<ExecCredential, ExecFailure>, at monotonic: UInt64) -> String? {
    isRunning = false
    isRefused = false
    endedAt = monotonic
    if case .failure(let failure) = result {
      // What it gave before counts on while it is accepted.
      if case .success? = last, failure == .cancelled { return nil }
      last = result
      return failure.sentence(plugin)
    }
    last = result
    return nil
  }
}
