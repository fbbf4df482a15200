import TestSupport

@testable import HubRuntime

/// Kubeconfigs for tests: one good one, with parts replaced.
struct SampleKubeconfig {
  var server = "https://10.0.0.1:6443"
  /// More of the cluster, as YAML lines.
  var cluster: [String] = []
  /// The user, as YAML lines.
  var user: [String] = ["token: secret"]

  var text: String {
    """
    apiVersion: v1
    kind: Config
    current-context: dev
    contexts:
    - name: dev
      context: {cluster: there, user: me}
    clusters:
    - name: there
      cluster:
        server: \(server)
    \(indented(cluster))users:
    - name: me
      user:
    \(indented(user))
    """
  }

  private func indented(_ lines: [String]) -> String {
    lines.map { "    " + $0 + "\n" }.joined()
  }
}
