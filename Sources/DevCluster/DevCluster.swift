import HTTP
import JSONScan
import Synchronization

/// A Kubernetes API server in memory, with the few controllers that a small cluster needs: for the demo, for
/// tests and for development without a cluster.
///
/// It answers as a kube-apiserver 1.36 does (Tests/Fixtures/kube-apiserver-1.36): same shapes, same errors.
/// Whoever sends no token is its administrator, so it listens on the loopback address by default; a bearer token
/// is its service account, judged by the roles (`Access/`).
///
/// The whole state is confined to the thread of the HTTP server; there are no locks.
///
/// The way of a write: `Access/` finds out who asks and whether they may; `REST/`
/// reads the request and finds the resource in `Registry/`; `Store/` checks and
/// commits it, with `Patch/`, `Selectors/` and `FieldOwnership/` (managedFields) at its side; the commit goes
/// to the open watches (`Watch/`) at once and to the `Controllers/` and `Knative/` when the request is done.
/// `Faults/` stands before it all.
public final class DevCluster: Sendable {
  /// Where the API is served: `http://127.0.0.1:PORT`.
  public let url: String
  /// Faults to order, for tests and the demo.
  public let faults: DevClusterFaults

  private let server: HTTPServer
  private let core: ThreadConfined<ClusterCore>
  private let isRunning = Atomic<Bool>(false)
  /// Processes and listeners of Knative Services.
  let knative = KnativeRuntime()
  private let terminationGraceMilliseconds: Int

  /// Binds the port and sets up the cluster; nothing is served before `start`.
  /// Throws `HTTPServerError` if the address can't be listened on, and `DataFileError` if the data can't be read.
  public init(_ configuration: DevClusterConfiguration = DevClusterConfiguration()) throws {
    let owner = ThreadOwner()
    let scheduler = ServerScheduler(owner: owner)
    let store = ClusterStore(
      scheduler: scheduler, historyLimit: configuration.historyLimit,
      seed: configuration.seed ?? UInt64.random(in: .min ... .max))
    let faults = DevClusterFaults()
    let api = APIServer(store: store, configuration: configuration, faults: faults, owner: owner)
    if let path = configuration.dataFile {
      store.dataFile = try DataFile.open(path, into: store, api.tokens)
    }
    let confinedAPI = ThreadConfined(api, to: owner)

    var serverConfiguration = HTTPServerConfiguration(host: configuration.host, port: configuration.port)
    serverConfiguration.maxBodyBytes = configuration.maxBodyBytes
    serverConfiguration.maxBufferedOutputBytes = configuration.maxBufferedWatchBytes
    let server = try HTTPServer(serverConfiguration) { request, responder in
      confinedAPI.value.handle(request, responder)
    }
    scheduler.attach(server)
    let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
    url = "http://\(host):\(server.port)"
    let context = ClusterContext(
      store: store, scheduler: scheduler, configuration: configuration, url: url, owner: owner,
      execute: { work in server.execute(work) })
    core = ThreadConfined(
      ClusterCore(context: context, api: api, controllers: ClusterControllers.all(knative: knative)),
      to: owner)
    terminationGraceMilliseconds = configuration.terminationGraceMilliseconds
    faults.attach(api: confinedAPI) { work in server.execute(work) }
    self.server = server
    self.faults = faults
  }

  /// Starts the controllers and serves requests. Once.
  public func start() {
    guard !isRunning.exchange(true, ordering: .relaxed) else { return }
    let core = core
    server.execute { core.value.start() }
    server.start()
  }

  /// Ends all child processes, all watches and the server. Returns when that is done.
  public func stop() {
    // First, and from this thread: processes that end in order may still ask the API server.
    knative.stop(graceMilliseconds: terminationGraceMilliseconds)
    if isRunning.exchange(false, ordering: .relaxed) {
      let core = core
      let done = OneShot()
      server.execute {
        core.value.stop()
        done.signal()
      }
      done.wait()
    }
    server.stop()
  }
}

/// The parts that live on the cluster's thread.
private final class ClusterCore {
  private let context: ClusterContext
  private let api: APIServer
  private let controllers: [any ClusterController]

  init(context: ClusterContext, api: APIServer, controllers: [any ClusterController]) {
    self.context = context
    self.api = api
    self.controllers = controllers
  }

  func start() {
    // What an earlier life left is complete.
    if context.store.list(BuiltInResources.namespaces.id).isEmpty { InitialObjects.create(in: context.store) }
    for controller in controllers { controller.start(in: context) }
  }

  func stop() {
    for controller in controllers.reversed() { controller.stop() }
    api.stop()
  }
}
