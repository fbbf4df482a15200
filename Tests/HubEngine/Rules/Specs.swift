import JSONScan

@testable import HubEngine
@testable import Simulator

/// Specs and objects that the tests of the rules are made of.
enum Specs {
  static let sink: JSONValue = ["uri": "http://127.0.0.1:9000/foo"]
  static let foos: JSONValue = ["apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo"]
  static let configMaps: JSONValue = ["apiVersion": "v1", "kind": "ConfigMap"]
  static let children: JSONValue = ["apiVersion": "apps/v1", "kind": "Deployment", "controller": true]

  /// A spec that follows these resources, with whatever else is given.
  static func spec(_ resources: [JSONValue], _ more: JSONValue = [:]) -> JSONValue {
    var spec = more
    spec["resources"] = .array(resources)
    if spec["sink"] == nil { spec["sink"] = sink }
    return spec
  }

  /// Foos whose label `app` has this value.
  static func foos(app: String) -> JSONValue {
    with(foos, ["selector": ["matchLabels": ["app": .string(app)]]])
  }

  static func with(_ object: JSONValue, _ members: JSONValue) -> JSONValue {
    var object = object
    for (name, value) in members.object ?? [:] { object[name] = value }
    return object
  }

  /// An object with this label `app`.
  static func labelled(_ app: String) -> JSONValue { ["metadata": ["labels": ["app": .string(app)]]] }

  /// An object with a controlling owner.
  static func owned(
    by name: String, kind: String = "Foo", apiVersion: String = "samplecontroller.k8s.io/v1alpha1",
    uid: String = "11111111-0000-4000-8000-000000000000", isController: Bool = true
  ) -> JSONValue {
    [
      "metadata": [
        "ownerReferences": [
          [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name),
            "uid": .string(uid), "controller": .bool(isController),
          ]
        ]
      ]
    ]
  }
}

extension World {
  /// A world that has begun, with one subscription `s` of namespace `a`.
  init(following resources: [JSONValue], _ more: JSONValue = [:]) {
    self.init()
    begin()
    subscribe("s", Specs.spec(resources, more))
  }

  var only: Sent? { sent.count == 1 ? sent[0] : nil }
  var counters: EngineCounters { snapshot.counters }

  mutating func put(_ name: String, _ members: JSONValue = [:]) { put(FakeCluster.foos, "a", name, members) }
  mutating func delete(_ name: String) { delete(FakeCluster.foos, "a", name) }

  /// What is sent next, said yes to.
  mutating func next() -> String {
    let summary = summaries.first ?? "nothing"
    answer(200)
    return summary
  }
}
