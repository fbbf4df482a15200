import DevCluster
import Glibc
import HTTP
import HubEngine
import HubRuntime
import Manifests

/// The three parties of the demo in one process tree: the dev cluster, the hub, and (started by the dev cluster's
/// activator when it is needed) the Foo reconciler.
final class DemoStage: Sendable {
  let cluster: DevCluster
  let hub: Hub
  let client: DemoClient

  /// Binds free ports and looks for the reconciler beside this executable. Throws what is in the way. When it is quiet,
  /// nobody hears the reconciler.
  init(log: Log, isQuiet: Bool) throws {
    let reconciler = Environment.executableDirectory + "/" + DemoManifests.service
    guard access(reconciler, X_OK) == 0 else { throw DemoFailure.noReconciler(path: reconciler) }
    var configuration = DevClusterConfiguration()
    configuration.executableDirectories = [Environment.executableDirectory]
    configuration.processOutput = isQuiet ? .discarded : .inherited
    let cluster = try DevCluster(configuration)
    self.cluster = cluster
    var hubConfiguration = HubConfiguration(api: try APIAccess(url: cluster.url))
    hubConfiguration.sinkPolicy.allow.append(.loopback)
    hubConfiguration.log = log
    hub = try Hub(hubConfiguration)
    client = DemoClient(baseURL: cluster.url)
  }

  /// Ends the hub, the reconciler and the cluster; no process stays behind.
  func stop() async {
    await hub.shutdown()
    client.stop()
    cluster.stop()
  }

  /// What to try when the story is told.
  var invitation: String {
    """
    Still running; end it with Ctrl-C.
      API server   kubectl --server=\(cluster.url) get foos,deployments,pods,operatorsubscriptions
      hub          \(hub.adminURL)/  (status page; /metrics, /readyz, /api/v1/status)
      try          kubectl --server=\(cluster.url) delete deployment demo-foo
    """
  }
}
