import HubEngine
import Testing

private typealias Texts = SubscriptionTexts

/// Each malformed text with exactly what is said about it.
@Suite("Malformed subscriptions")
struct MalformedSubscriptionTests {
  @Test("an object of another kind gets only that said", arguments: otherObjects)
  func kinds(_ malformed: Malformed) { malformed.check() }

  @Test("metadata is judged by RFC 1123", arguments: badMetadata)
  func metadata(_ malformed: Malformed) { malformed.check() }

  @Test("resources are judged field by field", arguments: badResources)
  func resources(_ malformed: Malformed) { malformed.check() }

  @Test("names, changes and ignoreManagers are judged entry by entry", arguments: badLists)
  func lists(_ malformed: Malformed) { malformed.check() }

  @Test("selectors are judged term by term", arguments: badSelectors)
  func selectors(_ malformed: Malformed) { malformed.check() }

  @Test("sinks are judged by what may be called", arguments: badSinks)
  func sinks(_ malformed: Malformed) { malformed.check() }

  @Test("delivery is judged by its ranges", arguments: badDeliveries)
  func deliveries(_ malformed: Malformed) { malformed.check() }

  @Test("the rest of the spec is judged too", arguments: badSpecs)
  func specs(_ malformed: Malformed) { malformed.check() }

  @Test("what this version does not serve is refused by name", arguments: unservedFields)
  func notServed(_ malformed: Malformed) { malformed.check() }

  @Test("unknown fields get a suggestion", arguments: typingErrors)
  func typos(_ malformed: Malformed) { malformed.check() }

  @Test("everything that is wrong is found at once")
  func everything() {
    let text = Texts.object(
      #""resources":[{"kind":"configmaps!","operations":["add"],"changes":["spec."]}],"mode":"Ref","delivery":{"retry":-1}"#
    )
    #expect(
      Texts.findings(text) == [
        "spec.mode: is 'Ref', not Reference or Resource; choose one of them",
        "spec.resources[0].apiVersion: required; write group/version, as apps/v1, or v1 for core kinds",
        "spec.resources[0].kind: 'configmaps!' is not a kind; write it as the API has it, in the singular, as Deployment",
        "spec.resources[0].operations[0]: is 'add', not Add, Update or Delete; did you mean Add?",
        "spec.resources[0].changes[0]: is no path: a name is missing; write names with dots between them, as spec.replicas",
        "spec.sink: required; give a uri, or a ref to a Service or another Addressable",
        "spec.delivery.retry: is -1, not from 0 to 1000000; choose one in that range",
      ])
  }

  @Test("the table has at least 60 texts")
  func enough() {
    let all = [
      otherObjects, badMetadata, badResources, badLists, badSelectors, badSinks, badDeliveries, badSpecs,
      unservedFields, typingErrors,
    ].joined()
    #expect(all.count >= 60)
  }
}

/// A text and what is said about it.
struct Malformed: Sendable, CustomTestStringConvertible {
  let text: String
  let findings: [String]

  init(_ text: String, _ findings: String...) {
    self.text = text
    self.findings = findings
  }

  init(resource: String, _ findings: String...) {
    text = SubscriptionTexts.object(resource: resource)
    self.findings = findings
  }

  init(spec: String, _ findings: String...) {
    text = SubscriptionTexts.object(spec)
    self.findings = findings
  }

  var testDescription: String { findings.first ?? text }

  func check() { #expect(SubscriptionTexts.findings(text) == findings) }
}

private let good = SubscriptionTexts.resources + "," + SubscriptionTexts.sink

private let otherObjects: [Malformed] = [
  Malformed("", "(object): not JSON: the text is empty; correct the text"),
  Malformed("{", "(object): not JSON: the text ends inside a value; correct the text"),
  Malformed("[]", "(object): is an array, not an object; write an object in braces"),
  Malformed(#""x""#, "(object): is a string, not an object; write an object in braces"),
  Malformed(
    "{}", "apiVersion: required; write frugalhub.dev/v1alpha1", "kind: required; write OperatorSubscription"),
  Malformed(
    #"{"apiVersion":"sources.knative.dev/v1","kind":"ApiServerSource","spec":7}"#,
    "apiVersion: is 'sources.knative.dev/v1', not frugalhub.dev/v1alpha1; write frugalhub.dev/v1alpha1",
    "kind: is 'ApiServerSource', not OperatorSubscription; write OperatorSubscription"),
  Malformed(
    #"{"apiVersion":"frugalhub.dev/v1alpha1","kind":1}"#,
    "kind: is a number, not a string; put it in quotes"),
  Malformed(
    #"{"apiVersion":"frugalhub.dev/v1alpha1","kind":"OperatorSubscription"}"#,
    "metadata: required; give the object a metadata.name",
    "spec: required; give spec.resources and spec.sink"),
  Malformed(
    #"{"apiVersion":"frugalhub.dev/v1alpha1","kind":"OperatorSubscription","metadata":{"name":"s"},"spec":[]}"#,
    "spec: is an array, not an object; write an object in braces"),
]

private let nameRule = "use at most 253 of a-z, 0-9, - and ., beginning and ending with a letter or digit"
private let labelRule = "use at most 63 of a-z, 0-9 and -, beginning and ending with a letter or digit"

private let badMetadata: [Malformed] = [
  Malformed(SubscriptionTexts.object(good, metadata: ""), "metadata.name: required; name the object"),
  Malformed(
    SubscriptionTexts.object(good, metadata: #""name":"Foo""#),
    "metadata.name: 'Foo' is not a name of Kubernetes; \(nameRule)"),
  Malformed(
    SubscriptionTexts.object(good, metadata: #""name":"a..b""#),
    "metadata.name: 'a..b' is not a name of Kubernetes; \(nameRule)"),
  Malformed(
    SubscriptionTexts.object(good, metadata: #""name":"a\nb""#),
    #"metadata.name: 'a\u{a}b' is not a name of Kubernetes; \#(nameRule)"#),
  Malformed(
    SubscriptionTexts.object(good, metadata: #""name":7"#),
    "metadata.name: is a number, not a string; put it in quotes"),
  Malformed(
    SubscriptionTexts.object(good, metadata: #""name":"s","namespace":"a.b""#),
    "metadata.namespace: 'a.b' is not the name of a namespace; \(labelRule)"),
  Malformed(
    SubscriptionTexts.object(good, metadata: #""name":"s","namespace":"-a""#),
    "metadata.namespace: '-a' is not the name of a namespace; \(labelRule)"),
  Malformed(
    SubscriptionTexts.object(good, metadata: #""nmae":"s""#),
    "metadata.nmae: unknown field; did you mean name?", "metadata.name: required; name the object"),
]

private let kindRule = "write it as the API has it, in the singular, as Deployment"
private let apiVersionRule = "write group/version, as apps/v1, or v1 for core kinds"

private func listed(_ member: String, _ finding: String) -> Malformed {
  Malformed(resource: #""apiVersion":"v1","kind":"Pod",\#(member)"#, "spec.resources[0]." + finding)
}

private let nameOfObject = "write metadata.name as it is, at most 253 bytes without / and %"
private let fieldTerms = "write FIELD=VALUE or FIELD!=VALUE, with commas between terms"
private let dotted = "write names with dots between them, as spec.replicas"
private let bracketed = "write such a name as metadata.annotations['example.com/x']"

private let badLists: [Malformed] = [
  listed(#""names":"a""#, "names: is a string, not an array; write an array in brackets"),
  listed(#""names":[]"#, "names: is empty; list names of objects, or remove it for all"),
  listed(#""names":[1]"#, "names[0]: is a number, not a string; put it in quotes"),
  listed(#""names":[""]"#, "names[0]: '' is not the name of an object; \(nameOfObject)"),
  listed(#""names":["a/b"]"#, "names[0]: 'a/b' is not the name of an object; \(nameOfObject)"),
  listed(#""names":[".."]"#, "names[0]: '..' is not the name of an object; \(nameOfObject)"),
  listed(#""names":["a","b","a"]"#, "names[2]: 'a' stands there twice; write it once"),
  listed(#""changes":"spec""#, "changes: is a string, not an array; write an array in brackets"),
  listed(#""changes":[]"#, "changes: is empty; list paths, as spec, or remove it for any change"),
  listed(#""changes":[true]"#, "changes[0]: is a boolean, not a string; put it in quotes"),
  listed(#""changes":[""]"#, "changes[0]: is no path: a name is missing; \(dotted)"),
  listed(#""changes":["spec..a"]"#, "changes[0]: is no path: a name is missing; \(dotted)"),
  listed(
    #""changes":["[0].a"]"#, "changes[0]: is no path: it begins with an element of an array; \(dotted)"),
  listed(#""changes":["spec.a b"]"#, "changes[0]: is no path: ' ' needs quotes; \(bracketed)"),
  listed(
    #""changes":["spec['a"]"#, "changes[0]: is no path: a bracket or a quote is not closed; \(bracketed)"),
  listed(
    #""changes":["spec.ports[*].name"]"#,
    "changes[0]: is no path: '*' is no element of an array; name the whole array, or one element, as spec.ports[0]"
  ),
  listed(#""changes":["spec","spec"]"#, "changes[1]: 'spec' stands there twice; write it once"),
  listed(#""changes":["spec",".spec"]"#, "changes[1]: '.spec' stands there twice; write it once"),
  listed(#""ignoreManagers":{}"#, "ignoreManagers: is an object, not an array; write an array in brackets"),
  listed(
    #""ignoreManagers":[]"#,
    "ignoreManagers: is empty; list names of field managers, or remove it to ignore none"),
  listed(
    #""ignoreManagers":[""]"#,
    "ignoreManagers[0]: '' is not the name of a field manager; write it as metadata.managedFields has it, in at most 128 bytes"
  ),
  listed(#""fieldSelector":{}"#, "fieldSelector: is an object, not a string; put it in quotes"),
  listed(#""fieldSelector":"""#, "fieldSelector: '' is no term of a field selector; \(fieldTerms)"),
  listed(
    #""fieldSelector":"metadata.name""#,
    "fieldSelector: 'metadata.name' is no term of a field selector; \(fieldTerms)"),
  listed(
    #""fieldSelector":"metadata.name=a,""#, "fieldSelector: '' is no term of a field selector; \(fieldTerms)"),
  listed(
    #""fieldSelector":"metadata.name=a=b""#,
    "fieldSelector: 'metadata.name=a=b' is no term of a field selector; \(fieldTerms)"),
  listed(
    #""fieldSelector":"metadata.name in (a)""#,
    "fieldSelector: 'metadata.name in (a)' is no term of a field selector; \(fieldTerms)"),
  listed(
    #""fieldSelector":"metadata.name=a,status.phase=Running""#,
    "fieldSelector: selects by 'status.phase', which not every resource has; use metadata.name or metadata.namespace here, or labels in selector"
  ),
  listed(#""ignoreManagers":["a","a"]"#, "ignoreManagers[1]: 'a' stands there twice; write it once"),
]

private let badResources: [Malformed] = [
  Malformed(
    spec: SubscriptionTexts.sink,
    "spec.resources: required; list what to follow, each with apiVersion and kind"),
  Malformed(
    spec: #""resources":[],"# + SubscriptionTexts.sink,
    "spec.resources: is empty; list what to follow, each with apiVersion and kind"),
  Malformed(
    spec: #""resources":{},"# + SubscriptionTexts.sink,
    "spec.resources: is an object, not an array; write an array in brackets"),
  Malformed(
    spec: #""resources":["ConfigMap"],"# + SubscriptionTexts.sink,
    "spec.resources[0]: is a string, not an object; write an object in braces"),
  Malformed(resource: #""kind":"Pod""#, "spec.resources[0].apiVersion: required; \(apiVersionRule)"),
  Malformed(
    resource: #""apiVersion":"v1""#, "spec.resources[0].kind: required; name the kind, as Deployment"),
  Malformed(
    resource: #""apiVersion":"v1","kind":null"#,
    "spec.resources[0].kind: required; name the kind, as Deployment"),
  Malformed(
    resource: #""apiVersion":"a/b/c","kind":"Pod""#,
    "spec.resources[0].apiVersion: 'a/b/c' is not an apiVersion; \(apiVersionRule)"),
  Malformed(
    resource: #""apiVersion":"Apps/v1","kind":"Pod""#,
    "spec.resources[0].apiVersion: 'Apps/v1' is not an apiVersion; \(apiVersionRule)"),
  Malformed(
    resource: #""apiVersion":"","kind":"Pod""#,
    "spec.resources[0].apiVersion: '' is not an apiVersion; \(apiVersionRule)"),
  Malformed(
    resource: #""apiVersion":"v1","kind":"a/b""#,
    "spec.resources[0].kind: 'a/b' is not a kind; \(kindRule)"),
  Malformed(
    resource: #""apiVersion":"v1","kind":"1Pod""#,
    "spec.resources[0].kind: '1Pod' is not a kind; \(kindRule)"),
  Malformed(
    resource: #""apiVersion":"v1","kind":"Pod","controller":"true""#,
    "spec.resources[0].controller: is a string, not a boolean; write true or false without quotes"),
  Malformed(
    resource: #""apiVersion":"v1","kind":"Pod","owner":{"kind":"Foo"}"#,
    "spec.resources[0].owner.apiVersion: required; write the owner's group/version, as apps/v1"),
  Malformed(
    resource: #""apiVersion":"v1","kind":"Pod","owner":{"apiVersion":"apps/v1"}"#,
    "spec.resources[0].owner.kind: required; name the owner's kind, as Deployment"),
  Malformed(
    resource:
      #""apiVersion":"v1","kind":"Pod","owner":{"apiVersion":"apps/v1","kind":"Deployment","name":"x"}"#,
    "spec.resources[0].owner.name: unknown field; remove it"),
  Malformed(
    resource: #""apiVersion":"v1","kind":"Pod","operations":[]"#,
    "spec.resources[0].operations: is empty; list Add, Update or Delete, or remove it for all three"),
  Malformed(
    resource: #""apiVersion":"v1","kind":"Pod","operations":["Add","Add"]"#,
    "spec.resources[0].operations[1]: 'Add' stands there twice; write it once"),
  Malformed(
    resource: #""apiVersion":"v1","kind":"Pod","operations":["Remove"]"#,
    "spec.resources[0].operations[0]: is 'Remove', not Add, Update or Delete; choose one of them"),
  Malformed(
    resource: #""apiVersion":"v1","kind":"Pod","operations":"Add""#,
    "spec.resources[0].operations: is a string, not an array; write an array in brackets"),
]

private let keyRule =
  "use at most 63 letters, digits, -, _ and ., after an optional DNS name and /, as app.kubernetes.io/name"
private let valueRule =
  "use at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit"

private func selector(_ text: String, _ findings: String...) -> Malformed {
  Malformed(
    copying: Malformed(resource: #""apiVersion":"v1","kind":"Pod","selector":"# + text),
    findings.map { "spec.resources[0].selector" + $0 })
}

private let badSelectors: [Malformed] = [
  selector(#""app=web""#, ": is a string, not an object; write an object in braces"),
  selector(#"{"app":"web"}"#, ".app: unknown field; remove it"),
  selector(#"{"matchLabel":{"a":"b"}}"#, ".matchLabel: unknown field; did you mean matchLabels?"),
  selector(#"{"matchLabels":["a"]}"#, ".matchLabels: is an array, not an object; write an object in braces"),
  selector(#"{"matchLabels":{"a":1}}"#, ".matchLabels.a: is a number, not a string; put it in quotes"),
  selector(
    #"{"matchLabels":{"a/b/c":"x"}}"#,
    #".matchLabels["a/b/c"]: 'a/b/c' is not the key of a label; \#(keyRule)"#),
  selector(#"{"matchLabels":{"a":"-"}}"#, ".matchLabels.a: '-' is not the value of a label; \(valueRule)"),
  selector(
    #"{"matchLabels":{"a":"-","b":"_"}}"#, ".matchLabels.a: '-' is not the value of a label; \(valueRule)",
    ".matchLabels.b: '_' is not the value of a label; \(valueRule)"),
  selector(
    #"{"matchExpressions":{}}"#, ".matchExpressions: is an object, not an array; write an array in brackets"),
  selector(
    #"{"matchExpressions":[{"key":"a","operator":"in","values":["b"]}]}"#,
    ".matchExpressions[0].operator: is 'in', not In, NotIn, Exists or DoesNotExist; did you mean In?"),
  selector(
    #"{"matchExpressions":[{"key":"a","operator":"In"}]}"#,
    ".matchExpressions[0].values: required; list the values for In or NotIn"),
  selector(
    #"{"matchExpressions":[{"key":"a","operator":"Exists"},{"key":"a","operator":"Exists","values":["b"]}]}"#,
    ".matchExpressions[1].values: has values beside Exists or DoesNotExist; correct the selector"),
  selector(
    #"{"matchExpressions":[{"operator":"Exists"}]}"#,
    ".matchExpressions[0].key: required; write it, or remove the expression"),
  selector(
    #"{"matchExpressions":[{"key":"a","operator":"In","values":["b","!"]}]}"#,
    ".matchExpressions[0].values[1]: '!' is not the value of a label; \(valueRule)"),
  selector(
    #"{"matchExpressions":[{"key":"a","operator":"In","values":[1]}]}"#,
    ".matchExpressions[0].values[0]: is a number, not a string; put it in quotes"),
  selector(
    #"{"matchExpressions":[{"key":"a","operator":"Exists","value":"b"}]}"#,
    ".matchExpressions[0].value: unknown field; did you mean values?"),
]

private func sink(_ text: String, _ findings: String...) -> Malformed {
  Malformed(
    copying: Malformed(spec: SubscriptionTexts.resources + #","sink":"# + text),
    findings.map { "spec.sink" + $0 })
}

private let badSinks: [Malformed] = [
  Malformed(
    spec: SubscriptionTexts.resources,
    "spec.sink: required; give a uri, or a ref to a Service or another Addressable"),
  sink("{}", ": required; give a uri, or a ref to a Service or another Addressable"),
  sink(#""http://sink""#, ": is a string, not an object; write an object in braces"),
  sink(#"{"uri":"sink"}"#, ".uri: is not absolute; write http:// or https:// in front, or add a ref"),
  sink(#"{"uri":1}"#, ".uri: is a number, not a string; put it in quotes"),
  sink(
    #"{"ref":{"group":"A_B","kind":"Broker","name":"a"}}"#,
    ".ref.group: 'A_B' is not a name of Kubernetes; \(nameRule)"),
  sink(
    #"{"ref":{"apiVersion":"v1","kind":"Service","name":"a","address":7}}"#,
    ".ref.address: is a number, not a string; put it in quotes"),
  sink(#"{"uri":"ftp://sink"}"#, ".uri: has the scheme ftp; use http or https"),
  sink(
    #"{"uri":"http://u:p@sink"}"#,
    ".uri: has a user name or password; remove it; credentials do not belong in a URL"),
  sink(
    #"{"uri":"http://169.254.169.254/latest"}"#,
    ".uri: leads to the link-local address 169.254.169.254, which is never allowed; use a Service or another address"
  ),
  sink(
    #"{"url":"http://sink"}"#, ".url: unknown field; did you mean uri?",
    ": required; give a uri, or a ref to a Service or another Addressable"),
  sink(
    #"{"ref":{"kind":"Service","name":"a"}}"#,
    ".ref.apiVersion: required; write it, as serving.knative.dev/v1, or v1 for a Service"),
  sink(#"{"ref":{"apiVersion":"v1","name":"a"}}"#, ".ref.kind: required; name the kind, as Service"),
  sink(#"{"ref":{"apiVersion":"v1","kind":"Service"}}"#, ".ref.name: required; name the object"),
  sink(
    #"{"ref":{"apiVersion":"v1","kind":"Service","name":"A"}}"#,
    ".ref.name: 'A' is not a name of Kubernetes; \(nameRule)"),
  sink(
    #"{"ref":{"apiVersion":"v1","kind":"Service","name":"a","namespace":"A"}}"#,
    ".ref.namespace: 'A' is not the name of a namespace; \(labelRule)"),
  sink(
    #"{"ref":{"apiVersion":"v1","kind":"Service","name":"a"},"uri":"http://elsewhere/"}"#,
    ".uri: names a host beside a ref; write only a path, or remove the ref"),
  sink(
    #"{"ref":{"apiVersion":"v1","kind":"Service","name":"a"},"uri":"//elsewhere/"}"#,
    ".uri: names a host beside a ref; write only a path, or remove the ref"),
]

private func delivery(_ text: String, _ findings: String...) -> Malformed {
  Malformed(
    copying: Malformed(spec: good + #","delivery":"# + text), findings.map { "spec.delivery" + $0 })
}

private let badDeliveries: [Malformed] = [
  delivery("5", ": is a number, not an object; write an object in braces"),
  delivery(#"{"retry":"5"}"#, ".retry: is a string, not a number; write digits without quotes"),
  delivery(#"{"retry":1.5}"#, ".retry: is 1.5, not a whole number; write it in plain digits"),
  delivery(#"{"retry":1e3}"#, ".retry: is 1e3, not a whole number; write it in plain digits"),
  delivery(
    #"{"backoffPolicy":"Exponential"}"#,
    ".backoffPolicy: is 'Exponential', not exponential or linear; did you mean exponential?"),
  delivery(
    #"{"backoffDelay":"5"}"#,
    ".backoffDelay: has no unit after 5; write ISO 8601, as PT1M30S, or Go style, as 1m30s"),
  delivery(#"{"backoffDelay":200}"#, ".backoffDelay: is a number, not a string; put it in quotes"),
  delivery(
    #"{"backoffDelay":"PT0S"}"#, ".backoffDelay: is PT0S, not from 1ms to 5m; choose one in that range"),
  delivery(#"{"timeout":"P1M"}"#, ".timeout: counts months, which have no fixed length; write days, as P30D"),
  delivery(#"{"timeout":"2h"}"#, ".timeout: is 2h, not from 1ms to 1h; choose one in that range"),
  delivery(#"{"concurrency":0}"#, ".concurrency: is 0, not from 1 to 1024; choose one in that range"),
  delivery(#"{"retries":3}"#, ".retries: unknown field; did you mean retry?"),
]

private let badSpecs: [Malformed] = [
  Malformed(
    spec: good + #","mode":"resource""#,
    "spec.mode: is 'resource', not Reference or Resource; did you mean Resource?"),
  Malformed(spec: good + #","mode":true"#, "spec.mode: is a boolean, not a string; put it in quotes"),
  Malformed(
    spec: good + #","initial":"yes""#,
    "spec.initial: is a string, not a boolean; write true or false without quotes"),
  Malformed(
    spec: good + #","suspend":1"#,
    "spec.suspend: is a number, not a boolean; write true or false without quotes"),
  Malformed(
    spec: good + #","serviceAccountName":"A_b""#,
    "spec.serviceAccountName: 'A_b' is not a name of Kubernetes; \(nameRule)"),
  Malformed(
    spec: good + #","owner":{"apiVersion":"apps/v1","kind":""}"#,
    "spec.owner.kind: '' is not a kind; \(kindRule)"),
  Malformed(
    spec: good + #","namespaceSelector":"all""#,
    "spec.namespaceSelector: is a string, not an object; write an object in braces"),
  Malformed(
    spec: good + #","namespaceSelector":{"matchLabels":{"team":7}}"#,
    "spec.namespaceSelector.matchLabels.team: is a number, not a string; put it in quotes"),
  Malformed(
    spec: good + #","namespaceSelector":{"matchNames":["a"]}"#,
    "spec.namespaceSelector.matchNames: unknown field; did you mean matchLabels?"),
]

/// Every field of DESIGN 2.1, and of Knative's Destination and delivery spec, that this version does not
/// serve.
private let unservedFields: [Malformed] =
  [
    ("scaleTarget", "{}"), ("wake", "true"),
  ].map { name, value in
    Malformed(spec: good + #","\#(name)":\#(value)"#, "spec.\(name): not served by this version; remove it")
  }
  + [("CACerts", #""x""#), ("audience", #""x""#)].map { name, value in
    sink(#"{"uri":"http://sink","\#(name)":\#(value)}"#, ".\(name): not served by this version; remove it")
  }
  + [
    ("format", #""json""#, ".format: not served by this version; remove it"),
    (
      "retryAfterMax", #""P2D""#,
      ".retryAfterMax: is P2D, not from 0h to 24h; choose one in that range"
    ),
    (
      "deadLetterSink", "{}",
      ".deadLetterSink: required; give a uri, or a ref to a Service or another Addressable"
    ),
    (
      "deadLetterSink", #"{"uri":"/x"}"#,
      ".deadLetterSink.uri: is not absolute; write http:// or https:// in front, or add a ref"
    ),
    (
      "deadLetterSink", #"{"uri":"http://x","audience":"y"}"#,
      ".deadLetterSink.audience: not served by this version; remove it"
    ),
  ].map { name, value, message in
    delivery(#"{"\#(name)":\#(value)}"#, message)
  }

private let typingErrors: [Malformed] = [
  Malformed(
    spec: good + #","resync":{}"#,
    "spec.resync.period: required; say how often, as PT10M, or remove resync"),
  Malformed(
    spec: good + #","resync":{"period":"PT10M","spred":true}"#,
    "spec.resync.spred: unknown field; did you mean spread?"),
  Malformed(spec: good + #","Mode":"Resource""#, "spec.Mode: unknown field; did you mean mode?"),
  Malformed(spec: good + #","initail":true"#, "spec.initail: unknown field; did you mean initial?"),
  Malformed(
    spec: good + #","serviceAccount":"a""#,
    "spec.serviceAccount: unknown field; did you mean serviceAccountName?"),
  Malformed(spec: good + #","retry":3"#, "spec.retry: unknown field; did you mean spec.delivery.retry?"),
  Malformed(
    spec: good + #","selector":{}"#, "spec.selector: unknown field; did you mean spec.resources[].selector?"),
  Malformed(spec: good + #","filter":[]"#, "spec.filter: unknown field; did you mean filters?"),
  Malformed(spec: good + #","zzz":1"#, "spec.zzz: unknown field; remove it"),
  Malformed(spec: good + #","a b":1"#, #"spec["a b"]: unknown field; remove it"#),
  Malformed(
    resource: #""apiVersion":"v1","kind":"Pod","labelSelector":{}"#,
    "spec.resources[0].labelSelector: unknown field; did you mean selector?"),
  Malformed(
    resource: #""apiVersion":"v1","kind":"Pod","controllerSelector":{}"#,
    "spec.resources[0].controllerSelector: unknown field; did you mean owner?"),
  Malformed(
    resource: #""apiVersion":"v1","kind":"Pod","controler":true"#,
    "spec.resources[0].controler: unknown field; did you mean controller?"),
  Malformed(
    #"{"apiVersion":"frugalhub.dev/v1alpha1","kind":"OperatorSubscription","metadata":{"name":"s"},"Spec":{},"spec":{\#(good)}}"#,
    "Spec: unknown field; did you mean spec?"),
]

extension Malformed {
  fileprivate init(copying other: Malformed, _ findings: [String]) {
    text = other.text
    self.findings = findings
  }
}
