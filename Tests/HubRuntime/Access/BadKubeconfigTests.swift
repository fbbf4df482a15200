import CloudEvents
import TestSupport
import Testing

@testable import HubRuntime

/// The message for each fault: the file, the place, the field, what is wrong, what to do; and no secret in it.
@Suite("Kubeconfigs that give no access")
struct BadKubeconfigTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let message: String
    var testDescription: String { message }

    /// FILE in the message stands for the file, DIR for its directory.
    init(_ text: String, _ message: String) {
      self.text = text
      self.message = message
    }

    init(cluster: [String] = [], user: [String] = ["token: secret"], _ message: String) {
      self.init(SampleKubeconfig(cluster: cluster, user: user).text, message)
    }
  }

  private static let exec = [
    "exec:", "  apiVersion: client.authentication.k8s.io/v1", "  command: login",
  ]

  static let files: [Case] = [
    Case("", "FILE: no current-context; the file has no contexts either"),
    Case("- a", "FILE:1:1: the file: must be an object, is a list"),
    Case("contexts: {}", "FILE:1:11: contexts: must be a list, is an object"),
    Case("contexts: [x]", "FILE:1:12: contexts[0]: must be an object, is a string"),
    Case(
      "contexts: [{context: {}}]", "FILE:1:12: contexts[0].name: is missing; name the context"),
    Case(
      "users: [{name: a}, {name: a}]",
      "FILE:1:27: users[1].name: the name \"a\" comes twice; remove one of the two"),
    Case("users: [{name: a, user: 5}]", "FILE:1:25: users[0].user: must be an object, is a number"),
    Case(
      "contexts: [{name: b}, {name: a}]", "FILE: no current-context; choose one with --context: a, b"),
    Case(
      "current-context: x\ncontexts: [{name: a}]",
      "FILE: there is no context \"x\"; choose one with --context: a"),
    Case("current-context: 5", "FILE:1:18: current-context: must be a string, is a number; quote it"),
    Case(
      "current-context: a\ncontexts: [{name: a, context: {}}]",
      "FILE:2:31: contexts[0].context.cluster: is missing; name one of the clusters"),
    Case(
      "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]",
      "FILE:2:41: contexts[0].context.cluster: there is no cluster \"c\"; there are none"),
    Case(
      "current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\n"
        + "clusters: [{name: c, cluster: {server: 'https://x'}}]\nusers: [{name: v}]",
      "FILE:2:50: contexts[0].context.user: there is no user \"u\"; there is v"),
    Case(
      "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, cluster: {}}]",
      "FILE:3:31: clusters[0].cluster.server: is missing; write for example https://10.0.0.1:6443"),
    Case(
      SampleKubeconfig(server: "10.0.0.1:6443").text,
      "FILE:10:13: clusters[0].cluster.server: \"10.0.0.1:6443\" is not the URL of an API server; write for example"
        + " https://10.0.0.1:6443"),
  ]

  static let fields: [Case] = [
    Case(
      cluster: ["certificate-authority: none.pem"],
      "FILE:11:28: clusters[0].cluster.certificate-authority: cannot read DIR/none.pem: No such file or directory"
    ),
    Case(
      cluster: ["certificate-authority: ."],
      "FILE:11:28: clusters[0].cluster.certificate-authority: cannot read DIR/.: not a regular file"),
    Case(
      cluster: ["certificate-authority: config"],
      "FILE:11:28: clusters[0].cluster.certificate-authority: DIR/config holds no certificate in PEM form"
        + " (-----BEGIN …-----)"),
    Case(
      cluster: ["certificate-authority-data: '%%'"],
      "FILE:11:33: clusters[0].cluster.certificate-authority-data: is not base64; copy the value again, in one piece"
    ),
    Case(
      cluster: ["certificate-authority-data: YQ=="],
      "FILE:11:33: clusters[0].cluster.certificate-authority-data: the value holds no certificate in PEM form"
        + " (-----BEGIN …-----)"),
    Case(
      cluster: ["insecure-skip-tls-verify: 'yes'"],
      "FILE:11:31: clusters[0].cluster.insecure-skip-tls-verify: must be true or false, is a string"),
    Case(
      cluster: [
        "insecure-skip-tls-verify: true",
        "certificate-authority-data: \(Base64.encode(Array("-----BEGIN CERTIFICATE-----".utf8)))",
      ],
      "FILE:11:31: clusters[0].cluster.insecure-skip-tls-verify: cannot stand beside certificate-authority; remove"
        + " it, and the server is verified"),
    Case(
      cluster: ["proxy-url: ftp://x"],
      "FILE:11:16: clusters[0].cluster.proxy-url: is not an http://, https:// or socks5:// URL"),
    Case(user: ["token: 5"], "FILE:14:12: users[0].user.token: must be a string, is a number; quote it"),
    Case(
      user: ["token: 'a b'"],
      "FILE:14:12: users[0].user.token: cannot be sent: it has characters that no header may carry"),
    Case(
      user: ["tokenFile: none"],
      "FILE:14:16: users[0].user.tokenFile: cannot read DIR/none: No such file or directory"),
    Case(
      user: ["tokenFile: config"],
      "FILE:14:16: users[0].user.tokenFile: DIR/config does not hold a token; write one into it, and nothing else"
    ),
    Case(
      user: ["token: x", "username: u", "password: secret"],
      "FILE:15:15: users[0].user.username: cannot stand beside a token; keep one of the two"),
    Case(user: ["password: secret"], "FILE:14:5: users[0].user.username: is missing; it belongs to password"),
    Case(
      user: ["client-key-data: \(Base64.encode(Array("-----BEGIN PRIVATE KEY-----".utf8)))"],
      "FILE:14:5: users[0].user.client-certificate: is missing; client-key needs client-certificate or"
        + " client-certificate-data"),
    Case(
      user: ["client-certificate-data: \(Base64.encode(Array("-----BEGIN CERTIFICATE-----".utf8)))"],
      "FILE:14:5: users[0].user.client-key: is missing; client-certificate needs client-key or client-key-data"
    ),
    Case(
      user: ["client-key-data: \(Base64.encode(Array("-----BEGIN ENCRYPTED PRIVATE KEY-----".utf8)))"],
      "FILE:14:22: users[0].user.client-key-data: the key in the value is encrypted, and nobody is there to type a"
        + " passphrase; store it decrypted"),
    Case(
      user: ["auth-provider: {name: gcp}"],
      "FILE:14:20: users[0].user.auth-provider: cannot be used by the hub; use an exec plugin of your provider"
    ),
    Case(
      user: ["as-groups: [a]"],
      "FILE:14:5: users[0].user.as: is missing; as-uid, as-groups and as-user-extra belong to a user"),
    Case(
      user: ["exec: {apiVersion: client.authentication.k8s.io/v1}"],
      "FILE:14:11: users[0].user.exec.command: is missing; name the program to run"),
    Case(
      user: ["exec: {command: x}"],
      "FILE:14:11: users[0].user.exec.apiVersion: is missing; write client.authentication.k8s.io/v1 or"
        + " client.authentication.k8s.io/v1beta1"),
    Case(
      user: ["exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}"],
      "FILE:14:36: users[0].user.exec.apiVersion: \"client.authentication.k8s.io/v1alpha1\" is not one of"
        + " client.authentication.k8s.io/v1, client.authentication.k8s.io/v1beta1"),
    Case(
      user: exec + ["  env: [{value: x}]"],
      "FILE:17:13: users[0].user.exec.env[0].name: is missing; name the variable"),
    Case(
      user: exec + ["  args: [1]"],
      "FILE:17:14: users[0].user.exec.args[0]: must be a string, is a number; quote it"),
    Case(
      user: exec + ["  interactiveMode: Always"],
      "FILE:17:24: users[0].user.exec.interactiveMode: cannot be used by the hub; the hub has no terminal; write Never"
        + " if the program can do without"),
  ]

  @Test("each fault of a file or field has its message", arguments: files + fields)
  func message(_ test: Case) throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write("config", test.text)
    let error = #expect(throws: KubeconfigError.self) {
      try Kubeconfig(files: [file], mustExist: true, setting: "--kubeconfig").access(context: nil)
    }
    let shown = error.map { "\($0)" } ?? ""
    #expect(!shown.contains("secret"))
    #expect(shown == test.message.replacing("FILE", with: file).replacing("DIR", with: directory.path))
  }

  @Test("a text that is no YAML is named with its place")
  func syntax() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write("config", "a: 1\nb: [1,\n")
    let error = #expect(throws: KubeconfigError.self) {
      try Kubeconfig(files: [file], mustExist: true, setting: "--kubeconfig")
    }
    #expect("\(try #require(error))".hasPrefix("\(file):"))
    try directory.write("config", "a: 1\n---\nb: 1\n")
    #expect(throws: KubeconfigError.syntax(path: file, reason: " the file has 2 documents; keep one of them"))
    {
      try Kubeconfig(files: [file], mustExist: true, setting: "--kubeconfig")
    }
  }

  @Test("of several files one that is there but cannot be read is named")
  func unreadable() throws {
    let directory = try TemporaryDirectory()
    #expect(
      throws: KubeconfigError.unreadable(
        setting: "KUBECONFIG", path: directory.path, reason: "not a regular file")
    ) {
      try Kubeconfig(files: ["/nowhere", directory.path], mustExist: false, setting: "KUBECONFIG")
    }
  }
}
