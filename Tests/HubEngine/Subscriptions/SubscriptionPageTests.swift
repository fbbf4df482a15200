import Foundation
import TestSupport
import Testing
import YAML

@testable import HubEngine

@Suite("docs/subscriptions.md")
struct SubscriptionPageTests {
  @Test("every subscription on the page is one that hub check accepts")
  func examples() throws {
    let page = Fixtures.directory.appending(path: "../../docs/subscriptions.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let examples = text.matches(of: #/(?ms)^```yaml\n(.*?)^```$/#).map { String($0.output.1) }
    #expect(examples.count >= 12)
    let fields = FieldTable.spec.served + FieldTable.resource.served + FieldTable.delivery.served
    for field in fields { #expect(examples.contains { $0.contains(field + ":") }, "no example has \(field)") }
    for example in examples {
      let document = try #require(try YAMLParser.parse(Array(example.utf8)).first)
      switch SubscriptionParser.parse(document.json, origin: .file) {
      case .success: break
      case .failure(let refusal): Issue.record("\(refusal.message()) in\n\(example)")
      }
    }
  }
}
