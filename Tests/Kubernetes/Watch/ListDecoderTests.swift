import JSONScan
import Kubernetes
import TestSupport
import Testing

@Suite("List decoder")
struct ListDecoderTests {
  private func page(_ name: String) throws -> (ListPage, [String]) {
    let body = try Fixtures.recorded(name)
    let page = try ListDecoder.decode(bytes: body)
    return (
      page,
      page.items.map { "\($0.name?.string(in: body) ?? "?")@\($0.resourceVersion?.string(in: body) ?? "?")" }
    )
  }

  @Test(
    "All recorded lists are understood",
    arguments: [
      ("list-cluster-wide", "ConfigMapList", "311", false, ["cm-1@306", "cm-3@308", "cm-5@310"]),
      ("list-configmaps-page1", "ConfigMapList", "311", true, ["cm-0@305", "cm-1@306", "cm-2@307"]),
      ("list-configmaps-page2", "ConfigMapList", "311", true, ["cm-3@308", "cm-4@309", "cm-5@310"]),
      (
        "list-configmaps-page3", "ConfigMapList", "311", false,
        ["cm-6@311", "kube-root-ca.crt@286", "openshift-service-ca.crt@285"]
      ),
      (
        "list-configmaps-partial", "PartialObjectMetadataList", "311", true,
        ["cm-0@305", "cm-1@306", "cm-2@307"]
      ),
      ("list-pods", "PodList", "345", false, []), ("list-rv-exact-old", "ConfigMapList", "1", false, []),
      ("list-replicasets", "ReplicaSetList", "345", false, ["example-foo-687c486766@342"]),
    ] as [(String, String, String, Bool, [String])])
  func recorded(name: String, kind: String, version: String, continues: Bool, items: [String]) throws {
    let (page, found) = try page(name + ".json")
    #expect(page.kind == kind)
    #expect(page.itemKind + "List" == kind)
    #expect(page.resourceVersion == version)
    #expect((page.continueToken != nil) == continues)
    #expect(found == items)
  }

  @Test("The token of a page is the one that the next request was recorded with")
  func token() throws {
    #expect(
      try page("list-configmaps-page1.json").0.continueToken
        == "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MzExLCJzdGFydCI6Ii9jbS0yXHUwMDAwIn0")
  }

  @Test("Items of typed lists have no kind of their own; the page has it, and the owner is found")
  func owners() throws {
    let body = try Fixtures.recorded("list-replicasets.json")
    let page = try ListDecoder.decode(bytes: body)
    let item = try #require(page.items.first)
    #expect(item.kind == nil)
    #expect(item.apiVersion == nil)
    #expect(page.apiVersion == "apps/v1")
    #expect(page.itemKind == "ReplicaSet")
    let owner = try #require(item.controllerReference(in: body))
    #expect(owner.kind.string(in: body) == "Deployment")
    #expect(item.labels?.member("app", in: body) != nil)
  }

  @Test(
    "What is no list page is refused with the reason",
    arguments: [
      (#"{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}"#, .noList),
      (#"{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}"#, .noList),
      (#"{"kind":"PodList","metadata":{"resourceVersion":"1"},"items":[]}"#, .noList),
      (#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"}}"#, .noList),
      (#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":{}}"#, .noList),
      (#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":""},"items":[]}"#, .noVersion),
      (#"{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}"#, .noVersion),
      (#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[1]}"#, .noObject),
      (
        #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[{"metadata":{"resourceVersion":"1"}}]}"#,
        .noName
      ),
      (
        #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"a"}}]}"#,
        .noVersion
      ),
    ] as [(String, WatchDecodeError)])
  func refusals(text: String, error: WatchDecodeError) {
    let bytes = Array(text.utf8)
    #expect(throws: error) { try ListDecoder.decode(bytes: bytes) }
  }

  @Test(
    "Tables, single objects, Statuses and plain text are no lists",
    arguments: [
      "list-configmaps-table.json", "create-deployment.json", "forbidden.json", "list-foos-before-crd.json",
      "discovery-apps-v1.json",
    ])
  func others(name: String) throws {
    #expect(throws: WatchDecodeError.self) { try page(name) }
  }

  @Test("Go's empty list may be null")
  func null() throws {
    let bytes = Array(
      #"{"items":null,"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1","continue":""}}"#
        .utf8)
    let page = try ListDecoder.decode(bytes: bytes)
    #expect(page.items.isEmpty)
    #expect(page.continueToken == nil)
  }

  @Test("No truncation of a page passes")
  func truncated() throws {
    let body = try Fixtures.recorded("list-configmaps-page1.json")
    let end = try #require(body.lastIndex(of: UInt8(ascii: "}")))
    for length in 0...end {
      let piece = Array(body[..<length])
      #expect(throws: WatchDecodeError.self) { try ListDecoder.decode(bytes: piece) }
    }
  }

  @Test(
    "Single objects give their head",
    arguments: [
      ("create-deployment.json", "Deployment apps/v1 rec/example-foo"),
      ("apply-ssa.json", "ConfigMap v1 rec/w"),
      ("patch-status.json", "Foo samplecontroller.k8s.io/v1alpha1 rec/example-foo"),
      ("lease-create.json", "Lease coordination.k8s.io/v1 rec/"), ("event-create.json", "Event v1 rec/"),
      ("delete-with-finalizer.json", "Foo samplecontroller.k8s.io/v1alpha1 rec/fin"),
    ])
  func objects(name: String, expected: String) throws {
    let body = try Fixtures.recorded(name)
    var decoder = ObjectDecoder()
    #expect(describe(try decoder.decode(bytes: body), in: body).hasPrefix(expected))
    let status = try Fixtures.recorded("get-missing.json")
    #expect(throws: WatchDecodeError.noName) { try decoder.decode(bytes: status) }
  }
}
