import HTTP
import JSONScan
import TestSupport
import Testing

/// The sample controller's behaviour, seen from its API server.
@Suite("Foo reconciler")
struct FooReconcilerTests {
  private static let foos = "/apis/samplecontroller.k8s.io/v1alpha1/namespaces/default/foos/"
  private static let deployments = "/apis/apps/v1/namespaces/default/deployments"

  private let server: FakeAPIServer
  private let child: ReconcilerChild
  private let ids = Numbers()

  init() async throws {
    server = try FakeAPIServer()
    child = try await ReconcilerChild(environment: ["KUBERNETES_API_URL": server.url])
  }

  private func putFoo(_ spec: JSONValue, uid: String = "foo-uid", status: JSONValue? = nil) {
    var foo: JSONValue = [
      "apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo",
      "metadata": [
        "name": "example-foo", "namespace": "default", "uid": .string(uid), "resourceVersion": "7",
        "labels": ["kept": "yes"],
      ],
      "spec": spec,
    ]
    foo["status"] = status
    server.put(Self.foos + "example-foo", foo)
  }

  private func putDeployment(replicas: Int, available: Int?, ownerUID: String?) {
    var deployment: JSONValue = [
      "apiVersion": "apps/v1", "kind": "Deployment",
      "metadata": ["name": "d", "namespace": "default", "resourceVersion": "9"],
      "spec": ["replicas": .number("\(replicas)")],
    ]
    deployment["status"] = available.map { ["availableReplicas": .number("\($0)")] }
    if let ownerUID {
      deployment["metadata"]?["ownerReferences"] = [
        ["kind": "Other", "uid": "someone"], ["kind": "Foo", "uid": .string(ownerUID), "controller": true],
      ]
    }
    server.put(Self.deployments + "/d", deployment)
  }

  /// Another event each time: one that was reconciled is not reconciled again.
  private func send() async throws -> HTTPResponse {
    try await child.post(Events.headers(id: "event \(ids.next())"))
  }

  private var reasons: [String] { server.events.compactMap { $0["reason"]?.string } }

  @Test("A missing Deployment is created byte for byte as newDeployment makes it; then status and Synced")
  func creates() async throws {
    putFoo(["deploymentName": "d", "replicas": 2])
    #expect(try await send().status == 200)
    #expect(
      server.calls == [
        "GET \(Self.foos)example-foo", "GET \(Self.deployments)/d", "POST \(Self.deployments)",
        "PUT \(Self.foos)example-foo/status", "POST /api/v1/namespaces/default/events",
      ])
    let created = server.exchanges[2]
    #expect(created.query == "fieldManager=sample-controller")
    #expect(
      String(decoding: created.body, as: UTF8.self)
        == #"{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"d","namespace":"default","ownerReferences":["#
        + #"{"apiVersion":"samplecontroller.k8s.io/v1alpha1","kind":"Foo","name":"example-foo","uid":"foo-uid","#
        + #""controller":true,"blockOwnerDeletion":true}]},"spec":{"replicas":2,"selector":{"matchLabels":"#
        + #"{"app":"nginx","controller":"example-foo"}},"template":{"metadata":{"labels":{"app":"nginx","#
        + #""controller":"example-foo"}},"spec":{"containers":[{"name":"nginx","image":"nginx:latest","#
        + #""resources":{}}]}},"strategy":{}},"status":{}}"#)
    #expect(server.object(Self.foos + "example-foo")?["status"] == ["availableReplicas": 0])
    #expect(reasons == ["Synced"])
  }

  @Test("The status goes through the subresource with the version that was read and nothing else changed")
  func writesStatus() async throws {
    putFoo(["deploymentName": "d", "replicas": 3], status: ["availableReplicas": 1])
    putDeployment(replicas: 3, available: 2, ownerUID: "foo-uid")
    #expect(try await send().status == 200)
    let update = try #require(server.exchanges.first { $0.method == "PUT" })
    #expect(update.path == Self.foos + "example-foo/status")
    #expect(update.query == "fieldManager=sample-controller")
    #expect(update.json["metadata"]?["resourceVersion"]?.string == "7")
    #expect(update.json["metadata"]?["labels"] == ["kept": "yes"])
    #expect(update.json["spec"] == ["deploymentName": "d", "replicas": 3])
    #expect(update.json["status"] == ["availableReplicas": 2])
  }

  @Test("Replicas that differ are set by replacing the Deployment; none asked for leaves them alone")
  func correctsReplicas() async throws {
    putFoo(["deploymentName": "d", "replicas": 3])
    putDeployment(replicas: 1, available: 1, ownerUID: "foo-uid")
    #expect(try await send().status == 200)
    let update = try #require(server.exchanges.first { $0.method == "PUT" })
    #expect(update.path == Self.deployments + "/d")
    #expect(update.json["metadata"]?["resourceVersion"] == nil, "an unconditional update")
    #expect(update.json["spec"]?["replicas"]?.int == 3)
    #expect(update.json["spec"]?["template"]?["spec"]?["containers"]?.array?.count == 1)

    for spec: JSONValue in [["deploymentName": "d"], ["deploymentName": "d", "replicas": nil]] {
      server.forgetExchanges()
      putFoo(spec)
      putDeployment(replicas: 5, available: 5, ownerUID: "foo-uid")
      #expect(try await send().status == 200)
      #expect(!server.calls.contains("PUT \(Self.deployments)/d"))
      #expect(server.object(Self.foos + "example-foo")?["status"]?["availableReplicas"]?.int == 5)
    }
    server.forgetExchanges()
    server.put(Self.deployments + "/d", nil)
    #expect(try await send().status == 200)
    let created = try #require(server.exchanges.first { $0.path == Self.deployments })
    #expect(created.json["spec"]?.object?.keys == ["selector", "template", "strategy"])
  }

  @Test(
    "A Deployment of somebody else is left alone: Warning ErrResourceExists, and the event is not acknowledged"
  )
  func reportsForeign() async throws {
    putFoo(["deploymentName": "d", "replicas": 3])
    for owner in [nil, "an-earlier-foo-of-that-name"] {
      server.forgetExchanges()
      putDeployment(replicas: 1, available: 1, ownerUID: owner)
      let answer = try await send()
      #expect(answer.status == 500)
      let message = #"Resource "d" already exists and is not managed by Foo"#
      #expect(String(decoding: answer.body, as: UTF8.self) == message + "\n")
      #expect(!server.calls.contains { $0.hasPrefix("PUT") })
      let event = try #require(server.events.first)
      #expect(server.events.count == 1)
      #expect(event["type"]?.string == "Warning")
      #expect(event["reason"]?.string == "ErrResourceExists")
      #expect(event["message"]?.string == message)
      #expect(event["involvedObject"]?["uid"]?.string == "foo-uid")
    }
    #expect(server.events.first?["count"]?.int == 2)
  }

  @Test("A Foo without a deploymentName is absorbed, one that is gone is done: 200, and nothing is written")
  func absorbs() async throws {
    for spec: JSONValue in [["replicas": 1], ["deploymentName": ""], [:]] {
      putFoo(spec)
      #expect(try await send().status == 200)
    }
    server.put(Self.foos + "example-foo", nil)
    #expect(try await send().status == 200)
    #expect(Set(server.calls) == ["GET \(Self.foos)example-foo"])
    #expect(child.lines.contains { $0.contains("warning deployment name must be specified") })
    #expect(
      child.lines.contains { $0.contains("info Foo no longer exists object=\"Foo default/example-foo\"") })
  }

  @Test("Synced is recorded on every sync: one Event, counted up")
  func recordsEverySync() async throws {
    putFoo(["deploymentName": "d", "replicas": 1])
    for _ in 1...3 { #expect(try await send().status == 200) }
    #expect(reasons == ["Synced"])
    #expect(server.events.first?["count"]?.int == 3)
    #expect(server.events.first?["message"]?.string == "Foo synced successfully")
    #expect(server.events.first?["type"]?.string == "Normal")
    #expect(server.events.first?["source"] == ["component": "sample-controller"])
  }

  @Test(
    "What the API server refuses is not acknowledged, and no Synced is recorded; a failing Event changes nothing"
  )
  func failures() async throws {
    putFoo(["deploymentName": "d", "replicas": 1])
    let table: [(FakeAPIServer.Fault, Int)] = [
      (.init(method: "GET", pathContains: "/foos/", answer: HTTPResponse(status: 500)), 500),
      (.init(method: "GET", pathContains: "/foos/", answer: HTTPResponse(status: 503)), 503),
      (.init(method: "POST", pathContains: "/deployments", answer: HTTPResponse(status: 429)), 503),
      (
        .init(
          method: "POST", pathContains: "/deployments", answer: FakeAPIServer.status(403, "Forbidden", "no")),
        500
      ),
      (
        .init(
          method: "POST", pathContains: "/deployments",
          answer: FakeAPIServer.status(409, "AlreadyExists", "e")), 409
      ),
      (
        .init(method: "PUT", pathContains: "/status", answer: FakeAPIServer.status(409, "Conflict", "c")), 409
      ),
    ]
    for (fault, status) in table {
      server.fail(fault)
      #expect(try await send().status == status)
      #expect(reasons == [])
    }
    server.fail(.init(method: "POST", pathContains: "/events", answer: HTTPResponse(status: 403)))
    #expect(try await send().status == 200)
    #expect(reasons == [])
  }

  @Test("What it has changed is looked at once more, for subscriptions that do not follow Deployments")
  func looksAgain() async throws {
    putFoo(["deploymentName": "d", "replicas": 2])
    #expect(try await send().headers[first: "Hub-Requeue-After"] == "30")
    #expect(try await send().headers[first: "Hub-Requeue-After"] == nil)
    putFoo(["deploymentName": "d", "replicas": 3])
    #expect(try await send().headers[first: "Hub-Requeue-After"] == "30")
    #expect(try await send().headers[first: "Hub-Requeue-After"] == nil)
  }

  @Test("An event that was reconciled is acknowledged again without a look; one that failed is not")
  func dropsDuplicates() async throws {
    putFoo(["deploymentName": "d", "replicas": 2])
    server.fail(.init(method: "POST", pathContains: "/deployments", answer: HTTPResponse(status: 500)))
    #expect(try await child.post(Events.headers()).status == 500)
    server.forgetExchanges()
    let first = try await child.post(Events.headers())
    #expect(first.status == 200)
    #expect(server.calls.contains("POST \(Self.deployments)"))
    server.forgetExchanges()
    let second = try await child.post(Events.headers(extra: [("ce-hubattempt", "2")]))
    #expect(second.status == 200)
    #expect(second.headers[first: "Hub-Requeue-After"] == first.headers[first: "Hub-Requeue-After"])
    #expect(server.calls == [])
  }

  @Test("An event about another kind says how to follow it, and is rejected")
  func refusesOtherKinds() async throws {
    let answer = try await child.post(Events.headers(kind: "Deployment", apiVersion: "apps/v1"))
    #expect(answer.status == 422)
    #expect(String(decoding: answer.body, as: UTF8.self).contains("controller: true"))
    #expect(server.calls == [])
  }
}
