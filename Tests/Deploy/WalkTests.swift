import Foundation
import JSONScan
import TestSupport
import Testing

@Suite("The operator's walk, as its pages have it", .serialized, .timeLimit(.minutes(5)))
struct WalkTests {
  @Test("docs/install.md: the hub, Foo, a Deployment deleted by hand, and all taken away again")
  func install() async throws {
    let page = try Page("docs/install.md")
    let foo = try #require(page.section("3. Foo, with Knative Serving"))
    #expect(foo.commands.count == 3)
    let stage = try await KubectlStage()
    let applied = try #require(page.section("2. The hub")?.commands.first).split(separator: "\n")
    // The other line waits for a pod, which takes a kubelet.
    #expect(applied.count == 2 && applied[1].hasPrefix("kubectl rollout status "))
    try await stage.shell(String(applied[0]))
    let hub = try stage.startHub()
    try await stage.shell(foo.commands[0])
    let table = try #require(foo.blocks.first { $0.language.isEmpty })
    try await waitUntil("the table of the page", seconds: 90) {
      Self.shape(try await stage.shell(foo.commands[1])) == Self.shape(table.text)
    }
    let before = try await stage.value(".metadata.uid", of: "deployment", "example-foo")
    let deletion = foo.commands[2].split(separator: "\n")
    try await stage.shell(String(deletion[0]))
    try await waitUntil("another Deployment of the name", seconds: 90) {
      try await stage.value(".metadata.uid", of: "deployment", "example-foo") != before
    }
    try await stage.shell(String(deletion[1]))
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
    for command in try #require(page.section("Taking it away")).commands { try await stage.shell(command) }
    try await stage.stop()
  }

  /// A table of kubectl without what differs from place to place: addresses and ages.
  private static func shape(_ table: String) -> [[Substring]] {
    table.split(separator: "\n").map { line in
      line.split(separator: " ").map { $0.hasPrefix("http") ? "URL" : $0.contains(#/^\d+[sm]/#) ? "AGE" : $0 }
    }
  }

  @Test("README.md: its commands for a cluster are those of docs/install.md")
  func readme() throws {
    let run = try Page("docs/install.md").commands.joined().split(separator: "\n").map(String.init)
    let commands = try #require(try Page("README.md").section("On a cluster")).commands.joined()
    let lines = commands.split(separator: "\n").map { String($0.replacing(#/ +#.*/#, with: "")) }
    #expect(lines.count == 4)
    for line in lines { #expect(run.contains(line)) }
  }

  @Test("docs/install.md: without a cluster the same files are applied, by the arguments of the StatefulSet")
  func withoutCluster() throws {
    let page = try Page("docs/install.md")
    let commands = try #require(page.section("Trying it without a cluster")).commands.joined()
    let foo = try #require(page.section("3. Foo, with Knative Serving")).commands.joined()
    for line in foo.split(separator: "\n") { #expect(commands.contains(line + "\n")) }
    let arguments = try Repository.object("StatefulSet", "frugalhub", in: "deploy/hub")?.at(
      "spec.template.spec.containers.0.args")?.strings
      // A dev cluster begins anew, so its hub's state does, too.
      .map { $0 == "/var/lib/frugalhub" ? "\"$(mktemp -d)\"" : $0 }
    #expect(commands.contains("hub \(try #require(arguments).joined(separator: " ")) --api-server "))
  }

  @Test("docs/first-subscription.md: checked, applied, ready, and its sink is called")
  func firstSubscription() async throws {
    let page = try Page("docs/first-subscription.md")
    let stage = try await KubectlStage()
    let folder = stage.home.appending(path: "work")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for block in page.blocks where block.language == "yaml" {
      let name = try #require(block.text.firstMatch(of: #/^# (\S+)\n/#)).output.1
      try block.text.write(to: folder.appending(path: String(name)), atomically: true, encoding: .utf8)
    }
    let check = try #require(page.section("2. Say what you want to hear of"))
    let found = try await stage.shell(#require(check.commands.first), in: folder)
    #expect(found == check.blocks.last?.text)

    let mark = stage.home.appending(path: "called").path
    try Self.reconciler(mark).write(
      to: folder.appending(path: "reconciler.json"), atomically: true, encoding: .utf8)
    try await stage.kubectl("apply", "-k", "deploy/hub")
    try await stage.kubectl("apply", "-f", folder.appending(path: "reconciler.json").path)
    let hub = try stage.startHub()
    let apply = try #require(page.section("3. Apply")).commands
    try await stage.shell(apply[0], in: folder)
    try await waitUntil("it is ready", seconds: 90) {
      try await stage.kubectl("get", "opsub", "settings", "-n", "default").contains(
        #/settings +True +Ready /#)
    }
    #expect(!FileManager.default.fileExists(atPath: mark))
    try await stage.shell(apply[1], in: folder)
    try await waitUntil("the sink is called", seconds: 90) { FileManager.default.fileExists(atPath: mark) }
    kill(hub.pid, SIGTERM)
    #expect(try await hub.end() == 0)
    try await stage.stop()
  }

  /// A Knative Service of the name in the page, which makes a file at its first event.
  private static func reconciler(_ mark: String) -> String {
    let container: JSONValue = ["image": "test-sink", "command": ["test-sink", "--mark", .string(mark)]]
    let object: JSONValue = [
      "apiVersion": "serving.knative.dev/v1", "kind": "Service",
      "metadata": ["name": "my-reconciler", "namespace": "default"],
      "spec": ["template": ["spec": ["containers": [container]]]],
    ]
    return String(decoding: object.serialized(), as: UTF8.self)
  }
}
