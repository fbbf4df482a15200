import JSONScan
import Testing

@testable import HubEngine

@Suite("A subscription's sink")
struct SinkStateTests {
  private static let judge = SinkJudge(policy: .standard, apiServer: "https://api.example.org")
  private static let sender = SinkSender(namespace: "a")
  private static let second = Duration64.second

  private static func target(_ kind: String, apiVersion: String, uri: String? = nil) -> SinkTarget {
    SinkTarget(
      ref: SinkReference(apiVersion: apiVersion, kind: kind, namespace: "a", name: "foo"), uri: uri)
  }
  private static let knative = target("Service", apiVersion: "serving.knative.dev/v1")

  private static func addressed(_ url: String) -> JSONValue { ["status": ["address": ["url": .string(url)]]] }

  private static func found(_ object: JSONValue, _ target: SinkTarget = knative) -> SinkState {
    var state = SinkState.referenced(at: 5)
    state.asked()
    state.found(object, of: target, judge, sender, at: 10)
    return state
  }

  @Test("a URL needs no looking up, and has no deadline")
  func fixed() {
    var state = SinkState.fixed("http://foo.a.svc", Self.judge, Self.sender)
    #expect(state.url == "http://foo.a.svc" && state.reason == "Resolved" && state.recheckAt == nil)
    state.suspect(at: 7)
    #expect(state.recheckAt == nil)
    let refused = SinkState.fixed("http://example.org", Self.judge, Self.sender)
    #expect(refused.url == nil && refused.reason == "NotAllowed")
    #expect(
      refused.message
        == "http://example.org may not be a sink: no rule of sinkPolicy.allow lets namespace a send to"
        + " example.org; name a Service of the subscription's namespace, or ask the hub's administrator for a rule"
    )
  }

  @Test("a reference is read at once, once at a time, and every 30 s")
  func reading() {
    var state = SinkState.referenced(at: 5)
    #expect(state.recheckAt == 5 && state.url == nil && state.reason == "Unknown")
    state.asked()
    #expect(state.isAsking && state.recheckAt == nil)
    state.found(
      Self.addressed("http://foo.a.svc"), of: Self.knative, Self.judge, Self.sender, at: 10)
    #expect(!state.isAsking && state.recheckAt == 10 + SinkState.refresh && state.url == "http://foo.a.svc")
  }

  @Test("of several addresses the one with the name that the reference gives counts")
  func namedAddress() {
    let several: JSONValue = [
      "status": [
        "address": ["url": "http://outside.example.org"],
        "addresses": [
          ["name": "outside", "url": "http://outside.example.org"],
          ["name": "inside", "url": "http://foo.a.svc"],
        ],
      ]
    ]
    func target(_ address: String) -> SinkTarget {
      SinkTarget(
        ref: SinkReference(
          apiVersion: "serving.knative.dev/v1", kind: "Service", namespace: "a", name: "foo", address: address
        ))
    }
    #expect(Self.found(several, target("inside")).url == "http://foo.a.svc")
    let missing = Self.found(several, target("elsewhere"))
    #expect(missing.url == nil && missing.reason == "NotAddressable")
    #expect(missing.message == "Service a/foo has no url in status.addresses with the name elsewhere yet")
  }

  @Test("an Addressable says where it is; the first of several addresses counts")
  func addresses() {
    let several: JSONValue = [
      "status": ["addresses": [["url": "http://b.a.svc"], ["url": "http://c.a.svc"]]]
    ]
    #expect(Self.found(several).url == "http://b.a.svc")
    let both: JSONValue = [
      "status": ["address": ["url": "http://a.a.svc"], "addresses": [["url": "http://b.a.svc"]]]
    ]
    #expect(Self.found(both).url == "http://a.a.svc")
    let none = Self.found(["status": [:]])
    #expect(none.url == nil && none.reason == "NotAddressable" && none.message.hasPrefix("Service a/foo"))
  }

  @Test("a core Service has its DNS name, whatever it says of itself")
  func coreService() {
    let state = Self.found([:], Self.target("Service", apiVersion: "v1"))
    #expect(state.url == "http://foo.a.svc.cluster.local")
  }

  @Test("a uri beside a ref is relative to its address")
  func relative() {
    let target = Self.target("Service", apiVersion: "serving.knative.dev/v1", uri: "hook?x=1")
    #expect(
      Self.found(Self.addressed("http://foo.a.svc/base/"), target).url == "http://foo.a.svc/base/hook?x=1")
    let bad = Self.found(Self.addressed("no url"), target)
    #expect(bad.url == nil && bad.reason == "BadAddress")
  }

  @Test("policy judges what an Addressable answers, too")
  func policy() {
    let state = Self.found(Self.addressed("http://example.org"))
    #expect(state.url == nil && state.reason == "NotAllowed")
    #expect(Self.found(Self.addressed("http://169.254.169.254")).url == nil)
    #expect(Self.found(Self.addressed("https://api.example.org:443")).url == nil)
  }

  @Test("an address that was known stays in use while it cannot be read, and goes with its object")
  func unresolved() {
    var state = Self.found(Self.addressed("http://foo.a.svc"))
    state.asked()
    state.unresolved("NotReadable", "503", at: 100)
    #expect(state.url == "http://foo.a.svc" && state.reason == "Resolved" && !state.isAsking)
    state.unresolved("NotFound", "gone", isGone: true, at: 200)
    #expect(state.url == nil && state.reason == "NotFound" && state.message == "gone")
  }

  @Test("it is read again after growing waits, up to 30 s, and soon again after a success")
  func waits() {
    var state = SinkState.referenced(at: 0)
    let waits = (0..<9).map { _ in
      state.asked()
      state.unresolved("NotReadable", "503", at: 1000)
      return ((state.recheckAt ?? 0) - 1000) / (Self.second / 2)
    }
    #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60, 60])
    state.found(
      Self.addressed("http://foo.a.svc"), of: Self.knative, Self.judge, Self.sender, at: 0)
    state.unresolved("NotReadable", "503", at: 0)
    #expect(state.recheckAt == Self.second / 2)
  }

  @Test("no answer brings the next look forward, never puts it off")
  func suspecting() {
    var state = Self.found(Self.addressed("http://foo.a.svc"))
    state.suspect(at: 100)
    let soon = 100 + SinkState.firstWait
    #expect(state.recheckAt == soon)
    state.suspect(at: 200)
    #expect(state.recheckAt == soon)
    state.asked()
    state.suspect(at: 300)
    #expect(state.recheckAt == nil)
  }

  private static func service(_ concurrency: JSONValue?, _ scale: JSONValue?, key: String = "max-scale")
    -> JSONValue
  {
    var spec: JSONObject = [:]
    if let concurrency { spec["containerConcurrency"] = concurrency }
    var annotations: JSONObject = [:]
    if let scale { annotations["autoscaling.knative.dev/" + key] = scale }
    return [
      "spec": [
        "template": ["metadata": ["annotations": .object(annotations)], "spec": .object(spec)]
      ],
      "status": ["address": ["url": "http://foo.a.svc"]],
    ]
  }

  @Test("a Knative Service takes its container concurrency times its largest scale, if both are bounded")
  func concurrency() {
    #expect(Self.found(Self.service(10, "3")).concurrencyLimit == 30)
    #expect(Self.found(Self.service(10, "3", key: "maxScale")).concurrencyLimit == 30)
    let unbounded: [(JSONValue?, JSONValue?)] = [
      (nil, "3"), (10, nil), (0, "3"), (10, "0"), (10, "many"), (10, 3), (-1, "3"), (nil, nil),
      (9_000_000_000, "9000000000000000"),
    ]
    for (concurrency, scale) in unbounded {
      #expect(Self.found(Self.service(concurrency, scale)).concurrencyLimit == nil)
    }
  }
}
