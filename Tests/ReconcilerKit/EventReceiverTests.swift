import HTTP
import JSONScan
import TestSupport
import Testing

@testable import ReconcilerKit

@Suite("Event receiver")
struct EventReceiverTests {
  @Test("2xx comes only after the reconcile has ended")
  func answersAfterReconciling() async throws {
    let (gate, answers) = (Gate(), Recorder<Int>())
    let harness = try Harness { _ in
      await gate.pass()
      return .done
    }
    let sending = Task {
      answers.append(try await harness.post(Events.headers(), Events.reference).status)
    }
    try await waitUntil("the reconcile runs") { await gate.waitingCount == 1 }
    // The server answers others meanwhile, and this one still waits.
    #expect(try await harness.request("GET", "/healthz").status == 200)
    #expect(answers.values == [])
    await gate.open()
    try await sending.value
    #expect(answers.values == [200])
  }

  @Test(
    "SEMANTICS 16: one object is reconciled once at a time, others meanwhile; what waits for it shares one run"
  )
  func serialisesKeys() async throws {
    let (gate, runs) = (Gate(), Recorder<String>())
    let harness = try Harness { request in
      runs.append("\(request.name) \(request.event.id)")
      if request.name == "slow" { await gate.pass() }
      return .done
    }
    func send(_ name: String, _ id: String) -> Task<Int, any Error> {
      Task { try await harness.post(Events.headers(name: name, id: id), Events.reference).status }
    }
    let first = send("slow", "1")
    try await waitUntil("the first runs") { await gate.waitingCount == 1 }
    let others = [send("slow", "2"), send("slow", "3")]
    try await waitUntil("both wait") { await harness.receiver.serializer.admitted == 3 }
    #expect(try await send("quick", "4").value == 200)
    await gate.releaseAll()
    #expect(try await first.value == 200)
    try await waitUntil("the merged one runs") { await gate.waitingCount == 1 }
    await gate.open()
    for other in others { #expect(try await other.value == 200) }
    #expect(runs.values.count == 3)
    #expect(runs.values.prefix(2) == ["slow 1", "quick 4"])
  }

  @Test("Another version of the kind is the same object")
  func versionsShareAKey() {
    func key(_ apiVersion: String) -> ReconcileKey {
      ReconcileRequest(
        apiVersion: apiVersion, kind: "Foo", namespace: "a", name: "b",
        event: ReconcileEvent(id: "1", source: "s", operation: .add)
      ).key
    }
    #expect(key("g/v1") == key("g/v2"))
    #expect(key("g/v1") != key("h/v1"))
    #expect(key("v1").group == "")
  }

  @Test("A thrown error is answered with its status, its text and Retry-After")
  func mapsErrors() async throws {
    let harness = try Harness { request in
      switch request.name {
      case "conflict": throw ReconcilerError.conflict("changed meanwhile")
      case "away": throw ReconcilerError.unavailable("the database is away", retryAfterSeconds: 7)
      case "terminal": throw ReconcilerError.terminal("can never work")
      case "later": return .requeue(afterSeconds: 12)
      default: throw KubernetesError.forbidden("no right")
      }
    }
    for (name, status, text) in [
      ("conflict", 409, "changed meanwhile\n"), ("away", 503, "the database is away\n"),
      ("terminal", 422, "can never work\n"), ("other", 500, "no right\n"), ("later", 200, ""),
    ] {
      let answer = try await harness.post(Events.headers(name: name), Events.reference)
      #expect(answer.status == status)
      #expect(String(decoding: answer.body, as: UTF8.self) == text)
      #expect(answer.headers[first: "Retry-After"] == (name == "away" ? "7" : nil))
      #expect(answer.headers[first: "Hub-Requeue-After"] == (name == "later" ? "12" : nil))
    }
  }

  @Test("All that an event says is handed over; the object comes from the extensions")
  func readsAttributes() async throws {
    let seen = Recorder<ReconcileRequest>()
    let harness = try Harness { request in
      seen.append(request)
      return .done
    }
    let headers = Events.headers(
      type: "dev.knative.apiserver.ref.delete",
      extra: [
        ("ce-hubcause", "resync"), ("ce-hubattempt", "3"), ("ce-hubreason", "left"), ("ce-uid", "u-1"),
        ("ce-sequence", "0.7"),
      ])
    #expect(try await harness.post(headers, [UInt8](#"{"kind":"Other","name":"other"}"#.utf8)).status == 200)
    #expect(
      seen.values == [
        ReconcileRequest(
          apiVersion: "samplecontroller.k8s.io/v1alpha1", kind: "Foo", namespace: "default",
          name: "example-foo",
          event: ReconcileEvent(
            id: "id-1", source: "https://10.0.0.1:443", operation: .delete, cause: .resync, attempt: 3,
            deletion: .left, uid: "u-1", sequence: "0.7"))
      ])
  }

  @Test("Without extensions the object comes from the body: a reference, or the object itself")
  func readsBodies() async throws {
    let seen = Recorder<String>()
    let harness = try Harness { request in
      seen.append("\(request.apiVersion) \(request.key)")
      return .done
    }
    let headers = HTTPHeaders([
      ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "s"), ("ce-type", "t"),
      ("Content-Type", "application/json"),
    ])
    let object = #"{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1","labels":{"name":"no"}}}"#
    #expect(try await harness.post(headers, Events.reference).status == 200)
    #expect(try await harness.post(headers, [UInt8](object.utf8)).status == 200)
    #expect(seen.values == ["samplecontroller.k8s.io/v1alpha1 Foo default/example-foo", "v1 Node n1"])
  }

  @Test("Structured and batched events are taken; a batch is good only if all its objects are")
  func structuredAndBatched() async throws {
    let seen = Recorder<String>()
    let harness = try Harness { request in
      seen.append("\(request.name) \(request.event.id)")
      if request.name == "bad" { throw ReconcilerError.transient("not now") }
      return .done
    }
    func post(_ type: String, _ body: JSONValue) async throws -> Int {
      try await harness.post(["Content-Type": type], body.serialized()).status
    }
    let batch = "application/cloudevents-batch+json"
    #expect(try await post("application/cloudevents+json; charset=utf-8", Events.structured()) == 200)
    #expect(seen.values == ["example-foo id-1"])
    let pair: JSONValue = [Events.structured(name: "a", id: "1"), Events.structured(name: "b", id: "2")]
    #expect(try await post(batch, pair) == 200)
    #expect(Set(seen.values.dropFirst()) == ["a 1", "b 2"])
    let mixed: JSONValue = [Events.structured(name: "a", id: "3"), Events.structured(name: "bad", id: "4")]
    #expect(try await post(batch, mixed) == 500)
    #expect(try await post(batch, mixed) == 500)
    #expect(seen.values.filter { $0 == "a 3" }.count == 1, "what was good of a bad batch is not done again")
    #expect(try await post(batch, []) == 200)
    let twice: JSONValue = [Events.structured(name: "c", id: "5"), Events.structured(name: "c", id: "6")]
    #expect(try await post(batch, twice) == 200)
    #expect(seen.values.last == "c 6", "several events about one object are one reconcile, of the last")
    #expect(!seen.values.contains("c 5"))
  }

  @Test("Of a batch, the end of one incarnation and the news of the next are told one after the other")
  func incarnationsInABatch() async throws {
    let seen = Recorder<String>()
    let harness = try Harness { request in
      seen.append("\(request.event.operation) \(request.event.uid ?? "")")
      return .done
    }
    func event(_ type: String, _ uid: String, _ version: Int) -> JSONValue {
      var event = Events.structured(id: "\(type) \(version)", type: "dev.knative.apiserver.ref.\(type)")
      event["uid"] = .string(uid)
      event["sequence"] = .string("0.\(version)")
      return event
    }
    let batch: JSONValue = [
      event("update", "one", 4), event("delete", "one", 5), event("update", "one", 3), event("add", "two", 6),
      event("update", "two", 8), event("update", "two", 7),
    ]
    let type = HTTPHeaders([("Content-Type", "application/cloudevents-batch+json")])
    #expect(try await harness.post(type, batch.serialized()).status == 200)
    #expect(seen.values == ["delete one", "update two"])
  }

  @Test("What is no event, or names no object, is refused with a reason and reaches no reconciler")
  func refusesMalformed() async throws {
    let seen = Recorder<String>()
    let harness = try Harness { request in
      seen.append(request.name)
      return .done
    }
    let good = Events.headers()
    func without(_ name: String) -> HTTPHeaders {
      var headers = good
      headers.remove(name)
      return headers
    }
    func with(_ name: String, _ value: String) -> HTTPHeaders {
      var headers = good
      headers.set(name, value)
      return headers
    }
    let structured = HTTPHeaders([("Content-Type", "application/cloudevents+json")])
    let table: [(HTTPHeaders, String, Int)] = [
      (without("ce-id"), "{}", 400), (without("ce-source"), "{}", 400), (without("ce-type"), "{}", 400),
      (with("ce-specversion", "0.3"), "{}", 400), (with("ce-name", "../secrets/x"), "{}", 400),
      (with("ce-name", ".."), "{}", 400), (with("ce-namespace", "a/b"), "{}", 400),
      (with("ce-apiversion", "a/b/c"), "{}", 400), (with("ce-kind", "Fo%2Fo"), "{}", 400),
      (without("ce-name"), "{}", 400), (without("ce-kind"), "not json", 400),
      (structured, "{", 400), (structured, "[]", 400), (structured, #"{"specversion":"1.0"}"#, 400),
      (["Content-Type": "application/cloudevents-batch+json"], "{}", 400),
      (["Content-Type": "application/cloudevents+avro"], "{}", 415),
      (["Content-Type": "application/json"], "{}", 415), ([:], "", 415),
      (
        ["Content-Type": "application/cloudevents-batch+json"],
        "[" + Array(repeating: "{}", count: 1001).joined(separator: ",") + "]", 413
      ),
    ]
    for (headers, body, status) in table {
      let answer = try await harness.post(headers, [UInt8](body.utf8))
      #expect(answer.status == status, "\(headers) \(body): \(String(decoding: answer.body, as: UTF8.self))")
      #expect(answer.body.count > 10, "the answer says why")
    }
    #expect(seen.values == [])
  }

  @Test("Other paths and methods are told what there is; a body beyond the limit is 413")
  func routes() async throws {
    let harness = try Harness { _ in .done }
    #expect(try await harness.request("GET", "/healthz").status == 200)
    #expect(try await harness.request("GET", "/readyz").status == 200)
    #expect(try await harness.request("HEAD", "/readyz").status == 200)
    let get = try await harness.request("GET", "/")
    #expect(get.status == 405)
    #expect(get.headers[first: "Allow"] == "POST")
    let post = try await harness.request("POST", "/healthz", [:], [])
    #expect(post.status == 405)
    #expect(post.headers[first: "Allow"] == "GET, HEAD")
    #expect(try await harness.request("GET", "/metrics").status == 404)
    harness.receiver.beginDraining()
    #expect(try await harness.request("GET", "/readyz").status == 503)
    #expect(try await harness.request("GET", "/healthz").status == 200)
    #expect(try await harness.post(Events.headers(), Events.reference).status == 200)
    let limit = HTTPServerConfiguration().maxBodyBytes
    let large = [UInt8](repeating: 32, count: limit + 1)
    #expect(try await harness.post(Events.headers(), large).status == 413)
  }

  @Test("With more events than it admits the answer is 429, and nothing is lost by it")
  func isBounded() async throws {
    let gate = Gate()
    let harness = try Harness(limits: ReceiverLimits(maxConcurrent: 1, maxAdmitted: 1)) { _ in
      await gate.pass()
      return .done
    }
    let first = Task { try await harness.post(Events.headers(), Events.reference).status }
    try await waitUntil("the first runs") { await gate.waitingCount == 1 }
    let refused = try await harness.post(Events.headers(name: "b"), Events.reference)
    #expect(refused.status == 429)
    #expect(refused.headers[first: "Retry-After"] == "1")
    await gate.open()
    #expect(try await first.value == 200)
    #expect(try await harness.post(Events.headers(name: "b"), Events.reference).status == 200)
  }
}
