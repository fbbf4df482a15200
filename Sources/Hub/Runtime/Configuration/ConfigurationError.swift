import HubEngine

/// What is wrong with the settings; each sentence names the setting, what it says, and what to write instead.
public enum ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Nothing says where the API server is.
  case noAPIServer
  /// Not the URL of an API server.
  case badURL(setting: String, value: String)
  /// Not an address to listen on.
  case badAddress(setting: String, value: String)
  /// Not a block of addresses.
  case badAddressRange(setting: String, AddressRangeFault)
  /// Not one of the values that there are.
  case badChoice(setting: String, value: String, choices: [String])
  /// A file or directory that cannot be read.
  case unreadable(setting: String, path: String, reason: String)
  /// The configuration file is not what it must be.
  case badFile(path: String, reason: String)
  /// A kubeconfig that gives no access.
  case kubeconfig(KubeconfigError)
  /// A context without a kubeconfig.
  case noKubeconfig(setting: String)
  /// Two settings that exclude each other.
  case conflict(String, String)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .noAPIServer:
      "where is the API server? Give --kubeconfig FILE, or --api-server URL (for example http://127.0.0.1:8001, as"
        + " kubectl proxy has it), or set KUBECONFIG or KUBERNETES_API_URL; in a pod it is found without"
    case .badURL(let setting, let value):
      "\(setting): \(quoted(value)) is not the URL of an API server; write for example http://127.0.0.1:8001"
    case .badAddress(let setting, let value):
      "\(setting): \(quoted(value)) is not ADDR:PORT; write for example 127.0.0.1:8080"
    case .badAddressRange(let setting, let fault): "\(setting): \(fault.reason); \(fault.remedy)"
    case .badChoice(let setting, let value, let choices):
      "\(setting): \(quoted(value)) is not one of \(choices.joined(separator: ", "))"
    case .unreadable(let setting, let path, let reason):
      "\(setting): cannot read \(path): \(reason)"
    case .badFile(let path, let reason): "\(path): \(reason)"
    case .kubeconfig(let error): "\(error)"
    case .noKubeconfig(let setting):
      "\(setting): there is no kubeconfig that could have this context; give --kubeconfig FILE or set KUBECONFIG"
    case .conflict(let one, let other): "\(one) and \(other) exclude each other; give one of the two"
    }
  }

  private func quoted(_ text: String) -> String { "\"\(text)\"" }
}
