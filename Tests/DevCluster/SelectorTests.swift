import JSONScan
import Testing

@testable import DevCluster

@Suite("Selectors of the dev cluster")
struct SelectorTests {
  private static let labels: JSONObject = ["app": "a", "tier": "front", "n": "5", "example.com/x": ""]

  @Test(
    "label selectors select as the API's documentation says",
    arguments: [
      ("", true), ("app=a", true), ("app==a", true), ("app=b", false), ("app!=b", true), ("app!=a", false),
      ("missing!=a", true), ("missing=a", false), ("app", true), ("missing", false), ("!missing", true),
      ("!app", false), ("app in (a,b)", true), ("app in (b , c)", false), ("app notin (b)", true),
      ("app notin (a)", false), ("missing notin (a)", true), ("app=a,tier=front", true),
      ("app=a,tier=back", false), ("app in (a,c),tier", true), ("n>4", true), ("n>5", false), ("n<6", true),
      ("app>1", false), ("example.com/x=", true), ("example.com/x", true), ("app in (a),!old", true),
      (" app = a ", true), ("example.com/x in ()", true), ("app notin ()", true), ("app in (b,)", false),
      ("example.com/x in (,b)", true), ("example.com/x notin (b,)", false),
    ])
  func labelSelectors(text: String, matches: Bool) throws {
    #expect(try LabelSelectorParser.parse(text).matches(Self.labels) == matches)
  }

  @Test(
    "malformed label selectors are refused with 400",
    arguments: [
      "a in", "a in (", "a in (b", "=a", "a=b=c", "a b", "a,", "in (x)", "a=!b", "A B=c", "-a=b", "a=b c",
      "a>x", "a=(b)", "a/b/c=d", "!", "a,!", "!!a", "a=b\u{10}", "\u{19}a",
    ])
  func malformed(text: String) {
    #expect { try LabelSelectorParser.parse(text) } throws: { error in
      (error as? APIError)?.code == 400
    }
  }

  @Test("field selectors take metadata.name and metadata.namespace, and what a kind adds")
  func fieldSelectors() throws {
    let object: JSONValue = [
      "metadata": ["name": "x", "namespace": "n"], "involvedObject": ["kind": "Foo"], "reason": "Synced",
    ]
    func matches(_ text: String, _ resource: ResourceDefinition) throws -> Bool {
      try FieldSelector(text, resource).matches(object)
    }
    let configMaps = BuiltInResources.configMaps
    let events = BuiltInResources.events
    #expect(try matches("metadata.name=x", configMaps))
    #expect(try matches("metadata.name==x,metadata.namespace=n", configMaps))
    #expect(try !matches("metadata.name=y", configMaps))
    #expect(try matches("metadata.name!=y", configMaps))
    #expect(try !matches("metadata.namespace!=n", configMaps))
    #expect(try matches("involvedObject.kind=Foo,reason=Synced", events))
    #expect(try matches("type=", events), "an absent field is empty")
    #expect(throws: APIError.self) { try FieldSelector("reason=Synced", configMaps) }
    #expect(throws: APIError.self) { try FieldSelector("metadata.name", configMaps) }
  }
}
