import CloudEvents
import TestSupport
import Testing

@testable import HubRuntime

/// What is read from good kubeconfigs, and which file and context count.
@Suite("Kubeconfigs")
struct KubeconfigTests {
  private func access(
    _ text: String, context: String? = nil, in directory: TemporaryDirectory? = nil
  ) throws -> APIAccess {
    let directory = try directory ?? TemporaryDirectory()
    let file = try directory.write("config", text)
    return try Kubeconfig(files: [file], mustExist: true, setting: "--kubeconfig").access(context: context)
  }

  @Test("server and token, in YAML and in JSON")
  func simple() throws {
    let json = """
      {"current-context":"dev","contexts":[{"name":"dev","context":{"cluster":"c","user":"u"}}],
       "clusters":[{"name":"c","cluster":{"server":"https://10.0.0.1:6443/"}}],"users":[{"name":"u","user":{"token":"secret"}}]}
      """
    for text in [SampleKubeconfig().text, json] {
      let access = try access(text)
      #expect(access.baseURL == "https://10.0.0.1:6443")
      #expect(access.identity.token == "secret")
      #expect(access.warnings.isEmpty)
      #expect(access.trust == APITrust())
      #expect(access.origin.hasPrefix("context \"dev\" of /"))
    }
  }

  @Test("certificates from data and from files, which start from the kubeconfig's directory")
  func certificates() throws {
    let made = try TestCertificates.shared()
    let directory = try TemporaryDirectory()
    try directory.write("ca.pem", String(decoding: made.authority.certificateText, as: UTF8.self))
    try directory.write("me.key", String(decoding: made.client.keyText, as: UTF8.self))
    var sample = SampleKubeconfig()
    sample.cluster = [
      "certificate-authority: ca.pem", "tls-server-name: api.example", "proxy-url: socks5://127.0.0.1:1080",
    ]
    sample.user = [
      "client-certificate-data: \(Base64.encode(made.client.certificateText))", "client-key: me.key",
    ]
    let access = try access(sample.text, in: directory)
    #expect(access.trust.authorities == .file(directory.path + "/ca.pem"))
    #expect(access.trust.serverName == "api.example")
    #expect(access.identity.certificate == .text(made.client.certificateText))
    #expect(access.identity.key == .file(directory.path + "/me.key"))
    #expect(access.proxyURL == "socks5h://127.0.0.1:1080")
  }

  @Test("no verification, and credentials that must not be sent, are warned of")
  func warnings() throws {
    var sample = SampleKubeconfig(cluster: ["insecure-skip-tls-verify: true"])
    let insecure = try access(sample.text)
    #expect(!insecure.trust.verifiesServer)
    #expect(
      insecure.warnings == [
        "insecure-skip-tls-verify: anybody who can redirect the connection can read the hub's credentials"
      ])
    sample = SampleKubeconfig(server: "http://10.0.0.1:8080")
    let clear = try access(sample.text)
    #expect(clear.identity == APIIdentity())
    #expect(
      clear.warnings == [
        "the server's URL is plain http and not of this machine: the user's credentials are not sent"
      ])
    #expect(try access(SampleKubeconfig(server: "http://127.0.0.1:8080").text).identity.token == "secret")
  }

  @Test("an exec plugin with all that it is told")
  func exec() throws {
    var sample = SampleKubeconfig()
    sample.cluster = [
      "certificate-authority-data: \(Base64.encode(try TestCertificates.shared().authority.certificateText))",
      "extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: x}}]",
    ]
    sample.user = [
      "exec:", "  apiVersion: client.authentication.k8s.io/v1", "  command: bin/login", "  args: [a, 'b c']",
      "  env: [{name: PROFILE, value: dev}]", "  provideClusterInfo: true", "  interactiveMode: IfAvailable",
      "  installHint: ask Bob",
    ]
    let directory = try TemporaryDirectory()
    let plugin = try #require(try access(sample.text, in: directory).identity.plugin)
    #expect(plugin.command == directory.path + "/bin/login")
    #expect(plugin.arguments == ["a", "b c"])
    #expect(plugin.environment == [ExecPlugin.Variable(name: "PROFILE", value: "dev")])
    #expect(plugin.installHint == "ask Bob")
    #expect(
      plugin.information.hasPrefix(
        "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"spec\":{\"interactive\":false,"
          + "\"cluster\":{\"server\":\"https://10.0.0.1:6443\",\"certificate-authority-data\":\"LS0t"))
    #expect(plugin.information.hasSuffix("\"config\":{\"audience\":\"x\"}}}}"))
    sample.user[2] = "  command: login"
    #expect(try access(sample.text).identity.plugin?.command == "login")
  }

  @Test("whom the hub acts for becomes headers")
  func impersonation() throws {
    let user = ["as: bob", "as-groups: [a, b]", "as-user-extra: {reason: [why]}"]
    let headers = try access(SampleKubeconfig(user: user).text).identity.impersonation
    #expect(
      headers.map { "\($0.name): \($0.value)" } == [
        "Impersonate-User: bob", "Impersonate-Group: a", "Impersonate-Group: b",
        "Impersonate-Extra-reason: why",
      ])
  }

  @Test(
    "of several files the first that has a name counts, as a whole, and so does the first current-context")
  func merge() throws {
    let directory = try TemporaryDirectory()
    let one = try directory.write(
      "one", "users: [{name: me, user: {token: first}}]\ncurrent-context: two")
    let two = try directory.write("two", SampleKubeconfig(user: ["token: second", "as: bob"]).text)
    let three = try directory.write(
      "three",
      "contexts: [{name: two, context: {cluster: there, user: me}}, {name: dev, context: {cluster: x, user: me}}]"
    )
    let files = [directory.path + "/missing", one, two, three]
    let merged = try Kubeconfig(files: files, mustExist: false, setting: "KUBECONFIG")
    let access = try merged.access(context: nil)
    #expect(access.origin == "context \"two\" of \(three)")
    #expect(access.identity.token == "first")
    #expect(access.identity.impersonation.isEmpty)
    #expect(try merged.access(context: "dev").baseURL == "https://10.0.0.1:6443")
  }

  @Test("a fault in a context that is not chosen does no harm")
  func otherContext() throws {
    let text =
      SampleKubeconfig().text + "- name: broken\n  user: {token: 5}\n"
    #expect(try access(text).identity.token == "secret")
  }

  @Test("a context without a user is anonymous")
  func anonymous() throws {
    let text = SampleKubeconfig().text.replacing(", user: me}", with: "}")
    #expect(try access(text).identity == APIIdentity())
  }

  @Test("in a pod the server and the files of the service account are those of the kubelet")
  func pod() throws {
    let directory = "/var/run/secrets/kubernetes.io/serviceaccount"
    for (host, url) in [("10.96.0.1", "https://10.96.0.1:6443"), ("fd00::1", "https://[fd00::1]:6443")] {
      let access = try AccessFinder(
        environment: ["KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": "6443", "HOME": "/nowhere"]
      ).find()
      #expect(access.baseURL == url)
      #expect(access.identity.tokenFile == directory + "/token")
      #expect(access.trust.authorities == .file(directory + "/ca.crt"))
      #expect(access.trust.verifiesServer)
      #expect(access.origin == "the pod's service account")
      #expect(access.places.identity == directory + "/token")
      #expect(access.places.authorities == directory + "/ca.crt")
    }
  }

  @Test("the flag counts before KUBECONFIG, that before the pod's account, that before ~/.kube/config")
  func precedence() throws {
    let directory = try TemporaryDirectory()
    func file(_ name: String) throws -> String {
      try directory.write(name, SampleKubeconfig(server: "https://\(name).example").text)
    }
    let (flag, listed) = (try file("flag"), try file("listed"))
    let home = try TemporaryDirectory(containing: ".kube")
    try home.write(".kube/config", SampleKubeconfig(server: "https://home.example").text)
    var environment = [
      "HOME": home.path, "KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBECONFIG": "/nowhere:" + listed,
      "KUBERNETES_API_URL": "http://127.0.0.1:1",
    ]
    func found(kubeconfig: String? = nil, context: String? = nil) throws -> String {
      var finder = AccessFinder(environment: environment)
      finder.kubeconfig = kubeconfig.map { SettingValue(value: $0, shown: "--kubeconfig") }
      finder.context = context.map { SettingValue(value: $0, shown: "--context") }
      return try finder.find().baseURL
    }
    #expect(try found(kubeconfig: flag) == "https://flag.example")
    #expect(try found() == "http://127.0.0.1:1")
    #expect(try found(context: "dev") == "https://listed.example")
    environment["KUBERNETES_API_URL"] = nil
    #expect(try found() == "https://listed.example")
    environment["KUBECONFIG"] = ""
    #expect(try found() == "https://10.96.0.1:443")
    #expect(try found(context: "dev") == "https://home.example")
    environment["KUBERNETES_SERVICE_HOST"] = nil
    #expect(try found() == "https://home.example")
  }
}
