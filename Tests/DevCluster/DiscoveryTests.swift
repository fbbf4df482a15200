import JSONScan
import TestSupport
import Testing

@testable import DevCluster

@Suite("DevCluster discovery")
struct DiscoveryTests {
  private static let aggregated =
    "application/json;v=v2;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList,application/json"

  /// Holds each served resource to the recorded one of the same name; fewer are served.
  private func expectRecorded(_ served: [JSONValue], _ recorded: [JSONValue], named name: String) throws {
    #expect(!served.isEmpty)
    for resource in served {
      let twin = try #require(recorded.first { $0[name] == resource[name] }, "\(resource[name] ?? .null)")
      // Fewer subresources are served of some; those that are, are as recorded.
      #expect(
        RecordedComparison.differences(resource, twin, ignoring: ["subresources"]) == [],
        "\(resource[name] ?? .null)")
      for part in resource["subresources"]?.array ?? [] {
        #expect(twin["subresources"]?.array?.contains(part) == true, "\(resource[name] ?? .null)")
      }
    }
  }

  @Test("legacy discovery of apps/v1 and of a CRD's group is as recorded")
  func legacy() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
    let apps = try await harness.get("/apis/apps/v1")
    let recordedApps = try RecordedComparison.recorded("discovery-apps-v1.json")
    try expectRecorded(
      apps.json["resources"]?.array ?? [], recordedApps["resources"]?.array ?? [], named: "name")
    #expect(apps.json["groupVersion"] == "apps/v1")

    let foos = try await harness.get("/apis/samplecontroller.k8s.io/v1alpha1")
    #expect(
      RecordedComparison.differences(
        foos.json, try RecordedComparison.recorded("discovery-samplecontroller.json")) == [])
    let groups = try await harness.get("/apis")
    let recordedGroups = try RecordedComparison.recorded("discovery-apis-legacy.json")["groups"]?.array ?? []
    let served = groups.json["groups"]?.array ?? []
    #expect(groups.json["kind"] == "APIGroupList")
    // Knative Serving was not installed on the recorded cluster.
    for group in served where group["name"] != "serving.knative.dev" {
      let twin = try #require(recordedGroups.first { $0["name"] == group["name"] })
      #expect(RecordedComparison.differences(group, twin) == [])
    }
    #expect(try await harness.get("/apis/apps").json["preferredVersion"]?["version"] == "v1")
    #expect(try await harness.get("/api").json["versions"] == ["v1"])
    #expect(try await harness.get("/apis/no.such.group").status == 404)
    #expect(try await harness.get("/apis/apps/v2").text == "404 page not found\n")
  }

  @Test("aggregated discovery has its content type and the recorded entries")
  func aggregated() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD)
    for (path, name) in [("/api", "api"), ("/apis", "apis")] {
      let reply = try await harness.get(path, accept: Self.aggregated)
      #expect(reply.contentType == "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
      let recorded = try RecordedComparison.recorded("discovery-\(name)-aggregated.json")
      for group in reply.json["items"]?.array ?? []
      where group["metadata"]?["name"] != "serving.knative.dev" {
        let twin = try #require(recorded["items"]?.array?.first { $0["metadata"] == group["metadata"] })
        let versions = group["versions"]?.array ?? []
        for version in versions {
          let other = try #require(twin["versions"]?.array?.first { $0["version"] == version["version"] })
          #expect(version["freshness"] == other["freshness"])
          try expectRecorded(
            version["resources"]?.array ?? [], other["resources"]?.array ?? [], named: "resource")
        }
      }
    }
  }

  @Test("a CRD is served and discovered as soon as its creation is answered, and not after its deletion")
  func comesAndGoes() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.namespace()
    #expect(try await harness.get(ClusterHarness.foos).status == 404)
    #expect(try await harness.post(ClusterHarness.crds, ClusterHarness.fooCRD).status == 201)
    #expect(try await harness.post(ClusterHarness.foos, ClusterHarness.foo("a")).status == 201)
    #expect(try await harness.get("/apis/samplecontroller.k8s.io/v1alpha1").status == 200)
    let watch = WatchReader(harness, ClusterHarness.foos + "?watch=true")
    _ = try await watch.wait(for: 1)
    #expect(
      try await harness.delete(ClusterHarness.crds + "/foos.samplecontroller.k8s.io").status == 200)
    try await waitUntil("the kind is no longer served") {
      try await harness.get(ClusterHarness.foos).status == 404
    }
    _ = try await watch.waitForEnd()
    #expect(watch.summary == ["ADDED a", "DELETED a"])
    #expect(watch.ending == "end")
    #expect(try await harness.get("/apis/samplecontroller.k8s.io/v1alpha1").status == 404)
  }
}
