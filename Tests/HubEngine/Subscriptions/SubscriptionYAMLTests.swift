import HubEngine
import JSONScan
import TestSupport
import Testing

@Suite("hub check on YAML")
struct SubscriptionYAMLTests {
  @Test(
    "every finding has the place of its value in the YAML, and of the nearest object where a member is missing"
  )
  func positions() {
    #expect(
      findings(
        """
        # é
        apiVersion: frugalhub.dev/v1alpha1
        kind: OperatorSubscription
        metadata: {name: s, labels: {"日本": x}, nmae: y}
        spec:
          resources:
          - apiVersion: v1
            kind: ConfigMap
            changes:
            - a b
          -
            apiVersion: "v1"
            kind: >-
              Bad
              kind
          delivery:
            retry: yes
          mode:
            'Ref'
        """) == [
          "f.yaml:4:46: metadata.nmae: unknown field; did you mean name?",
          "f.yaml:19:5: spec.mode: is 'Ref', not Reference or Resource; choose one of them",
          "f.yaml:10:7: spec.resources[0].changes[0]: is no path: ' ' needs quotes; write such a name as metadata.annotations['example.com/x']",
          "f.yaml:13:11: spec.resources[1].kind: 'Bad kind' is not a kind; write it as the API has it, in the singular, as Deployment",
          "f.yaml:6:3: spec.sink: required; give a uri, or a ref to a Service or another Addressable",
          "f.yaml:17:12: spec.delivery.retry: is a string, not a number; write digits without quotes",
        ])
  }

  @Test(
    "what is no YAML, or more of it than is read, is one finding that says what to write",
    arguments: [
      (
        "kind: &a X\n",
        "f.yaml:1:7: (object): anchors (&name) are not supported; write the value out where it is used"
      ),
      (
        "spec:\n  sink: *s\n",
        "f.yaml:2:9: (object): aliases (*name) are not supported; write the value out, or put text that begins with * in quotes"
      ),
      (
        "spec:\n  <<: {a: 1}\n",
        "f.yaml:2:3: (object): merge keys (<<) are not supported; write the members out, or put the key in quotes"
      ),
      ("spec:\n\tsink: x\n", "f.yaml:2:1: (object): a tab in the indentation; indent with spaces"),
      (
        "spec:\n  a: 1\n  b: 2\n  a: 3\n",
        "f.yaml:4:3: (object): the key 'a' stands in line 2 already; remove one of them"
      ),
      (
        "a: [1, 2\nb: 3\n",
        "f.yaml:2:1: (object): a line inside brackets is not indented more than its key; indent the line more"
      ),
      (
        "a: \"x\n",
        "f.yaml:1:4: (object): the closing quote is missing; close it; write '' for a ' in single quotes, \\\" for a \" in double quotes"
      ),
      ("", "f.yaml:1:1: (object): is empty; write a subscription, or remove the file"),
      ("# nothing\n---\n...\n", "f.yaml:1:1: (object): is empty; write a subscription, or remove the file"),
      ("- 1\n", "f.yaml:1:3: (object): is a number, not an object; write an object in braces"),
    ])
  func unreadable(_ text: String, _ finding: String) { #expect(findings(text) == [finding]) }

  @Test(
    "documents, lists and lists of lists' items are read in their order; one that is wrong hides no other")
  func documents() {
    let check = checked(
      """
      \(Self.subscription("one"))
      ---
      # nothing here
      ---
      kind: List
      ---
      apiVersion: v1
      kind: List
      items:
      - \(Self.subscription("two", indentation: 2))
      -
        \(Self.subscription("three", indentation: 2))
      --- # as the API server answers it
      apiVersion: frugalhub.dev/v1alpha1
      kind: OperatorSubscriptionList
      metadata: {resourceVersion: "7"}
      items:
      - \(Self.subscription("four", indentation: 2))
      ---
      - {"apiVersion": frugalhub.dev/v1alpha1, "kind": OperatorSubscription, "metadata": {"name": five},
         "spec": {"resources": [{apiVersion: v1, kind: Secret}], sink: {uri: "http://sink"}}}
      ---
      \(Self.subscription("one"))
      """)
    #expect(check.accepted.map(\.subscription.name) == ["one", "two", "three", "four", "five"])
    #expect(check.accepted.map(\.line) == [1, 17, 26, 39, 48])
    #expect(
      check.findingLines == [
        "f.yaml:12:1: items: required; write the objects of the List as an array",
        "f.yaml:54:9: metadata.name: is the name of another object, that of line 1; give one of them another name",
      ])
  }

  @Test(
    "objects of other kinds are passed over; one of our group or kind, or without either, is a subscription with a fault"
  )
  func otherKinds() {
    let check = checked(
      """
      apiVersion: v1
      kind: ServiceAccount
      ---
      \(Self.subscription("one"))
      ---
      {apiVersion: apps/v1, kind: Deployment}
      ---
      {apiVersion: v1, kind: ServiceAccount}
      ---
      {apiVersion: frugalhub.dev/v2, kind: OperatorSubscription}
      ---
      {apiVersion: frugalhub.dev/v1alpha1, kind: OperatorSubscripton}
      ---
      {apiVersion: frugalhub.io/v1, kind: operatorsubscription}
      ---
      {kind: Deployment}
      """)
    #expect(check.accepted.count == 1)
    #expect(check.passedOver.map(\.line) == [1, 13, 15])
    #expect(
      check.passedOverLines == ["f.yaml: passed over, as no OperatorSubscription: ServiceAccount, Deployment"]
    )
    #expect(check.findings.map(\.line) == [17, 19, 21, 21, 23, 23])
    #expect(check.json()["passedOver"]?.array?.count == 3)
  }

  @Test("where there is no subscription at all, that is a finding about the first file")
  func nothing() {
    var check = SubscriptionCheck()
    check.add(file: "f.yaml", bytes: Array("{apiVersion: v1, kind: Pod}".utf8))
    #expect(check.isValid)
    check.finish(firstFile: "f.yaml")
    #expect(
      check.findingLines == [
        "f.yaml:1:1: (object): there is no OperatorSubscription; write one with apiVersion frugalhub.dev/v1alpha1"
      ])
    var other = checked(Self.subscription("one"))
    other.finish(firstFile: "f.yaml")
    #expect(other.isValid)
  }

  @Test("one long line with many faults is judged, each with its column in characters")
  func longLine() {
    let objects = (0..<4000).map { "{\"é\":\($0)}" }
    var check = SubscriptionCheck()
    check.add(file: "f.json", bytes: Array("[\(objects.joined(separator: ","))]".utf8))
    #expect(check.findings.count == 8000)
    #expect(check.findings.allSatisfy { $0.line == 1 })
    let columns = objects.indices.map { index in 2 + objects[..<index].reduce(0) { $0 + $1.count + 1 } }
    #expect(check.findings.map(\.column) == columns.flatMap { [$0, $0] })
  }

  private static func subscription(_ name: String, indentation: Int = 0) -> String {
    """
    apiVersion: frugalhub.dev/v1alpha1
    kind: OperatorSubscription
    metadata:
      name: \(name)
    spec:
      resources:
      - {apiVersion: v1, kind: ConfigMap}
      sink: {uri: http://sink}
    """.replacing("\n", with: "\n" + String(repeating: " ", count: indentation))
  }

  private func checked(_ text: String) -> SubscriptionCheck {
    var check = SubscriptionCheck()
    check.add(file: "f.yaml", bytes: Array(text.utf8))
    return check
  }

  private func findings(_ text: String) -> [String] { checked(text).findingLines }
}
