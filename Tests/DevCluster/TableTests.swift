import HTTP
import JSONScan
import TestSupport
import Testing

@testable import DevCluster

@Suite("DevCluster serves tables, as kubectl get asks for them")
struct TableTests {
  static let accept =
    "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"

  /// The descriptions of columns are worded differently, and ages depend on the moment.
  private func differences(_ actual: JSONValue, _ recorded: JSONValue) -> [String] {
    RecordedComparison.differences(
      Self.withoutAges(actual), Self.withoutAges(recorded), ignoring: ["description"])
  }

  private static func withoutAges(_ table: JSONValue) -> JSONValue {
    var table = table
    table["rows"] = .array(
      (table["rows"]?.array ?? []).map { row in
        var row = row
        row["cells"] = .array(row["cells"]?.array?.dropLast() ?? [])
        return row
      })
    return table
  }

  @Test("a page of ConfigMaps is the recorded table: columns, cells, and the metadata of the objects")
  func recordedList() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    let recorded = try RecordedComparison.recorded("list-configmaps-table.json")
    for row in recorded["rows"]?.array ?? [] {
      var object = ClusterHarness.configMap(row["object"]?.name ?? "")
      object.set(row["object"]?["metadata"]?["labels"], at: ["metadata", "labels"])
      #expect(try await harness.post(path, object).status == 201)
    }
    for name in 3..<9 { _ = try await harness.post(path, ClusterHarness.configMap("cm-\(name)")) }
    let reply = try await harness.get(path + "?limit=3", accept: Self.accept)
    #expect(reply.contentType == "application/json")
    #expect(differences(reply.json, recorded) == [])
  }

  @Test("a watch sends recorded tables of one row, of which the first alone describes the columns")
  func recordedWatch() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    let version = try await harness.get(path).json.resourceVersionOfList
    let watch = WatchReader(
      harness, path + "?watch=true&timeoutSeconds=30&resourceVersion=\(version)", accept: Self.accept)
    _ = try await harness.post(path, ClusterHarness.configMap("w", labels: ["app": "a"]))
    _ = try await harness.patch(path + "/w", ["data": ["k": "2"]])
    let events = try await watch.wait(for: 2)
    let recorded = try RecordedComparison.recordedLines("watch-configmaps-table.ndjson")
    for (event, line) in zip(events, recorded.prefix(2)) {
      #expect(event["type"] == line["type"])
      #expect(differences(event["object"] ?? .null, line["object"] ?? .null) == [])
    }
    #expect(events[0]["object"]?["columnDefinitions"]?.array?.count == 3)
    #expect(events[1]["object"]?["columnDefinitions"] == .null)
  }

  @Test("rows carry the object, its metadata or nothing, as includeObject says; other values are refused")
  func included() async throws {
    let harness = try ClusterHarness()
    let path = "/api/v1/namespaces/default"
    func row(_ query: String) async throws -> JSONValue? {
      try await harness.get(path + query, accept: Self.accept).json["rows"]?.array?.first?["object"]
    }
    #expect(try await row("?includeObject=None") == .null)
    #expect(try await row("?includeObject=Object")?["kind"] == "Namespace")
    #expect(try await row("")?["kind"] == "PartialObjectMetadata")
    #expect(try await harness.get(path + "?includeObject=All", accept: Self.accept).status == 400)
  }

  @Test("custom resources show their additionalPrinterColumns")
  func customColumns() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.namespace()
    var crd = ClusterHarness.fooCRD
    var version = crd.value(at: ["spec", "versions"])?.array?.first ?? .null
    version["additionalPrinterColumns"] = [
      ["name": "Replicas", "type": "integer", "jsonPath": ".spec.replicas"],
      ["name": "Deployment", "type": "string", "jsonPath": ".spec.deploymentName", "priority": 1],
      ["name": "Ready", "type": "string", "jsonPath": ".status.conditions[?(@.type==\"Ready\")].status"],
      ["name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"],
    ]
    crd.set([version], at: ["spec", "versions"])
    #expect(try await harness.post(ClusterHarness.crds, crd).status == 201)
    _ = try await harness.post(ClusterHarness.foos, ClusterHarness.foo("a", replicas: 3))
    let table = try await harness.get(ClusterHarness.foos, accept: Self.accept).json
    let names = table["columnDefinitions"]?.array?.compactMap { $0["name"]?.string }
    #expect(names == ["Name", "Replicas", "Deployment", "Ready", "Age"])
    let cells = table["rows"]?.array?.first?["cells"]?.array ?? []
    #expect(Array(cells.prefix(4)) == ["a", 3, "a", .null])
  }

  @Test(
    "a duration shows two units at most",
    arguments: [
      (0, "0s"), (119, "119s"), (120, "2m"), (150, "2m30s"), (599, "9m59s"), (600, "10m"), (10_799, "179m"),
      (10_800, "3h"), (11_000, "3h3m"), (172_799, "47h"), (172_800, "2d"), (180_000, "2d2h"),
      (86_400 * 8, "8d"), (86_400 * 729, "729d"), (86_400 * 800, "2y70d"), (-5, "<invalid>"),
    ] as [(Int64, String)])
  func durations(seconds: Int64, text: String) {
    #expect(CellText.duration(seconds: seconds) == text)
  }

  @Test("JSON paths find members, elements and filtered elements; other forms are no path")
  func paths() {
    let object: JSONValue = [
      "a": ["b.c": 1, "list": [["n": "x", "v": 1], ["n": "y", "v": 2]]]
    ]
    #expect(JSONPath(".a['b.c']")?.values(in: object) == [1])
    #expect(JSONPath(".a.list[0].n")?.values(in: object) == ["x"])
    #expect(JSONPath(".a.list[-1].n")?.values(in: object) == ["y"])
    #expect(JSONPath(".a.list[*].v")?.values(in: object) == [1, 2])
    #expect(JSONPath(".a.list[?(@.n==\"y\")].v")?.values(in: object) == [2])
    #expect(JSONPath(".a.list[?(@.n == 'z')].v")?.values(in: object) == [])
    #expect(JSONPath("a") == nil)
    #expect(JSONPath(".a[?(x)]") == nil)
    #expect(JSONPath(".a['b") == nil)
  }
}
