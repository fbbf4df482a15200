import HubEngine
import Kubernetes
import Testing

private typealias Texts = SubscriptionTexts

@Suite("Valid subscriptions")
struct ValidSubscriptionTests {
  @Test("the shortest form has the defaults of DESIGN 2.1")
  func defaults() throws {
    let subscription = try Texts.parsed(Texts.object(Texts.resources + "," + Texts.sink))
    #expect(subscription.namespace == "default")
    #expect(subscription.name == "s")
    #expect(subscription.uid == "file:default/s")
    #expect(subscription.generation == 0)
    let spec = subscription.spec
    #expect(spec.serviceAccountName == "default")
    #expect(
      spec.resources == [
        ResourceInterest(groupVersion: GroupVersion(group: "", version: "v1"), kind: "ConfigMap")
      ])
    #expect(spec.resources[0].selector.isEverything)
    #expect(spec.resources[0].operations == .all)
    #expect(!spec.resources[0].controller)
    #expect(spec.resources[0].owner == nil)
    #expect(spec.namespaces == .own)
    #expect(spec.mode == .reference)
    #expect(spec.initial)
    #expect(!spec.suspend)
    #expect(spec.sink == SinkTarget(uri: "http://sink"))
    #expect(spec.delivery.retry == nil)
    #expect(spec.delivery.backoffPolicy == .exponential)
    #expect(spec.delivery.backoffDelayMilliseconds == 200)
    #expect(spec.delivery.backoffMaximumMilliseconds == 300_000)
    #expect(spec.delivery.timeoutMilliseconds == 300_000)
    #expect(spec.delivery.concurrency == 8)
  }

  @Test("every field that is served is read")
  func everyField() throws {
    let spec = try Texts.parsed(everyServedField).spec
    #expect(spec.serviceAccountName == "reader")
    #expect(spec.resources.count == 2)
    let deployments = spec.resources[0]
    #expect(deployments.groupVersion == GroupVersion(group: "apps", version: "v1"))
    #expect(deployments.kind == "Deployment")
    #expect(deployments.selector.matches(["app": "web", "tier": "a"]))
    #expect(!deployments.selector.matches(["app": "web"]))
    #expect(deployments.controller)
    #expect(deployments.owner == GroupKind(group: "samplecontroller.k8s.io", kind: "Foo"))
    #expect(deployments.operations == [.add, .delete])
    #expect(deployments.operations.names == ["Add", "Delete"])
    #expect(spec.namespaces == .all)
    #expect(spec.mode == .resource)
    #expect(!spec.initial)
    #expect(spec.suspend)
    let ref = SinkReference(
      apiVersion: "serving.knative.dev/v1", kind: "Service", namespace: "team", name: "foo")
    #expect(spec.sink == SinkTarget(ref: ref, uri: "/events?x=1"))
    let delivery = DeliverySpec(
      retry: 5, backoffPolicy: .linear, backoffDelayMilliseconds: 500, timeoutMilliseconds: 90_000,
      concurrency: 2)
    #expect(spec.delivery == delivery)
  }

  @Test("a resource without an owner has that of the spec")
  func inheritedOwner() throws {
    let resources = try Texts.parsed(everyServedField).spec.resources
    #expect(resources[1].owner == GroupKind(group: "apps", kind: "ReplicaSet"))
  }

  @Test("the spec of an ApiServerSource v1 is a valid spec when it uses only served fields")
  func apiServerSource() throws {
    let subscription = try Texts.parsed(
      Texts.object(
        """
        "serviceAccountName": "events-sa", "mode": "Resource",
        "resources": [
          {"apiVersion": "v1", "kind": "Event"},
          {"apiVersion": "apps/v1", "kind": "Deployment", "selector": {"matchExpressions":
            [{"key": "app", "operator": "In", "values": ["a", "b"]}]}}
        ],
        "owner": {"apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo"},
        "namespaceSelector": {},
        "sink": {"ref": {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "event-display"}}
        """))
    #expect(subscription.spec.mode == .resource)
    #expect(subscription.spec.resources.allSatisfy { $0.owner?.kind == "Foo" })
    #expect(subscription.spec.namespaces == .all)
    #expect(subscription.spec.sink.ref?.namespace == "default")
  }

  @Test("an object of the API server has its uid, generation and namespace, and any metadata and status")
  func cluster() throws {
    let metadata = """
      "name":"s","namespace":"team","uid":"0b1d","generation":7,"newField":{},"managedFields":[{"manager":"kubectl"}]
      """
    let text = Texts.object(Texts.resources + "," + Texts.sink, metadata: metadata)
    let withStatus = text.dropLast() + #","status":{"anything":[1]}}"#
    let subscription = try Texts.parsed(String(withStatus), origin: .cluster)
    #expect(subscription.uid == "0b1d")
    #expect(subscription.generation == 7)
    #expect(subscription.namespace == "team")
  }

  @Test("an object of the API server without uid or namespace is refused")
  func clusterWithoutIdentity() {
    let text = Texts.object(Texts.resources + "," + Texts.sink)
    #expect(
      Texts.findings(text, origin: .cluster) == [
        "metadata.namespace: required; the API server gives it",
        "metadata.uid: required; the API server gives it",
      ])
  }

  @Test("an item of the API server's list may lack apiVersion and kind, but not have others")
  func listItem() throws {
    let metadata = #""metadata":{"name":"s","namespace":"team","uid":"0b1d"}"#
    let spec = #""spec":{\#(Texts.resources),\#(Texts.sink)}"#
    #expect(try Texts.parsed("{\(metadata),\(spec)}", origin: .cluster).name == "s")
    #expect(Texts.findings("{\(metadata),\(spec)}").count == 2)
    let other = #"{"kind":"Foo",\#(metadata),\#(spec)}"#
    #expect(
      Texts.findings(other, origin: .cluster) == [
        "kind: is 'Foo', not OperatorSubscription; write OperatorSubscription"
      ])
  }

  @Test("null counts as absent, for served and other fields")
  func nulls() throws {
    let text = Texts.object(
      Texts.resources + "," + Texts.sink
        + #","mode":null,"delivery":{"retry":null,"timeout":null},"namespaceSelector":null,"filters":null,"x":null"#
    )
    let spec = try Texts.parsed(text).spec
    #expect(spec.mode == .reference)
    #expect(spec.namespaces == .own)
    #expect(spec.delivery == DeliverySpec())
  }

  @Test(
    "every way to say all namespaces is all namespaces",
    arguments: ["{}", #"{"matchLabels":{}}"#, #"{"matchExpressions":[]}"#, #"{"matchLabels":null}"#])
  func allNamespaces(_ selector: String) throws {
    let text = Texts.object(Texts.resources + "," + Texts.sink + #","namespaceSelector":"# + selector)
    #expect(try Texts.parsed(text).spec.namespaces == .all)
  }

  @Test("Secrets are followed in any mode; it is known when their data would be told")
  func secrets() throws {
    func tells(_ mode: String, _ resource: String) throws -> Bool {
      let spec = #""mode":"\#(mode)","resources":[\#(resource)],"# + Texts.sink
      return try Texts.parsed(Texts.object(spec)).spec.tellsSecrets
    }
    let secret = #"{"apiVersion":"v1","kind":"Secret"}"#
    #expect(try tells("Resource", #"{"apiVersion":"v1","kind":"Pod"},"# + secret))
    #expect(try !tells("Reference", secret))
    #expect(try !tells("Resource", #"{"apiVersion":"v1","kind":"Secret","controller":true}"#))
    #expect(try !tells("Resource", #"{"apiVersion":"example.com/v1","kind":"Secret"}"#))
    let secrets = #""resources":[{"apiVersion":"v1","kind":"Secret"}],"# + Texts.sink
    #expect(Texts.findings(Texts.object(secrets)) == [])
    let others =
      #""mode":"Resource","resources":[{"apiVersion":"example.com/v1","kind":"Secret"}],"# + Texts.sink
    #expect(Texts.findings(Texts.object(others)) == [])
  }

  @Test(
    "sinks of every kind are read",
    arguments: [
      #"{"ref":{"apiVersion":"v1","kind":"Service","name":"a"}}"#,
      #"{"ref":{"apiVersion":"v1","kind":"Service","name":"a","namespace":"b"},"uri":"path"}"#,
      #"{"ref":{"apiVersion":"messaging.knative.dev/v1","kind":"Channel","name":"a.b"},"uri":"?x"}"#,
      #"{"uri":"https://sink.example:8443/x?y"}"#,
    ])
  func sinks(_ sink: String) {
    #expect(Texts.findings(Texts.object(Texts.resources + #","sink":"# + sink)) == [])
  }

  @Test("the order of members does not matter")
  func order() throws {
    let one = try Texts.parsed(Texts.object(Texts.resources + "," + Texts.sink))
    let other = try Texts.parsed(
      #"{"spec":{\#(Texts.sink),\#(Texts.resources)},"metadata":{"name":"s"},"kind":"OperatorSubscription","apiVersion":"frugalhub.dev/v1alpha1"}"#
    )
    #expect(one == other)
  }
}

private let everyServedField = Texts.object(
  """
  "serviceAccountName": "reader",
  "resources": [
    {"apiVersion": "apps/v1", "kind": "Deployment", "controller": true, "operations": ["Delete", "Add"],
     "selector": {"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "tier", "operator": "Exists"}]},
     "owner": {"apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo"}},
    {"apiVersion": "v1", "kind": "Pod"}
  ],
  "owner": {"apiVersion": "apps/v1", "kind": "ReplicaSet"},
  "namespaceSelector": {}, "mode": "Resource", "initial": false, "suspend": true,
  "sink": {"ref": {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "namespace": "team", "name": "foo"},
           "uri": "/events?x=1"},
  "delivery": {"retry": 5, "backoffPolicy": "linear", "backoffDelay": "PT0.5S", "timeout": "1m30s", "concurrency": 2}
  """)
