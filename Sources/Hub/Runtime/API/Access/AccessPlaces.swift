/// Where the parts of an access are given, so that a message about one can say what to change: a field of a kubeconfig
/// with its file and line, a file, or a flag.
struct AccessPlaces: Sendable, Equatable {
  /// The server's URL.
  var server: String
  /// The authorities that the server must be signed by, or where they would be named.
  var authorities: String
  /// The name that the server's certificate must carry, where that is not the URL's host.
  var serverName: String
  /// The proxy.
  var proxy: String
  /// What the hub says it is by; nil: it says nothing.
  var identity: String?
  /// The client's certificate.
  var certificate: String?

  /// All of it belongs to a setting.
  init(setting: String) {
    server = setting
    authorities = "a kubeconfig (certificate-authority)"
    serverName = "a kubeconfig (tls-server-name)"
    proxy = "a kubeconfig (proxy-url)"
  }
}
