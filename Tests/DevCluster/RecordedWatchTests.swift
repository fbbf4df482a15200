import JSONScan
import TestSupport
import Testing

@testable import DevCluster

/// The watches of the recording, with the writes that it tells of: the same events in the same form.
@Suite("DevCluster watches as recorded")
struct RecordedWatchTests {
  /// Holds events to recorded lines; nil where the recording did something that is not served here.
  private func expect(
    _ events: [JSONValue], are name: String, lines: [Int], ignoring: Set<String> = [],
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let recorded = try RecordedComparison.recordedLines(name)
    try #require(events.count >= lines.count, "\(name)", sourceLocation: location)
    for (event, line) in zip(events, lines) {
      let differences = RecordedComparison.differences(event, recorded[line], ignoring: ignoring)
      #expect(differences == [], "\(name), line \(line + 1)", sourceLocation: location)
    }
  }

  @Test("a ConfigMap's life reaches watches whole, as metadata and through a selector as recorded")
  func configMaps() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    let version = try await harness.get(path).json.resourceVersionOfList
    let watch = path + "?watch=true&resourceVersion=\(version)"
    let partial = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
    let whole = WatchReader(harness, watch)
    let metadata = WatchReader(harness, watch, accept: partial)
    let selected = WatchReader(harness, watch + "&labelSelector=app%3Da")

    _ = try await harness.post(path, ClusterHarness.configMap("w", labels: ["app": "a"]))
    _ = try await harness.patch(path + "/w", ["data": ["k": "2"]])
    _ = try await harness.patch(path + "/w", ["data": ["k": "2"]])
    _ = try await harness.patch(path + "/w", ["metadata": ["labels": ["app": "b"]]])
    _ = try await harness.delete(path + "/w")
    _ = try await harness.post(path, ClusterHarness.configMap("w", labels: ["app": "a"], k: "new"))

    // Line 4 of the recording is a server-side apply, line 5 deletes what it made.
    let events = try await whole.wait(for: 5)
    try expect(Array(events[0..<3]), are: "watch-configmaps.ndjson", lines: [0, 1, 2])
    #expect(whole.summary[3] == "DELETED w")
    try expect([events[4]], are: "watch-configmaps.ndjson", lines: [5])
    let metadataEvents = try await metadata.wait(for: 5)
    try expect(Array(metadataEvents[0..<3]), are: "watch-configmaps-partial.ndjson", lines: [0, 1, 2])
    try expect([metadataEvents[4]], are: "watch-configmaps-partial.ndjson", lines: [5])
    let selectedEvents = try await selected.wait(for: 4)
    try expect(selectedEvents, are: "watch-configmaps-selector.ndjson", lines: [0, 1, 2, 3])
    #expect(
      selectedEvents[2]["object"]?.resourceVersion == events[2]["object"]?.resourceVersion,
      "leaving carries the version of the change that did it")
  }

  @Test("the last event of a watch with bookmarks is a bookmark in the recorded form")
  func bookmarks() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.namespace()
    _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
    let end = "watch=true&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion="
    let version = try await harness.get("/api/v1/configmaps").json.resourceVersionOfList
    let configMaps = WatchReader(harness, "/api/v1/namespaces/rec/configmaps?\(end)\(version)")
    let deployments = WatchReader(harness, "\(ClusterHarness.deployments)?\(end)\(version)")
    let foos = WatchReader(harness, "\(ClusterHarness.foos)?\(end)\(version)")
    let metadata = WatchReader(
      harness, "/api/v1/namespaces/rec/configmaps?\(end)\(version)",
      accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1")
    try expect(try await configMaps.waitForEnd(), are: "watch-configmaps.ndjson", lines: [6])
    try expect(try await deployments.waitForEnd(), are: "watch-deployments.ndjson", lines: [9])
    try expect(try await foos.waitForEnd(), are: "watch-foos.ndjson", lines: [4])
    try expect(try await metadata.waitForEnd(), are: "watch-configmaps-partial.ndjson", lines: [6])
    #expect(configMaps.ending == "end")
  }

  @Test("a Foo's life is watched as recorded, members in alphabetical order")
  func foos() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.namespace()
    _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
    let version = try await harness.get(ClusterHarness.foos).json.resourceVersionOfList
    let watch = WatchReader(harness, ClusterHarness.foos + "?watch=true&resourceVersion=\(version)")
    let foo = ClusterHarness.foos + "/example-foo"
    _ = try await harness.post(ClusterHarness.foos, ClusterHarness.foo("example-foo"))
    _ = try await harness.patch(foo, ["spec": ["replicas": 2]])
    _ = try await harness.patch(foo + "/status", ["status": ["availableReplicas": 0]])
    _ = try await harness.delete(foo)
    let events = try await watch.wait(for: 4)
    try expect(events, are: "watch-foos.ndjson", lines: [0, 1, 2, 3])
    #expect(events[2]["object"]?.object?.keys == ["apiVersion", "kind", "metadata", "spec", "status"])
  }

  @Test("a CRD is created, established and deleted through the recorded states")
  func crd() async throws {
    let harness = try ClusterHarness()
    let watch = WatchReader(
      harness,
      ClusterHarness.crds + "?watch=true&fieldSelector=metadata.name%3Dfoos.samplecontroller.k8s.io")
    try await watch.opened()
    _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
    _ = try await watch.wait(for: 3)
    _ = try await harness.delete(ClusterHarness.crds + "/foos.samplecontroller.k8s.io")
    let events = try await watch.wait(for: 6)
    // The recording has more steps between; the states are the same. Who manages which condition is not
    // modelled.
    try expect(
      [events[0], events[1], events[2], events[3], events[4]], are: "watch-crd-create-delete.ndjson",
      lines: [0, 2, 3, 4, 5], ignoring: ["managedFields"])
    #expect(watch.summary[5] == "DELETED foos.samplecontroller.k8s.io")
    let managers = events[0].value(at: ["object", "metadata", "managedFields"])
    let recorded = try RecordedComparison.recordedLines("watch-crd-create-delete.ndjson")[0]
    #expect(
      managers?.array?.first?["fieldsV1"]
        == recorded.value(at: ["object", "metadata", "managedFields"])?.array?.first?["fieldsV1"])
  }

  @Test("a Deployment gets the statuses of a real cluster, and goes with its owner")
  func deployments() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.namespace()
    _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
    let foo = try await harness.post(ClusterHarness.foos, ClusterHarness.foo("example-foo")).json
    let version = try await harness.get(ClusterHarness.deployments).json.resourceVersionOfList
    let watch = WatchReader(harness, ClusterHarness.deployments + "?watch=true&resourceVersion=\(version)")
    _ = try await harness.post(
      ClusterHarness.deployments, ClusterHarness.deployment("example-foo", owner: foo))
    let first = try await watch.wait(for: 4)
    // Names of ReplicaSets differ.
    try expect(
      Array(first[0..<3]), are: "watch-deployments.ndjson", lines: [0, 1, 3], ignoring: ["message"])
    let settled = first[3].value(at: ["object", "status"]) ?? .null
    #expect(settled["availableReplicas"] == 1)
    #expect(settled["readyReplicas"] == 1)
    #expect(settled["observedGeneration"] == 1)
    #expect(settled["unavailableReplicas"] == nil)

    _ = try await harness.patch(
      ClusterHarness.deployments + "/example-foo/scale", ["spec": ["replicas": 0]])
    try await waitUntil("the Deployment is scaled to zero") {
      let status = watch.lines.last?.value(at: ["object", "status"])
      return status?["observedGeneration"] == 2 && status?["replicas"] == nil
    }
    _ = try await harness.delete(ClusterHarness.foos + "/example-foo?propagationPolicy=Background")
    try await waitUntil("the Deployment goes with its owner") { watch.lines.last?["type"] == "DELETED" }
    let last = try #require(watch.lines.last)
    try expect([last], are: "watch-deployments.ndjson", lines: [8], ignoring: ["message"])
  }

  @Test("a streamed list ends with the recorded bookmark")
  func watchList() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    for name in ["b", "a"] { _ = try await harness.post(path, ClusterHarness.configMap(name)) }
    let watch = WatchReader(
      harness,
      path
        + "?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
        + "&timeoutSeconds=20")
    let events = try await watch.wait(for: 3)
    #expect(Array(watch.summary[0..<2]) == ["ADDED a", "ADDED b"])
    let recorded = try RecordedComparison.recordedLines("watch-list.ndjson")
    try expect([events[2]], are: "watch-list.ndjson", lines: [recorded.count - 1])
  }

  @Test("a watch from a forgotten version is answered 200 with one ERROR event: 410 Expired")
  func expired() async throws {
    let harness = try ClusterHarness()
    let path = try await harness.namespace() + "/configmaps"
    harness.cluster.faults.compact()
    let watch = WatchReader(harness, path + "?watch=true&resourceVersion=2")
    let events = try await watch.waitForEnd()
    #expect(watch.status == 200)
    #expect(watch.ending == "end")
    try expect(events, are: "watch-expired.ndjson", lines: [0], ignoring: ["message"])
    #expect(
      events.first?.value(at: ["object", "message"])?.string?.hasPrefix("too old resource version: 2 (")
        == true)
  }
}
