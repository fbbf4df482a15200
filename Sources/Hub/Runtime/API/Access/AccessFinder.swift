/// Finds the API server, in the order that the tools of the field have: a flag, `KUBERNETES_API_URL`, the files of
/// `KUBECONFIG`, the pod's service account, `~/.kube/config`.
struct AccessFinder {
  /// Where a pod finds its service account.
  static let serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"
  /// The variables that are looked at.
  static let variables = [
    "KUBERNETES_API_URL", "KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "HOME",
  ]

  let environment: [String: String]
  var kubeconfig: SettingValue?
  var context: SettingValue?

  /// The access, or what is missing.
  func find() throws(ConfigurationError) -> APIAccess {
    if let kubeconfig {
      return try access([kubeconfig.value], mustExist: true, setting: kubeconfig.shown)
    }
    if context == nil, let url = variable("KUBERNETES_API_URL") {
      return try APIAccess(url: url, setting: "KUBERNETES_API_URL")
    }
    if let list = variable("KUBECONFIG") {
      return try access(Self.files(in: list), mustExist: false, setting: "KUBECONFIG")
    }
    if context == nil, let host = variable("KUBERNETES_SERVICE_HOST") { return try pod(host) }
    if let home = variable("HOME") {
      let file = home + "/.kube/config"
      if FileContent.exists(file) { return try access([file], mustExist: true, setting: "~/.kube/config") }
    }
    if let context { throw .noKubeconfig(setting: context.shown) }
    throw .noAPIServer
  }

  private func variable(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The paths of `KUBECONFIG`, each once.
  private static func files(in list: String) -> [String] {
    var files: [String] = []
    for part in list.split(separator: ":").map(String.init) where !files.contains(part) { files.append(part) }
    return files
  }

  private func access(
    _ files: [String], mustExist: Bool, setting: String
  ) throws(ConfigurationError) -> APIAccess {
    do throws(KubeconfigError) {
      let kubeconfig = try Kubeconfig(files: files, mustExist: mustExist, setting: setting)
      return try kubeconfig.access(context: context?.value)
    } catch {
      throw .kubeconfig(error)
    }
  }

  private func pod(_ host: String) throws(ConfigurationError) -> APIAccess {
    let port = environment["KUBERNETES_SERVICE_PORT"] ?? "443"
    // An IPv6 address needs brackets in an URL.
    let url = host.utf8.contains(UInt8(ascii: ":")) ? "https://[\(host)]:\(port)" : "https://\(host):\(port)"
    let directory = Self.serviceAccountDirectory
    var access = try APIAccess(
      url: url, tokenFile: directory + "/token", caFile: directory + "/ca.crt",
      setting: "KUBERNETES_SERVICE_HOST")
    access.origin = "the pod's service account"
    return access
  }
}
