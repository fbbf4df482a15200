/// The part of the cluster that runs Knative Services.
final class KnativeServices: ClusterController {
  private let runtime: KnativeRuntime
  private var controller: KnativeController?

  /// `runtime` outlives the controller: whoever stops the cluster stops it first, from another thread.
  init(runtime: KnativeRuntime) { self.runtime = runtime }

  func start(in cluster: ClusterContext) {
    let configuration = cluster.configuration
    var settings = KnativeSettings()
    settings.apiURL = cluster.url
    settings.executableDirectories = configuration.executableDirectories
    settings.output = configuration.processOutput
    settings.terminationGraceMilliseconds = configuration.terminationGraceMilliseconds
    let context = ActivatorContext(
      settings, home: HomeThread(cluster), runtime: runtime)
    controller = KnativeController(store: cluster.store, context: context)
  }

  func stop() { controller = nil }
}

extension HomeThread {
  /// The cluster's thread.
  fileprivate init(_ cluster: ClusterContext) {
    let scheduler = cluster.confine(cluster.scheduler)
    self.init(
      execute: cluster.execute, schedule: { scheduler.value.after(milliseconds: $0, $1) })
  }
}

extension DevCluster {
  /// The last requests (at most `RequestLog.standardLimit`) that came to a `serving.knative.dev/v1` Service, oldest
  /// first, with what became of each so far. From any thread.
  public func knativeRequests(namespace: String = "default", service: String) -> [ProxiedRequest] {
    knative.log.requests(of: ServiceKey(namespace: namespace, name: service))
  }
}
