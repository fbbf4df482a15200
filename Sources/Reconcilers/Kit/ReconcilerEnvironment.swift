/// What a reconciler process is told by its environment; see `ReconcilerProcess.run` for the variables.
struct ReconcilerEnvironment: Sendable, Equatable {
  /// A variable that can't be used.
  enum Problem: Error, Equatable, CustomStringConvertible {
    case notANumber(variable: String, value: String, range: ClosedRange<Int>)
    case noAPIServer
    case badAPIServer(KubernetesConfiguration.Problem)

    var description: String {
      switch self {
      case .notANumber(let variable, let value, let range):
        "\(variable)=\(value) is not a number from \(range.lowerBound) to \(range.upperBound)"
      case .noAPIServer:
        "no API server: set KUBERNETES_API_URL, or run in a pod (KUBERNETES_SERVICE_HOST and _PORT are not set)"
      case .badAPIServer(let problem): problem.description
      }
    }
  }

  static let serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount"

  var host: String
  var port: Int
  var drainSeconds: Int
  var parent: Int32?
  var kubernetes: KubernetesConfiguration

  /// Reads the variables with `lookup`; an empty value counts as none.
  init(component: String, lookup: (String) -> String?) throws(Problem) {
    func variable(_ name: String) -> String? { lookup(name).flatMap { $0.isEmpty ? nil : $0 } }
    func number(_ name: String, _ range: ClosedRange<Int>) throws(Problem) -> Int? {
      guard let text = variable(name) else { return nil }
      guard let number = Int(text), range.contains(number) else {
        throw .notANumber(variable: name, value: text, range: range)
      }
      return number
    }
    port = try number("PORT", 0...65535) ?? 8080
    drainSeconds = try number("DRAIN_SECONDS", 0...3600) ?? 25
    parent = try number("EXIT_WITH_PARENT", 2...Int(Int32.max)).map(Int32.init)
    host = variable("BIND_ADDRESS") ?? (variable("KUBERNETES_API_URL") == nil ? "0.0.0.0" : "127.0.0.1")
    kubernetes = try Self.kubernetes(component, variable)
  }

  private static func kubernetes(
    _ component: String, _ variable: (String) -> String?
  ) throws(Problem) -> KubernetesConfiguration {
    var url = variable("KUBERNETES_API_URL")
    var (tokenFile, caFile) = (variable("KUBERNETES_TOKEN_FILE"), variable("KUBERNETES_CA_FILE"))
    if url == nil, let host = variable("KUBERNETES_SERVICE_HOST"),
      let port = variable("KUBERNETES_SERVICE_PORT")
    {
      url = "https://\(host.contains(":") ? "[\(host)]" : host):\(port)"
      (tokenFile, caFile) = (serviceAccount + "/token", serviceAccount + "/ca.crt")
    }
    guard let url else { throw .noAPIServer }
    do {
      return try KubernetesConfiguration(
        url: url, tokenFile: tokenFile, caFile: caFile, component: component)
    } catch {
      throw .badAPIServer(error)
    }
  }
}
