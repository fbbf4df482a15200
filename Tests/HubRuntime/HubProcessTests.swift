import Foundation
import HTTP
import TestSupport
import Testing

@Suite("The executable hub")
struct HubProcessTests {
  @Test(
    "exit codes and messages",
    arguments: [
      (
        ["serve", "--listen", "abc", "--api-server", "http://x"], 2,
        "hub serve: --listen: \"abc\" is not ADDR:PORT; write for example 127.0.0.1:8080\n"
      ),
      (["nonsense"], 2, "hub: unknown command \"nonsense\"; hub help lists what there is\n"),
      (
        ["tail"], 2, "hub tail: which subscription? Write -f FILE, or --subscription NAMESPACE/NAME\n"
      ),
      (
        ["tail", "--subscription", "foo", "--server", "http://127.0.0.1:1"], 2,
        "hub tail: --subscription: \"foo\" is not NAMESPACE/NAME\n"
      ),
      (
        ["tail", "-f", "/nowhere.yaml", "--server", "http://127.0.0.1:1"], 2,
        "hub tail: -f: /nowhere.yaml: cannot read it: No such file or directory\n"
      ),
      (
        ["tail", "-f", "x", "--server", "http://127.0.0.1:1", "--context", "a"], 2,
        "hub tail: --server and --context exclude each other: give one of them\n"
      ),
      (["check"], 2, "hub check: which file? Write for example hub check config/subscriptions/*.yaml\n"),
      (
        ["check", "/nowhere.json"], 2, "hub check: /nowhere.json: cannot read it: No such file or directory\n"
      ),
      (["check", "/dev/null"], 2, "hub check: /dev/null: cannot read it: not a regular file\n"),
      (
        ["check", "/nowhere/x.yaml"], 2,
        "hub check: /nowhere/x.yaml: cannot read it: No such file or directory\n"
      ),
      (
        ["devcluster", "--listen", "x"], 2,
        "hub devcluster: --listen: \"x\" is not ADDR:PORT; write for example 127.0.0.1:8080\n"
      ),
      (
        ["serve", "--subscriptions", "/nowhere", "--api-server", "http://x"], 2,
        "hub serve: --subscriptions: cannot read /nowhere: No such file or directory\n"
      ),
    ] as [([String], Int32, String)])
  func usage(arguments: [String], code: Int32, message: String) async throws {
    let hub = try BuiltProcess("hub", arguments)
    #expect(try await hub.end() == code)
    #expect(hub.errors == message)
  }

  @Test(
    "help goes to standard output and is a success",
    arguments: [
      ["help"], ["--help"], ["serve", "--help"], ["check", "-h"], ["devcluster", "--help"], ["version"],
    ])
  func help(arguments: [String]) async throws {
    let hub = try BuiltProcess("hub", arguments)
    #expect(try await hub.end() == 0)
    #expect(hub.output.hasPrefix(arguments == ["version"] ? "hub " : "usage: hub"))
    #expect(hub.errors.isEmpty)
  }

  @Test("serve without an API server: alive, not ready and says so; SIGTERM ends it with 0")
  func serve() async throws {
    let hub = try BuiltProcess(
      "hub", ["serve", "--api-server", "http://127.0.0.1:1", "--listen", "127.0.0.1:0"])
    let url = try await hub.field("admin")
    let client = HTTPClientThread()
    defer { client.stop() }
    func get(_ path: String) async throws -> HTTPResponse {
      try await client.send(HTTPClientRequest(url: url + path, deadlineMilliseconds: 20_000))
    }
    #expect(try await get("/healthz").status == 200)
    let ready = try await get("/readyz")
    #expect(ready.status == 503)
    #expect(String(decoding: ready.body, as: UTF8.self).hasPrefix("not ready; waiting for:\n- "))
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
  }

  @Test("the admin port is taken: exit 1 with the address")
  func portTaken() async throws {
    let server = try HTTPServer(HTTPServerConfiguration()) { _, _ in }
    let hub = try BuiltProcess(
      "hub",
      [
        "serve", "--api-server", "http://127.0.0.1:1", "--listen", "127.0.0.1:\(server.port)",
      ])
    #expect(try await hub.end() == 1)
    #expect(
      hub.errors
        == "hub serve: --listen: cannot listen on 127.0.0.1:\(server.port): Address already in use\n")
  }

  @Test("check: findings by line and column with exit 1, what would be watched with exit 0")
  func check() async throws {
    let directory = try TemporaryDirectory()
    let good = try directory.write("good.json", Self.subscription(kind: "Foo"))
    var hub = try BuiltProcess("hub", ["check", good])
    #expect(try await hub.end() == 0)
    #expect(hub.output.contains("watches Foo (samplecontroller.k8s.io/v1alpha1)"))
    let bad = try directory.write("bad.json", "{\n \"kind\": 1}")
    hub = try BuiltProcess("hub", ["check", good, bad])
    #expect(try await hub.end() == 1)
    #expect(hub.output.contains("\(bad):2:"))
    hub = try BuiltProcess("hub", ["check", "--json", good, bad])
    #expect(try await hub.end() == 1)
    #expect(hub.output.contains("\"valid\": false"))
    hub = try BuiltProcess("hub", ["check", "/nowhere", bad])
    #expect(try await hub.end() == 2)
    #expect(hub.output.contains("\(bad):2:"))
    #expect(hub.errors == "hub check: /nowhere: cannot read it: No such file or directory\n")
  }

  @Test("check: a folder by its kustomization, YAML with line and column, other kinds passed over")
  func checkFolder() async throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write(
      "all.yaml", "apiVersion: v1\nkind: ServiceAccount\n---\n" + Self.subscription(kind: "Foo"))
    try directory.write("kustomization.yaml", "resources: [all.yaml]")
    var hub = try BuiltProcess("hub", ["check", directory.path])
    #expect(try await hub.end() == 0)
    #expect(hub.output.contains("\(file):4: default/foo watches Foo (samplecontroller.k8s.io/v1alpha1)"))
    #expect(hub.output.contains("\(file): passed over, as no OperatorSubscription: ServiceAccount\n"))
    try directory.write(
      "all.yaml", "apiVersion: frugalhub.dev/v1alpha1\nkind: OperatorSubscription\nspec: []\n")
    hub = try BuiltProcess("hub", ["check", directory.path])
    #expect(try await hub.end() == 1)
    #expect(hub.output.contains("\(file):3:7: spec: is an array, not an object; write an object in braces\n"))
    try directory.write("all.yaml", "apiVersion: v1\nkind: ServiceAccount\n")
    hub = try BuiltProcess("hub", ["check", directory.path])
    #expect(try await hub.end() == 1)
    #expect(
      hub.output.contains("\(directory.path):1:1: (object): there is no OperatorSubscription; write one"))
  }

  @Test("devcluster serves, says where, and ends with 0 at SIGINT")
  func devCluster() async throws {
    let hub = try BuiltProcess("hub", ["devcluster", "--listen", "127.0.0.1:0"])
    try await waitUntil("it is up") { hub.output.contains("try: kubectl --server=http://127.0.0.1:") }
    kill(hub.pid, SIGINT)
    #expect(try await hub.end() == 0)
  }

  private static func subscription(kind: String) -> String {
    """
    {"apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription",
     "metadata": {"name": "foo", "namespace": "default"},
     "spec": {"resources": [{"apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "\(kind)"}],
              "sink": {"uri": "http://foo.default.svc.cluster.local/"}}}
    """
  }
}
