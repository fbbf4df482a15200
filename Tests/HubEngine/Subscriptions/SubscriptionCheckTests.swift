import Foundation
import HubEngine
import JSONScan
import TestSupport
import Testing

private typealias Texts = SubscriptionTexts

@Suite("hub check")
struct SubscriptionCheckTests {
  @Test("each finding is one line with file, line and column, counted in characters from 1")
  func positions() {
    let check = checked(
      """
      {
        "apiVersion": "frugalhub.dev/v1alpha1",
        "kind": "OperatorSubscription",
        "metadata": {"name": "s", "annotations": {"a": "é€😀"}, "nmae": "x"},
        "spec": {
          "resources": [
            {"apiVersion": "v1",
             "kind": "ConfigMap", "changes": ["a b"]}
          ],
          "delivery": {"retry": true},
          "mode":
            "Ref"
        }
      }
      """)
    #expect(!check.isValid)
    #expect(
      check.findingLines == [
        "f.json:4:66: metadata.nmae: unknown field; did you mean name?",
        "f.json:12:7: spec.mode: is 'Ref', not Reference or Resource; choose one of them",
        "f.json:8:41: spec.resources[0].changes[0]: is no path: ' ' needs quotes; write such a name as metadata.annotations['example.com/x']",
        "f.json:5:11: spec.sink: required; give a uri, or a ref to a Service or another Addressable",
        "f.json:10:27: spec.delivery.retry: is a boolean, not a number; write digits without quotes",
      ])
    #expect(check.watchLines == [])
  }

  @Test("sinks are judged by the policy that is given, of the hub's own files as such")
  func policy() throws {
    var policy = SinkPolicy(allow: [SinkRule(hosts: [HostPattern("*.{namespace}.svc")].compactMap { $0 })])
    policy.deny = [SinkRule(hosts: [HostPattern("bad.b.svc")].compactMap { $0 })]
    let text = Array(
      """
      kind: OperatorSubscription
      apiVersion: frugalhub.dev/v1alpha1
      metadata: {name: s, namespace: b}
      spec:
        resources: [{apiVersion: v1, kind: ConfigMap}]
        sink:
          uri: http://example.com/x
        delivery:
          deadLetterSink:
            ref: {apiVersion: v1, kind: Service, name: bad}
      """.utf8)
    func lines(_ check: SubscriptionCheck) -> [String] {
      var check = check
      check.add(file: "f.yaml", bytes: text)
      return check.findingLines
    }
    let forbidden =
      "f.yaml:10:12: spec.delivery.deadLetterSink.ref: may not be a sink: sinkPolicy.deny[0] forbids it; name another"
      + " sink"
    #expect(
      lines(SubscriptionCheck(sinkPolicy: policy)) == [
        "f.yaml:7:10: spec.sink.uri: may not be a sink: no rule of sinkPolicy.allow lets namespace b send to example.com;"
          + " name a Service of the subscription's namespace, or ask the hub's administrator for a rule",
        forbidden,
      ])
    #expect(
      lines(SubscriptionCheck(sinkPolicy: policy) { $0 == "f.yaml" }) == [forbidden])
    #expect(lines(SubscriptionCheck()) == [])
  }

  @Test("Secrets in mode Resource are judged by the policy, or without one by the hub's default")
  func secrets() {
    func lines(_ policy: SinkPolicy?, sink: String) -> [String] {
      var check = SubscriptionCheck(sinkPolicy: policy)
      let resources = #""mode":"Resource","resources":[{"apiVersion":"v1","kind":"Secret"}]"#
      check.add(file: "f.json", bytes: Array(Texts.object(resources + #","sink":"# + sink).utf8))
      return check.findingLines
    }
    let service = #"{"uri":"http://a.default.svc"}"#
    let broker = #"{"ref":{"apiVersion":"eventing.knative.dev/v1","kind":"Broker","name":"b"}}"#
    let remedy =
      "in mode Resource; use mode Reference, or ask the hub's administrator for a rule of sinkPolicy.allow with secrets: true"
    #expect(
      lines(nil, sink: service).first?.hasSuffix(
        "spec.sink.uri: may not be a sink: the data of Secrets may not go to a.default.svc " + remedy) == true
    )
    #expect(
      lines(nil, sink: broker).first?.hasSuffix(
        "spec.sink.ref: may not be a sink: the data of Secrets may not go to Broker default/b " + remedy)
        == true)
    let policy = SinkPolicy(allow: [SinkRule(hosts: [HostPattern("*")].compactMap { $0 }, secrets: true)])
    #expect(lines(policy, sink: service) == [])
    #expect(lines(policy, sink: broker) == [])
  }

  @Test("a text that is not JSON is reported where it stops being JSON")
  func notJSON() {
    #expect(
      checked("{\n  \"a\": x\n}").findingLines == [
        "f.json:2:8: (object): not JSON: only true, false and null may be written without quotes; correct the text"
      ])
  }

  @Test("a valid subscription is told as what would be watched, one line per resource")
  func watches() {
    let check = checked(
      Texts.object(
        """
        "resources": [
          {"apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo"},
          {"apiVersion": "apps/v1", "kind": "Deployment", "controller": true, "operations": ["Update", "Delete"],
           "selector": {"matchLabels": {"app": "web"}},
           "owner": {"apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo"}}
        ],
        "sink": {"ref": {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "foo"}, "uri": "/x"}
        """))
    #expect(check.isValid)
    #expect(
      check.watchLines == [
        "f.json:1: default/s watches Foo (samplecontroller.k8s.io/v1alpha1) in namespace default"
          + " on Add, Update, Delete and sends a Reference to Service (serving.knative.dev/v1) default/foo at /x",
        "f.json:1: default/s watches Deployment (apps/v1) in namespace default with labels app=web"
          + " controlled by Foo.samplecontroller.k8s.io on Update, Delete and sends a Reference to the controller"
          + " to Service (serving.knative.dev/v1) default/foo at /x",
      ])
  }

  @Test("all namespaces, Resource mode and suspension are told")
  func otherWords() {
    let check = checked(
      Texts.object(
        Texts.resources + "," + Texts.sink + #","namespaceSelector":{},"mode":"Resource","suspend":true"#))
    #expect(
      check.watchLines == [
        "f.json:1: default/s watches ConfigMap (v1) in all namespaces on Add, Update, Delete"
          + " and sends a Resource to http://sink (suspended: delivers nothing)"
      ])
  }

  @Test("a name that an earlier file has is refused")
  func twoFiles() {
    var check = SubscriptionCheck()
    let text = Array(Texts.object(Texts.resources + "," + Texts.sink).utf8)
    check.add(file: "a.json", bytes: text)
    check.add(file: "b.json", bytes: text)
    #expect(
      check.findingLines == [
        "b.json:1:1: metadata.name: is the name of another object, that of a.json:1; give one of them another name"
      ])
    #expect(check.watchLines.count == 1)
  }

  @Test("the JSON form says the same")
  func json() throws {
    var check = SubscriptionCheck()
    check.add(file: "good.json", bytes: Array(Texts.object(Texts.resources + "," + Texts.sink).utf8))
    check.add(file: "bad.json", bytes: Array("[1]".utf8))
    let json = try JSONValue(parsing: check.json().serialized())
    #expect(json["valid"] == false)
    #expect(
      json["findings"] == [
        [
          "file": "bad.json", "line": 1, "column": 2, "field": "(object)",
          "reason": "is a number, not an object",
          "remedy": "write an object in braces",
        ]
      ])
    #expect(
      json["watches"] == [
        [
          "file": "good.json", "line": 1, "subscription": "default/s", "kind": "ConfigMap",
          "apiVersion": "v1",
          "namespaces": "namespace default", "selector": "", "owner": nil, "controller": false,
          "operations": ["Add", "Update", "Delete"], "names": [], "changes": [], "fieldSelector": "",
          "ignoreManagers": [], "mode": "Reference", "sink": "http://sink",
          "suspended": false,
        ]
      ])
  }

  @Test("control characters of a file never break a line of output")
  func oneLine() {
    let check = checked(Texts.object(Texts.resources + "," + Texts.sink + #","a\nb\u2028c":1,"mode":"x\ny""#))
    #expect(check.findingLines.count == 2)
    #expect(check.findingLines.allSatisfy { line in !line.contains { $0.isNewline } })
  }

  @Test("the example in config is valid")
  func example() throws {
    let url = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "config/subscriptions/example.yaml")
    var check = SubscriptionCheck()
    check.add(file: "example.yaml", bytes: [UInt8](try Data(contentsOf: url)))
    #expect(check.findingLines == [])
    #expect(check.watchLines.count == 2)
  }

  private func checked(_ text: String) -> SubscriptionCheck {
    var check = SubscriptionCheck()
    check.add(file: "f.json", bytes: Array(text.utf8))
    return check
  }
}
