import HTTP
import JSONScan

/// Answers requests from the store. Confined to the cluster's thread.
final class APIServer {
  let store: ClusterStore
  let configuration: DevClusterConfiguration
  let faults: DevClusterFaults

  init(store: ClusterStore, configuration: DevClusterConfiguration, faults: DevClusterFaults) {
    self.store = store
    self.configuration = configuration
    self.faults = faults
  }

  func handle(_ request: HTTPRequest, _ responder: HTTPResponder) {
    responder.send(.text(404, "404 page not found\n"))
  }

  func stop() {}
}
