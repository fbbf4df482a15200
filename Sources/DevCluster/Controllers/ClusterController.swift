import HTTP
import JSONScan

/// Something that makes the cluster live: it observes objects and writes others, as the controllers of a real
/// cluster do, but inside the API server's process and on its thread.
protocol ClusterController: AnyObject {
  /// Called once, on the cluster's thread, before the first request is served.
  func start(in context: ClusterContext)
  /// Called once, on the cluster's thread, when the cluster stops. Returns when everything it began has
  /// ended.
  func stop()
}

extension ClusterController {
  func stop() {}
}

/// What a controller works with. Confined to the cluster's thread, except `confine` and `execute`'s closure.
final class ClusterContext {
  let store: ClusterStore
  let scheduler: any ClusterScheduler
  let configuration: DevClusterConfiguration
  /// Where the API server listens: `http://127.0.0.1:PORT`.
  let url: String
  /// Runs work on the cluster's thread, from any thread.
  let execute: @Sendable (@escaping @Sendable () -> Void) -> Void

  private let owner: ThreadOwner

  init(
    store: ClusterStore, scheduler: any ClusterScheduler, configuration: DevClusterConfiguration, url: String,
    owner: ThreadOwner, execute: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
  ) {
    self.store = store
    self.scheduler = scheduler
    self.configuration = configuration
    self.url = url
    self.owner = owner
    self.execute = execute
  }

  /// Makes something of the cluster's thread (a controller, the store) fit to be carried through `@Sendable`
  /// closures; it can be taken out on the cluster's thread only.
  func confine<Value>(_ value: Value) -> ThreadConfined<Value> { ThreadConfined(value, to: owner) }
}
