import Foundation
import JSONScan
import Manifests
import TestSupport
import Testing
import YAML

@Suite("What the demo applies")
struct DemoManifestsTests {
  @Test("the two definitions are those of deploy/hub and deploy/foo")
  func definitions() throws {
    let applied = try DemoManifests.all().map(\.object)
    #expect(applied[0] == (try deployed("hub/crd.yaml")))
    #expect(applied[1] == (try deployed("foo/crd.yaml")))
  }

  @Test("the reconciler is that of deploy/foo but for its namespace and the idle window")
  func reconciler() throws {
    var expected = try deployed("foo/reconciler.yaml")
    set(&expected, ["metadata", "namespace"], .string(DemoManifests.namespace))
    set(
      &expected, ["spec", "template", "metadata", "annotations", "autoscaling.knative.dev/window"],
      .string(DemoManifests.idleWindow))
    #expect(DemoManifests.reconciler == expected)
  }

  @Test(
    "the account of the subscription, its role and its binding are those of deploy/foo but for their namespace"
  )
  func rights() throws {
    let deployed = try documents("foo/rbac.yaml")
    for own in [DemoManifests.account, DemoManifests.role, DemoManifests.roleBinding] {
      var expected = try #require(
        deployed.first { $0["kind"] == own["kind"] && $0["metadata"]?["name"]?.string == "foo-subscription" })
      set(&expected, ["metadata", "namespace"], .string(DemoManifests.namespace))
      #expect(own == expected)
      #expect(try DemoManifests.all().contains { $0.object == own })
    }
  }

  @Test("the subscription is that of deploy/foo but for its namespace")
  func subscription() throws {
    var expected = try deployed("foo/subscription.yaml")
    set(&expected, ["metadata", "namespace"], .string(DemoManifests.namespace))
    #expect(DemoManifests.subscription == expected)
  }

  @Test("a Foo has the fields of the example in deploy/foo")
  func foo() throws {
    var expected = try deployed("foo/example-foo.yaml")
    set(&expected, ["metadata", "namespace"], .string(DemoManifests.namespace))
    #expect(DemoManifests.foo("example-foo", replicas: 1) == expected)
  }

  /// The one document of a file in `deploy`.
  private func deployed(_ file: String) throws -> JSONValue {
    let documents = try documents(file)
    try #require(documents.count == 1)
    return documents[0]
  }

  private func documents(_ file: String) throws -> [JSONValue] {
    let path = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "deploy").appending(path: file)
    return try YAMLParser.parse([UInt8](Data(contentsOf: path))).map { try JSONValue(parsing: $0.json) }
  }

  private func set(_ value: inout JSONValue, _ path: [String], _ new: JSONValue) {
    guard let name = path.first else {
      value = new
      return
    }
    var member = value[name] ?? .object(JSONObject())
    set(&member, Array(path.dropFirst()), new)
    value[name] = member
  }
}
