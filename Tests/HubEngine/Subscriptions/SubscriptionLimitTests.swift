import HubEngine
import Testing

private typealias Texts = SubscriptionTexts

/// Every limit at its value and one beyond.
@Suite("Limits of subscriptions")
struct SubscriptionLimitTests {
  @Test("SEMANTICS 32: the period of a resync is from 1 s to 365 days; spread is false unless it is said")
  func resync() throws {
    func text(_ value: String) -> String {
      Texts.object(Texts.resources + "," + Texts.sink + #","resync":"# + value)
    }
    #expect(try Texts.parsed(text(#"{"period":"1s"}"#)).spec.resync == ResyncSpec(periodMilliseconds: 1000))
    let longest = try Texts.parsed(text(#"{"period":"P365D","spread":true}"#)).spec.resync
    #expect(longest == ResyncSpec(periodMilliseconds: 31_536_000_000, spread: true))
    for value in [#"{"period":"999ms"}"#, #"{"period":"8760h1s"}"#] {
      #expect(Texts.findings(text(value)).first?.hasPrefix("spec.resync.period: is ") == true)
    }
    #expect(try Texts.parsed(text("null")).spec.resync == nil)
  }

  @Test("as many resources as the limit are accepted, one more is refused")
  func resources() {
    let limit = SubscriptionLimits.maxResources
    func text(_ count: Int) -> String {
      let one = #"{"apiVersion":"v1","kind":"Pod"}"#
      return Texts.object(#""resources":["# + repeated(one, count) + "]," + Texts.sink)
    }
    #expect(Texts.findings(text(limit)) == [])
    #expect(
      Texts.findings(text(limit + 1)) == [
        "spec.resources: has 65 entries, and 64 is the limit; split it into several subscriptions"
      ])
  }

  @Test("as many names, paths and managers as the limit are accepted, one more is refused")
  func lists() {
    for (field, limit) in [
      ("names", SubscriptionLimits.maxNames), ("changes", SubscriptionLimits.maxChanges),
      ("ignoreManagers", SubscriptionLimits.maxIgnoredManagers),
    ] {
      func text(_ count: Int) -> String {
        let values = (0..<count).map { #""v\#($0)""# }.joined(separator: ",")
        return Texts.object(resource: #""apiVersion":"v1","kind":"Pod","\#(field)":[\#(values)]"#)
      }
      #expect(Texts.findings(text(limit)) == [])
      #expect(
        Texts.findings(text(limit + 1)) == [
          "spec.resources[0].\(field): has \(limit + 1) entries, and \(limit) is the limit; split it into several subscriptions"
        ])
    }
  }

  @Test("names, paths and managers may be as long as the limit, and not a byte longer")
  func listedTexts() {
    for (field, limit) in [
      ("names", SubscriptionLimits.maxSubdomainBytes), ("changes", SubscriptionLimits.maxPathBytes),
      ("ignoreManagers", SubscriptionLimits.maxManagerBytes),
    ] {
      func text(_ count: Int) -> String {
        Texts.object(
          resource:
            #""apiVersion":"v1","kind":"Pod","\#(field)":["\#(String(repeating: "a", count: count))"]"#)
      }
      #expect(Texts.findings(text(limit)) == [])
      #expect(Texts.findings(text(limit + 1)).count == 1)
    }
  }

  @Test("a path may have as many steps as the limit, and not one more")
  func steps() throws {
    let most = Array(repeating: "a", count: SubscriptionLimits.maxPathSteps).joined(separator: ".")
    #expect(try ChangePath(most).steps.count == SubscriptionLimits.maxPathSteps)
    #expect(throws: ChangePathFault.tooDeep(found: SubscriptionLimits.maxPathSteps + 1)) {
      try ChangePath(most + ".a")
    }
  }

  @Test("as many selector terms as the limit are accepted, one more is refused")
  func selectorTerms() {
    func text(_ count: Int) -> String {
      let labels = (0..<count - 1).map { #""l\#($0)":"v""# }.joined(separator: ",")
      let selector = #"{"matchLabels":{\#(labels)},"matchExpressions":[{"key":"k","operator":"Exists"}]}"#
      return Texts.object(resource: #""apiVersion":"v1","kind":"Pod","selector":"# + selector)
    }
    #expect(Texts.findings(text(SubscriptionLimits.maxSelectorTerms)) == [])
    #expect(
      Texts.findings(text(SubscriptionLimits.maxSelectorTerms + 1)) == [
        "spec.resources[0].selector: has 65 entries, and 64 is the limit; split it into several subscriptions"
      ])
  }

  @Test("as many selector values as the limit are accepted, one more is refused")
  func selectorValues() {
    func text(_ count: Int) -> String {
      let values = (0..<count).map { #""v\#($0)""# }.joined(separator: ",")
      let selector = #"{"matchExpressions":[{"key":"k","operator":"In","values":[\#(values)]}]}"#
      return Texts.object(resource: #""apiVersion":"v1","kind":"Pod","selector":"# + selector)
    }
    #expect(Texts.findings(text(SubscriptionLimits.maxSelectorValues)) == [])
    #expect(Texts.findings(text(SubscriptionLimits.maxSelectorValues + 1)).count == 1)
  }

  @Test("three operations are accepted, four are refused")
  func operations() {
    func text(_ operations: String) -> String {
      Texts.object(resource: #""apiVersion":"v1","kind":"Pod","operations":[\#(operations)]"#)
    }
    #expect(Texts.findings(text(#""Add","Update","Delete""#)) == [])
    #expect(
      Texts.findings(text(#""Add","Update","Delete","Add""#)) == [
        "spec.resources[0].operations: has 4 entries, and 3 is the limit; split it into several subscriptions"
      ])
  }

  @Test("names, namespaces, kinds and groups are accepted up to their longest, and not a byte beyond")
  func lengths() {
    let label = String(repeating: "a", count: SubscriptionLimits.maxLabelBytes)
    let subdomain = String(
      (repeatedLabel + "." + repeatedLabel + "." + repeatedLabel + "." + repeatedLabel).prefix(253))
    func named(_ name: String, _ namespace: String) -> [String] {
      let spec = Texts.resources + "," + Texts.sink
      return Texts.findings(Texts.object(spec, metadata: #""name":"\#(name)","namespace":"\#(namespace)""#))
    }
    #expect(named(subdomain, label) == [])
    #expect(named(subdomain + "a", label).count == 1)
    #expect(named(subdomain, label + "a").count == 1)
    func kind(_ kind: String, _ version: String) -> [String] {
      Texts.findings(Texts.object(resource: #""apiVersion":"\#(version)","kind":"\#(kind)""#))
    }
    #expect(kind(label, subdomain + "/" + label) == [])
    #expect(kind(label + "a", "v1").count == 1)
    #expect(kind("Pod", subdomain + "a/v1").count == 1)
    #expect(kind("Pod", "apps/" + label + "a").count == 1)
  }

  @Test(
    "numbers and durations are accepted at both ends of their range and refused beyond",
    arguments: [
      ("retry", "0", "1000000", "-1", "1000001"), ("concurrency", "1", "1024", "0", "1025"),
      ("backoffDelay", #""1ms""#, #""5m""#, #""0s""#, #""PT5M0.001S""#),
      ("timeout", #""PT0.001S""#, #""1h""#, #""0""#, #""1h1ms""#),
    ])
  func ranges(_ name: String, _ low: String, _ high: String, _ below: String, _ above: String) {
    func findings(_ value: String) -> [String] {
      Texts.findings(
        Texts.object(Texts.resources + "," + Texts.sink + #","delivery":{"\#(name)":\#(value)}"#))
    }
    #expect(findings(low) == [])
    #expect(findings(high) == [])
    for value in [below, above] {
      #expect(findings(value).count == 1)
      #expect(findings(value).first?.hasPrefix("spec.delivery.\(name): is ") == true)
    }
  }

  @Test("no more findings are kept than the limit")
  func findings() {
    func text(_ count: Int) -> String {
      Texts.object(
        Texts.resources + "," + Texts.sink + (0..<count).map { #","zz\#($0)":1"# }.joined())
    }
    let limit = SubscriptionLimits.maxFindings
    #expect(Texts.findings(text(limit)).count == limit)
    #expect(Texts.findings(text(limit + 1)).count == limit)
  }

  @Test("a text nested beyond the depth limit is refused, not a crash")
  func depth() {
    let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
    let text = Texts.object(Texts.resources + "," + Texts.sink + #","filters":"# + deep)
    #expect(
      Texts.findings(text) == ["(object): not JSON: too many nested objects and arrays; correct the text"])
  }

  @Test("a long value is cut in its message")
  func longValue() {
    let text = Texts.object(
      Texts.resources + "," + Texts.sink + #","mode":"# + "\"" + String(repeating: "x", count: 5000) + "\"")
    let finding = Texts.findings(text).first ?? ""
    #expect(finding.utf8.count < 200)
    #expect(finding.contains("xxx…'"))
  }

  private let repeatedLabel = String(repeating: "b", count: 63)

  private func repeated(_ text: String, _ count: Int) -> String {
    Array(repeating: text, count: count).joined(separator: ",")
  }
}
