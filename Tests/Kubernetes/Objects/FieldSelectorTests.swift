import JSONScan
import Kubernetes
import Testing

@Suite("Field selectors")
struct FieldSelectorTests {
  private func matches(_ selector: String, name: String, namespace: String?) throws -> Bool {
    var metadata: JSONValue = ["name": .string(name), "resourceVersion": "1"]
    if let namespace { metadata["namespace"] = .string(namespace) }
    let object: JSONValue = ["metadata": metadata]
    let bytes = object.serialized()
    var decoder = ObjectDecoder()
    let head = try decoder.decode(bytes.span.bytes)
    return try FieldSelector(selector).matches(head, in: bytes.span.bytes)
  }

  @Test("all terms must hold; of a cluster-scoped object the namespace is empty")
  func matching() throws {
    #expect(try matches("metadata.name=a", name: "a", namespace: "n"))
    #expect(try !matches("metadata.name=a", name: "ab", namespace: "n"))
    #expect(try matches("metadata.name==a,metadata.namespace!=m", name: "a", namespace: "n"))
    #expect(try !matches("metadata.name=a,metadata.namespace!=n", name: "a", namespace: "n"))
    #expect(try matches("metadata.namespace=", name: "a", namespace: nil))
    #expect(try !matches("metadata.namespace!=", name: "a", namespace: nil))
    #expect(try !matches("metadata.name=a,metadata.name=b", name: "a", namespace: nil))
    #expect(try matches(#"metadata.name=a\,b\=c\\d"#, name: #"a,b=c\d"#, namespace: nil))
  }

  @Test("it is written as it was read")
  func queryString() throws {
    for text in ["metadata.name=a", "metadata.name!=a,metadata.namespace=b", #"metadata.name=a\,b\=c\\d"#] {
      #expect(try FieldSelector(text).queryString == text)
    }
    #expect(try FieldSelector("metadata.name==a") == FieldSelector("metadata.name=a"))
    #expect(FieldSelector.everything.isEverything)
  }

  @Test(
    "what is no term is refused",
    arguments: [
      "", ",", "a", "=a", "!=a", "metadata.name", "metadata.name!a", "metadata.name=a,", "metadata.name===a",
      #"metadata.name=a\"#, #"metadata.name=\a"#, "metadata.name=a=b",
    ])
  func malformed(text: String) {
    #expect(throws: FieldSelectorError.self) { try FieldSelector(text) }
  }

  @Test("other fields are refused by name, and so are selectors beyond the limits")
  func unsupported() throws {
    #expect(throws: FieldSelectorError.unsupported(field: "status.phase")) {
      try FieldSelector("status.phase=Running")
    }
    func terms(_ count: Int) -> String {
      Array(repeating: "metadata.name!=a", count: count).joined(separator: ",")
    }
    _ = try FieldSelector(terms(FieldSelector.maxTerms))
    #expect(throws: FieldSelectorError.tooMany(found: 33)) { try FieldSelector(terms(33)) }
    let prefix = "metadata.name="
    let most = prefix + String(repeating: "a", count: FieldSelector.maxBytes - prefix.utf8.count)
    _ = try FieldSelector(most)
    #expect(throws: FieldSelectorError.tooLong(found: 1025)) { try FieldSelector(most + "a") }
  }
}
