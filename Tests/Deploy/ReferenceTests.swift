import Foundation
import HTTP
import TestSupport
import Testing

@Suite("The reference pages say what the hub does", .timeLimit(.minutes(5)))
struct ReferenceTests {
  /// A family of metrics: its type, and the labels of its samples but those of every histogram.
  private struct Family: Equatable {
    let type: String
    var labels: Set<String>
  }

  @Test("docs/metrics.md: every metric, with type and labels, and no other")
  func metrics() async throws {
    let stage = try await KubectlStage()
    try await stage.kubectl("apply", "-k", "deploy/hub")
    try await stage.kubectl("apply", "-k", "deploy/foo")
    try await stage.kubectl("apply", "-n", "default", "-f", "deploy/foo/example-foo.yaml")
    let hub = try stage.startHub()
    _ = try await stage.value(".spec.replicas", of: "deployment", "example-foo")
    let client = HTTPClientThread()
    let answer = try await client.send(
      HTTPClientRequest(url: try await hub.field("admin") + "/metrics", deadlineMilliseconds: 30_000))
    let shown = Self.families(String(decoding: answer.body, as: UTF8.self))
    client.stop()
    kill(hub.pid, SIGTERM)
    _ = try await hub.end()
    try await stage.stop()

    var documented: [String: Family] = [:]
    for row in try Page("docs/metrics.md").rows where row[0].hasPrefix("`") {
      let name = try #require(Page.codes(row[0]).first)
      #expect(documented[name] == nil)
      documented[name] = Family(type: row[1], labels: Set(Page.codes(row[2])))
    }
    #expect(Set(documented.keys) == Set(shown.keys))
    for (name, family) in shown { #expect(documented[name] == family, "\(name)") }
  }

  private static func families(_ page: String) -> [String: Family] {
    var families: [String: Family] = [:]
    for match in page.matches(of: #/(?m)^# TYPE (\S+) (\S+)$/#) {
      families[String(match.output.1)] = Family(type: String(match.output.2), labels: [])
    }
    for match in page.matches(of: #/(?m)^([a-z_]+?)(?:_bucket|_sum|_count)?(?:\{(.*)\})? \S+$/#) {
      let name = String(match.output.1)
      for label in (match.output.2 ?? "").matches(of: #/([a-z_]+)="/#) where label.output.1 != "le" {
        families[name]?.labels.insert(String(label.output.1))
      }
    }
    return families
  }

  @Test("alerts and dashboard ask for metrics that exist, and every alert is explained")
  func alerts() throws {
    let known = Set(try Page("docs/metrics.md").rows.flatMap { Page.codes($0[0]) })
    let texts = try ["prometheusrule.yaml", "dashboard.json"].map {
      try Repository.text("deploy/monitoring/" + $0)
    }
    var asked = 0
    for match in texts.joined().matches(of: #/\b(?:frugalhub|workqueue|rest_client|process)_[a-z_]+/#) {
      let name = String(match.output)
      asked += 1
      #expect(known.contains(name.replacing(#/_(bucket|sum|count)$/#, with: "")), "\(name)")
    }
    #expect(asked > 20)
    let explained = Set(try Page("docs/troubleshooting.md").rows.flatMap { Page.codes($0[0]) })
    let names = texts[0].matches(of: #/alert: (\w+)/#).map { String($0.output.1) }
    #expect(names.count > 5)
    for name in names { #expect(explained.contains(name), "\(name)") }
  }

  /// The Swift sources of a folder.
  private func sources(_ folder: String) throws -> [String] {
    let files = FileManager.default.enumerator(
      at: Repository.root.appending(path: folder), includingPropertiesForKeys: nil)
    return try (files?.allObjects ?? []).compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
      .map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
  }

  @Test("docs/troubleshooting.md: every reason of a condition")
  func reasons() throws {
    let rows = try Page("docs/troubleshooting.md").rows
    let explained = Set(rows.filter { $0.count == 4 }.flatMap { Page.codes($0[1]) })
    var found: Set<String> = []
    // Where conditions are settled, a word in camel case is a reason.
    let isSettled = #/\.set\(\s*\.|unresolved\(/#
    for source in try sources("Sources/Hub/Engine") where source.contains(isSettled) {
      for match in source.matches(of: #/"([A-Z][A-Za-z]*[a-z])"/#) { found.insert(String(match.output.1)) }
    }
    found.subtract(["Authorized", "ResourcesFound", "SinkResolved", "True", "False"])
    #expect(found.count > 12)
    #expect(found.subtracting(explained) == [])
  }

  @Test("docs/troubleshooting.md: every line of the log from info up")
  func lines() throws {
    let explained = try Page("docs/troubleshooting.md").section("Log lines")?.text ?? ""
    var found: Set<String> = []
    for source in try sources("Sources/Hub/Engine") + sources("Sources/Hub/Runtime") {
      for match in source.matches(of: #/\.(?:error|warning|warn|info),\s+"([^"\\]+)"/#) {
        found.insert(String(match.output.1))
      }
    }
    #expect(found.count > 20)
    #expect(found.filter { !explained.contains($0) } == [], "docs/troubleshooting.md must explain these")
  }
}
