import Kubernetes
import TestSupport
import Testing

@Suite("Discovery")
struct DiscoveryTests {
  @Test("A resource list gives its resources without subresources")
  func resourceList() throws {
    let body = try Fixtures.recorded("discovery-apps-v1.json")
    let resources = try DiscoveryDecoder.resources(fromResourceList: body.span.bytes)
    #expect(
      resources.map(\.plural)
        == ["controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"])
    let deployments = try #require(resources.first { $0.kind == "Deployment" })
    #expect(deployments.path(namespace: "n") == "/apis/apps/v1/namespaces/n/deployments")
    #expect(deployments.canListAndWatch)
  }

  @Test("A custom resource is found like any other")
  func customResource() throws {
    let body = try Fixtures.recorded("discovery-samplecontroller.json")
    let resources = try DiscoveryDecoder.resources(fromResourceList: body.span.bytes)
    #expect(
      resources == [
        APIResource(
          groupVersion: GroupVersion(group: "samplecontroller.k8s.io", version: "v1alpha1"), kind: "Foo",
          plural: "foos", namespaced: true,
          verbs: ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"])
      ])
  }

  @Test("Aggregated discovery gives all groups at once, and agrees with the resource list")
  func aggregated() throws {
    let body = try Fixtures.recorded("discovery-apis-aggregated.json")
    let found = try DiscoveryDecoder.aggregated(body.span.bytes)
    #expect(found.resources.count == 52)
    #expect(found.stale.isEmpty)
    let list = try Fixtures.recorded("discovery-apps-v1.json")
    let apps = GroupVersion(group: "apps", version: "v1")
    #expect(
      try DiscoveryDecoder.resources(fromResourceList: list.span.bytes).map(\.plural)
        == found.resources.filter { $0.groupVersion == apps }.map(\.plural))
  }

  @Test("The core group comes from /api, with cluster-scoped kinds marked")
  func core() throws {
    let body = try Fixtures.recorded("discovery-api-aggregated.json")
    let found = try DiscoveryDecoder.aggregated(body.span.bytes)
    #expect(found.resources.count <= 17)
    #expect(found.resources.first { $0.kind == "ConfigMap" }?.path(namespace: nil) == "/api/v1/configmaps")
    #expect(found.resources.first { $0.kind == "Namespace" }?.namespaced == false)
    #expect(found.resources.first { $0.kind == "Pod" }?.namespaced == true)
  }

  @Test("SEMANTICS 7: a group whose server does not answer is stale, which proves nothing")
  func stale() throws {
    let body = Array(
      #"{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","items":[{"metadata":{"name":"g.example"},"versions":[{"version":"v1","freshness":"Stale"}]}]}"#
        .utf8)
    let found = try DiscoveryDecoder.aggregated(body.span.bytes)
    #expect(found.stale == [GroupVersion(group: "g.example", version: "v1")])
    #expect(found.resources.isEmpty)
  }

  @Test("The group list names groups and versions in the server's order")
  func groupList() throws {
    let body = try Fixtures.recorded("discovery-apis-legacy.json")
    let found = try DiscoveryDecoder.groupVersions(fromGroupList: body.span.bytes)
    #expect(found.count == 22)
    #expect(found.first?.group == "apiregistration.k8s.io")
    let core = Array(#"{"kind":"APIVersions","versions":["v1"]}"#.utf8)
    #expect(
      try DiscoveryDecoder.groupVersions(fromGroupList: core.span.bytes)
        == [GroupVersion(group: "", version: "v1")])
  }

  @Test("Anything else is refused with the reason")
  func refusals() throws {
    let status = try Fixtures.recorded("get-missing.json")
    #expect(throws: DiscoveryError.wrongKind(expected: "APIResourceList", found: "Status")) {
      try DiscoveryDecoder.resources(fromResourceList: status.span.bytes)
    }
    #expect(throws: DiscoveryError.wrongKind(expected: "APIGroupDiscoveryList", found: "Status")) {
      try DiscoveryDecoder.aggregated(status.span.bytes)
    }
    #expect(throws: DiscoveryError.wrongKind(expected: "APIGroupList", found: "Status")) {
      try DiscoveryDecoder.groupVersions(fromGroupList: status.span.bytes)
    }
    let html = Array("<html>".utf8)
    #expect(throws: DiscoveryError.self) { try DiscoveryDecoder.aggregated(html.span.bytes) }
    let nameless = Array(
      #"{"kind":"APIResourceList","groupVersion":"v1","resources":[{"kind":"A","namespaced":true}]}"#.utf8)
    #expect(throws: DiscoveryError.malformed("a resource without name, kind or namespaced")) {
      try DiscoveryDecoder.resources(fromResourceList: nameless.span.bytes)
    }
  }
}
