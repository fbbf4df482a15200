import JSONScan
import Testing

@testable import DevCluster

/// Time that moves when a test says so; work runs in the order of its due time.
final class ManualScheduler: ClusterScheduler {
  var now: Int64 = 1_764_000_000_000_000_000
  private var waiting: [(due: Int64, order: Int, work: () -> Void)] = []
  private var count = 0

  func after(milliseconds: Int, _ work: @escaping () -> Void) {
    count += 1
    waiting.append((now + Int64(milliseconds) * 1_000_000, count, work))
  }

  /// Runs what is due, and what that makes due.
  func run(milliseconds: Int = 0) {
    now += Int64(milliseconds) * 1_000_000
    while let next = waiting.filter({ $0.due <= now }).min(by: { ($0.due, $0.order) < ($1.due, $1.order) }) {
      waiting.removeAll { $0.order == next.order }
      next.work()
    }
  }
}

@Suite("ClusterStore")
struct StoreTests {
  private let scheduler = ManualScheduler()
  private let store: ClusterStore
  private let options = WriteOptions(manager: "test")

  init() {
    store = ClusterStore(scheduler: scheduler, historyLimit: 8, seed: 7)
    InitialObjects.create(in: store)
  }

  private func create(_ name: String, k: String = "1") throws -> JSONValue {
    try store.create(
      ClusterHarness.configMap(name, k: k), in: BuiltInResources.configMaps, namespace: "default",
      options: options)
  }

  private func set(_ name: String, k: String) throws {
    try store.modify(BuiltInResources.configMaps, namespace: "default", name: name, options: options) { old in
      MergePatch.apply(["data": ["k": .string(k)]], to: old)
    }
  }

  @Test("an observer gets what exists and then each change once, in order, after the write has returned")
  func observe() throws {
    // Not yet told to anybody when the observer comes.
    _ = try create("a")
    var seen: [String] = []
    let observation = store.observe(BuiltInResources.configMaps.id) { change in
      seen.append(
        "\(change.kind) \(change.object.name) \(change.object.value(at: ["data", "k"])?.string ?? "")")
    }
    _ = try create("b")
    #expect(seen == [])
    scheduler.run()
    #expect(seen == ["added a 1", "added b 1"])
    try set("a", k: "2")
    try set("a", k: "2")
    _ = try store.delete(BuiltInResources.configMaps, namespace: "default", name: "b")
    scheduler.run()
    #expect(seen == ["added a 1", "added b 1", "modified a 2", "deleted b 1"])
    observation.cancel()
    try set("a", k: "3")
    scheduler.run()
    #expect(seen.count == 4)
  }

  @Test("an observer that writes does not change the order that another observer sees")
  func writingObserver() throws {
    var seen: [String] = []
    let writer = store.observe(BuiltInResources.configMaps.id) { [store, options] change in
      guard change.object.value(at: ["data", "k"]) == "1" else { return }
      _ = try? store.modify(
        BuiltInResources.configMaps, namespace: "default", name: change.object.name, options: options
      ) { old in MergePatch.apply(["data": ["k": "2"]], to: old) }
    }
    let reader = store.observe(BuiltInResources.configMaps.id) { change in
      seen.append("\(change.object.name)\(change.object.value(at: ["data", "k"])?.string ?? "")")
    }
    _ = try create("a")
    _ = try create("b")
    scheduler.run()
    #expect(seen == ["a1", "b1", "a2", "b2"])
    withExtendedLifetime((writer, reader)) {}
  }

  @Test("an old version of a table is what was listed then; beyond the history there is none")
  func rewind() throws {
    let id = BuiltInResources.configMaps.id
    var snapshots: [UInt64: [String: String]] = [:]
    func snapshot() {
      snapshots[store.version] = Dictionary(
        uniqueKeysWithValues: store.list(id).map { ($0.name, $0.value(at: ["data", "k"])?.string ?? "") })
    }
    snapshot()
    for step in 0..<40 {
      let name = "c\(step % 5)"
      if store.find(id, namespace: "default", name: name) == nil {
        _ = try create(name, k: "\(step)")
      } else if step % 3 == 0 {
        _ = try store.delete(BuiltInResources.configMaps, namespace: "default", name: name)
      } else {
        try set(name, k: "\(step)")
      }
      snapshot()
    }
    let table = try #require(store.table(id))
    var known = 0
    for (version, expected) in snapshots {
      guard let old = table.rewound(to: version) else { continue }
      known += 1
      let found = old.keys.map { ($0.name, old[$0]?.value(at: ["data", "k"])?.string ?? "") }
      #expect(Dictionary(uniqueKeysWithValues: found) == expected)
      #expect(old.keys == old.keys.sorted())
    }
    #expect(known >= 8 && known < snapshots.count)
    #expect(table.history.events(after: 0) == nil)
    #expect(table.history.events.count <= 10)
  }

  @Test("keys sort as etcd's do, and a namespace is one range of them")
  func keys() throws {
    var table = ResourceTable(historyLimit: 100, completeAfter: 0)
    let places = [
      ("a", "x"), ("a-b", "x"), ("a.b", "x"), ("a", "a-1"), ("a", "a.1"), ("b", "0"), ("a0", "x"),
    ]
    for (index, place) in places.enumerated() {
      let object: JSONValue = [
        "metadata": ["namespace": .string(place.0), "name": .string(place.1)]
      ]
      table.apply(StoreEvent(kind: .added, version: UInt64(index + 1), object: object, previous: nil))
    }
    #expect(table.keys.map(\.path) == ["a-b/x", "a.b/x", "a/a-1", "a/a.1", "a/x", "a0/x", "b/0"])
    #expect(table.keys(namespace: "a").map(\.path) == ["a/a-1", "a/a.1", "a/x"])
    #expect(table.keys(namespace: "a", from: "a/a.1").map(\.path) == ["a/a.1", "a/x"])
    #expect(table.keys(namespace: "c").isEmpty)
    #expect(table.keys(namespace: nil, from: "a/x").map(\.path) == ["a/x", "a0/x", "b/0"])
  }

  @Test("the same seed makes the same uids and names; uids are canonical UUIDs of version 4")
  func names() {
    var one = NameGenerator(seed: 3)
    var other = NameGenerator(seed: 3)
    for _ in 0..<50 {
      let uid = one.uid()
      #expect(uid == other.uid())
      #expect(
        uid.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
      let suffix = one.suffix()
      #expect(suffix == other.suffix())
      #expect(suffix.utf8.count == 5)
    }
  }

  @Test(
    "times are written as RFC 3339 in UTC with whole seconds",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"),
      (951_782_400, "2000-02-29T00:00:00Z"),
      (1_709_164_800, "2024-02-29T00:00:00Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
      (-1, "1969-12-31T23:59:59Z"), (1_764_038_400, "2025-11-25T02:40:00Z"),
    ])
  func timestamps(seconds: Int64, text: String) {
    #expect(Timestamp.text(nanosecondsSince1970: seconds * 1_000_000_000) == text)
    #expect(Timestamp.text(nanosecondsSince1970: seconds * 1_000_000_000 + 999_999_999) == text)
  }

  @Test("Base64 has the values of RFC 4648, and the URL form is read back")
  func base64() {
    for (text, encoded) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ] {
      #expect(Base64.encode(Array(text.utf8)) == encoded)
    }
    for count in 0..<70 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 200) }
      #expect(Base64.decodeURL(Base64.encodeURL(bytes)) == bytes)
    }
    #expect(Base64.decodeURL("a+b") == nil)
  }

  @Test("field sets are read and written alike, and empty branches go")
  func fieldTree() throws {
    let text = #"{"f:data":{".":{},"f:k":{}},"f:metadata":{"f:labels":{".":{},"f:app":{}}}}"#
    let json = try JSONValue(parsing: Array(text.utf8))
    var tree = FieldTree(json)
    #expect(tree.json == json)
    tree.remove(["f:data", "f:k"])
    #expect(tree.json["f:data"] == .emptyObject)
    tree.remove(["f:data"])
    #expect(tree.json["f:data"] == nil)
    tree.remove(["f:metadata", "f:labels"])
    tree.remove(["f:metadata", "f:labels", "f:app"])
    #expect(tree.isEmpty)
    tree.insert(["f:a", "f:b"])
    #expect(tree.json == ["f:a": ["f:b": [:]]])
  }
}
