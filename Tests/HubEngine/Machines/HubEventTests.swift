import JSONScan
import Testing

@testable import HubEngine

@Suite("The event on the wire")
struct HubEventTests {
  /// The object of the recorded adapter event, told by the hub.
  private static func event(_ change: (inout HubEvent) -> Void = { _ in }) -> HubEvent {
    var event = HubEvent(
      operation: .add, isReference: true, apiVersion: "v1", kind: "ConfigMap", plural: "configmaps",
      namespace: "demo", name: "c3", uid: "4f1e0e52-8c7a-4b0e-9a4c-0d1a2b3c4d5e", version: "1234",
      cause: .change, token: "", seen: 1_795_523_954_235_167_394, attempt: 1,
      body: HubEvent.reference(apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: "c3"))
    change(&event)
    return event
  }

  private static func headers(_ change: (inout HubEvent) -> Void = { _ in }) -> [String: String] {
    let fields = event(change).headers(
      source: "https://127.0.0.1:6443", subscription: "subscription-uid", namespace: "default")
    return Dictionary(
      fields.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $0 + " and " + $1 })
  }

  /// An event of Knative's adapter, recorded against a real API server; Ce-Id is random there.
  private static let recorded = [
    "Ce-Apiversion: v1", "Ce-Kind: ConfigMap", "Ce-Name: c3", "Ce-Namespace: demo",
    "Ce-Source: https://127.0.0.1:6443", "Ce-Specversion: 1.0",
    "Ce-Subject: /apis/v1/namespaces/demo/configmaps/c3", "Ce-Time: 2026-11-24T12:39:14.235167394Z",
    "Ce-Type: dev.knative.apiserver.ref.add", "Content-Type: application/json", "Kn-Namespace: default",
  ]

  @Test("every header of a recorded event of Knative's adapter is there, byte for byte")
  func recordedHeaders() {
    let headers = Self.headers()
    for line in Self.recorded {
      let colon = line.firstRange(of: ": ")
      let name = String(line[..<(colon?.lowerBound ?? line.endIndex)]).lowercased()
      let value = String(line[(colon?.upperBound ?? line.endIndex)...])
      #expect(headers[name] == value)
    }
  }

  @Test("beyond them there is what the hub adds, and nothing twice")
  func ownHeaders() {
    let names = Set(Self.headers().keys)
    let known = Set(Self.recorded.map { $0.prefix { $0 != ":" }.lowercased() })
    #expect(
      names.subtracting(known) == [
        "ce-id", "ce-uid", "ce-hubcause", "ce-hubattempt", "ce-traceparent",
      ])
    let fields = Self.event().headers(source: "s", subscription: "u", namespace: "n")
    #expect(Set(fields.map { $0.name.lowercased() }).count == fields.count)
  }

  @Test("the reference is the recorded body, byte for byte")
  func recordedBody() {
    let text = String(decoding: Self.event().body, as: UTF8.self)
    #expect(text == #"{"kind":"ConfigMap","namespace":"demo","name":"c3","apiVersion":"v1"}"#)
    #expect(text.utf8.count == 69)
  }

  @Test("the type says operation and form")
  func types() {
    #expect(Self.headers { $0.operation = .update }["ce-type"] == "dev.knative.apiserver.ref.update")
    let deleted = Self.headers {
      $0.operation = .delete
      $0.isReference = false
    }
    #expect(deleted["ce-type"] == "dev.knative.apiserver.resource.delete")
  }

  @Test("a cluster-scoped object has an empty segment in its subject, and no namespace in its reference")
  func clusterScoped() {
    let event = Self.event { $0.namespace = "" }
    #expect(event.subject == "/apis/v1/namespaces//configmaps/c3")
    let body = HubEvent.reference(apiVersion: "v1", kind: "Node", namespace: "", name: "n1")
    #expect(String(decoding: body, as: UTF8.self) == #"{"kind":"Node","name":"n1","apiVersion":"v1"}"#)
  }

  @Test("values beyond ASCII are percent-encoded, so that no header can be smuggled in")
  func encoding() {
    let headers = Self.headers { $0.name = "c3\r\nEvil: yes \u{E9}" }
    #expect(headers["ce-name"] == "c3%0D%0AEvil:%20yes%20%C3%A9")
    #expect(headers["evil"] == nil)
  }

  @Test("SEMANTICS 21: a delete tells why; without its last state it says what is known and hubpartial")
  func deletes() throws {
    let headers = Self.headers {
      $0.operation = .delete
      $0.reason = .left
      $0.isPartial = true
    }
    #expect(headers["ce-hubreason"] == "left" && headers["ce-hubpartial"] == "true")
    let body = try JSONValue(
      parsing: HubEvent.partial(apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: "c3", uid: "u"))
    #expect(
      body == [
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "c3", "namespace": "demo", "uid": "u"],
      ])
    let clusterScoped = try JSONValue(
      parsing: HubEvent.partial(apiVersion: "v1", kind: "Node", namespace: "", name: "n1", uid: "u"))
    #expect(clusterScoped["metadata"] == ["name": "n1", "uid": "u"])
  }

  @Test("SEMANTICS 5: a child's event names the child's kind")
  func via() {
    #expect(Self.headers { $0.via = "Deployment" }["ce-hubvia"] == "Deployment")
  }

  @Test("SEMANTICS 19: attempts and causes do not change the id; all that makes another event does")
  func identity() {
    let id = Self.headers()["ce-id"]
    #expect(Self.headers { $0.attempt = 9 }["ce-id"] == id)
    #expect(Self.headers { $0.seen = 1 }["ce-id"] == id)
    #expect(Self.headers { $0.body = [] }["ce-id"] == id)
    // The version of the API group is no part of the key.
    let grouped = Self.headers { $0.apiVersion = "apps/v1" }["ce-id"]
    #expect(Self.headers { $0.apiVersion = "apps/v2" }["ce-id"] == grouped)
    let changes: [(inout HubEvent) -> Void] = [
      { $0.operation = .update }, { $0.apiVersion = "apps/v1" }, { $0.kind = "Secret" },
      { $0.namespace = "x" },
      { $0.name = "x" }, { $0.uid = "x" }, { $0.version = "1235" }, { $0.token = "resync/1" },
    ]
    var ids = changes.map { Self.headers($0)["ce-id"] }
    let fields = Self.event().headers(source: "s", subscription: "another", namespace: "default")
    ids.append(fields.first { $0.name == "ce-id" }?.value)
    #expect(Set(ids).count == changes.count + 1 && !ids.contains(id))
    #expect(ids.allSatisfy { $0?.utf8.count == 32 })
  }

  @Test("an id is what it was in the first release: receivers remember ids over an upgrade of the hub")
  func identityOfRelease() {
    #expect(Self.event().identity(subscription: "subscription-uid").hex == "82faeffcc1f2feb2417531c6f4ed6007")
  }

  private static func incarnation(_ version: String, epoch: UInt32 = 0) -> Incarnation {
    Incarnation(uid: 1, uidText: "u", version: version, isComparable: true, epoch: epoch)
  }

  @Test("SEMANTICS 20: sequences sort as texts the way versions do as numbers, epoch before version")
  func sequence() {
    let zeros = String(repeating: "0", count: 34)
    #expect(HubEvent.sequence(of: Self.incarnation("12345", epoch: 7)) == "00000007.\(zeros)12345")
    let greatest = String(UInt128.max)
    #expect(greatest.utf8.count == 39)
    let ordered = [
      Self.incarnation("9"), Self.incarnation("10"), Self.incarnation(greatest),
      Self.incarnation("1", epoch: 1), Self.incarnation("1", epoch: 10), Self.incarnation("1", epoch: .max),
    ].map { HubEvent.sequence(of: $0) ?? "" }
    #expect(ordered == ordered.sorted() && Set(ordered).count == ordered.count)
    var opaque = Self.incarnation("abc")
    opaque.isComparable = false
    #expect(HubEvent.sequence(of: opaque) == nil)
    #expect(Self.headers()["ce-sequence"] == nil)
    #expect(Self.headers { $0.sequence = "00000000.1" }["ce-sequence"] == "00000000.1")
  }

  @Test("traceparent is version 00: the trace is the event, the span the attempt")
  func traceparent() {
    let first = Self.headers()["ce-traceparent"]?.split(separator: "-").map(String.init) ?? []
    let second = Self.headers { $0.attempt = 2 }["ce-traceparent"]?.split(separator: "-").map(String.init)
    #expect(first.map(\.utf8.count) == [2, 32, 16, 2])
    #expect(first.first == "00" && first.last == "01")
    #expect(first[1] == Self.headers()["ce-id"] && second?[1] == first[1])
    #expect(second?[2] != first[2])
  }
}
