import Foundation
import HubEngine
import JSONScan
import Kubernetes
import TestSupport
import Testing
import YAML

@Suite("Manifests of ApiServerSource v1")
struct ApiServerSourceTests {
  /// The specs of the manifests, by the names of the objects.
  private func specs() throws -> [(name: String, spec: SubscriptionSpec)] {
    let url = Fixtures.directory.appending(path: "apiserversources.yaml")
    return try YAMLParser.parse([UInt8](Data(contentsOf: url))).map { document in
      var object = try JSONValue(parsing: document.json)
      #expect(object["apiVersion"] == "sources.knative.dev/v1")
      object["apiVersion"] = "frugalhub.dev/v1alpha1"
      object["kind"] = "OperatorSubscription"
      let name = try #require(object["metadata"]?["name"]?.string)
      switch SubscriptionParser.parse(object.serialized(), origin: .file) {
      case .success(let subscription): return (name, subscription.spec)
      case .failure(let refusal): throw Refused(name: name, findings: refusal.findings.map(\.description))
      }
    }
  }

  private struct Refused: Error {
    let name: String
    let findings: [String]
  }

  @Test("the spec of each is one of an OperatorSubscription, and means the same")
  func accepted() throws {
    let specs = Dictionary(uniqueKeysWithValues: try specs().map { ($0.name, $0.spec) })
    #expect(specs.count == 8)
    let bare = try #require(specs["no-defaults-written"])
    #expect(bare.mode == .reference && bare.serviceAccountName == "default" && bare.namespaces == .own)
    #expect(specs["all-namespaces"]?.namespaces == .all)
    let owned = try #require(specs["owned-by-a-deployment"])
    #expect(owned.resources[0].owner == GroupKind(group: "apps", kind: "Deployment"))
    #expect(owned.resources[0].selector.matches(["tier": "cache"]))
    #expect(!owned.resources[0].selector.matches(["tier": "cache", "environment": "dev"]))
    #expect(owned.sink.uri == "/relative/path")
    #expect(specs["k8sevents"]?.extensions == [ExtensionAttribute(name: "k", value: "v")])
    #expect(specs["with-filters"]?.filters.count == 3)
  }

  @Test("a group without a version means its v1, and an address is one by its name")
  func references() throws {
    let specs = Dictionary(uniqueKeysWithValues: try specs().map { ($0.name, $0.spec) })
    #expect(specs["with-filters"]?.sink.ref?.apiVersion == "eventing.knative.dev/v1")
    #expect(specs["with-an-address"]?.sink.ref?.address == "internal")
    #expect(specs["k8sevents"]?.sink.ref?.address == nil)
  }
}
