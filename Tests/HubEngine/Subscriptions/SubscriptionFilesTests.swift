import HubEngine
import JSONScan
import TestSupport
import Testing

private typealias Texts = SubscriptionTexts

@Suite("Files of subscriptions")
struct SubscriptionFilesTests {
  private let one = Texts.object(Texts.resources + "," + Texts.sink, metadata: #""name":"one""#)
  private let two = Texts.object(Texts.resources + "," + Texts.sink, metadata: #""name":"two""#)

  @Test("a file holds one object, an array or a List")
  func forms() {
    #expect(names(one) == ["one"])
    #expect(names("[\(one),\(two)]") == ["one", "two"])
    #expect(names(#"{"apiVersion":"v1","kind":"List","items":[\#(one), \#(two)]}"#) == ["one", "two"])
    #expect(names("[]") == [])
    #expect(names(#"{"kind":"List","items":[]}"#) == [])
  }

  @Test("an object that is wrong does not hide the others")
  func mixed() {
    let text = "[\(one),{},\(two)]"
    #expect(names(text) == ["one", "apiVersion kind", "two"])
  }

  @Test("offsets count from the start of the file")
  func offsets() {
    let bad = Texts.object(Texts.resources + "," + Texts.sink + #","mode":"X""#, metadata: #""name":"bad""#)
    let text = "[\(one),\n  \(bad)]"
    let entries = SubscriptionFiles.parse(Array(text.utf8))
    #expect(entries.map(\.offset) == [1, one.utf8.count + 5])
    guard case .failure(let refusal) = entries[1].result else {
      Issue.record("accepted")
      return
    }
    let expected = text.utf8.count - #""X"}}]"#.utf8.count
    #expect(refusal.findings.map(\.offset) == [expected])
    #expect(refusal.name == "bad")
    #expect(refusal.uid == "file:default/bad")
  }

  @Test("of two objects with one name the first counts")
  func repeatedNames() {
    let text = "[\(one),\n\(one)]"
    let entries = SubscriptionFiles.parse(Array(text.utf8))
    #expect(
      findings(entries[1]) == [
        "metadata.name: is the name of another object, that of line 1; give one of them another name"
      ])
    #expect(names(text).first == "one")
  }

  @Test("a file that cannot be read at all is one entry that says why")
  func unreadable() {
    #expect(names("") == ["(object)"])
    #expect(names("nonsense") == ["(object)"])
    #expect(names("\(one) trailing") == ["(object)"])
    #expect(names(#"{"kind":"List"}"#) == ["items"])
    #expect(names(#"{"kind":"List","items":{}}"#) == ["items"])
  }

  @Test("a file at its size limit is read, a byte beyond is refused")
  func sizeLimit() {
    let padding = SubscriptionLimits.maxFileBytes - one.utf8.count
    let text = Array(one.utf8) + Array(repeating: UInt8(ascii: " "), count: padding)
    #expect(SubscriptionFiles.parse(text).map(name) == ["one"])
    #expect(SubscriptionFiles.parse(text + [UInt8(ascii: " ")]).map(name) == ["(object)"])
  }

  @Test("a file at its limit of objects is read, one more is refused")
  func objectLimit() {
    func text(_ count: Int) -> [UInt8] {
      Array(("[" + Array(repeating: "7", count: count).joined(separator: ",") + "]").utf8)
    }
    let limit = SubscriptionLimits.maxObjectsPerFile
    #expect(SubscriptionFiles.parse(text(limit)).count == limit)
    #expect(
      SubscriptionFiles.parse(text(limit + 1)).flatMap(findings) == [
        "(object): has 20001 entries, and 20000 is the limit; split it into several subscriptions"
      ])
  }

  @Test("a file cut at any byte is refused, and never a crash")
  func truncated() {
    let text = Array("[\(one)]".utf8)
    for length in 0..<text.count {
      let entries = SubscriptionFiles.parse(Array(text[..<length]))
      #expect(entries.count == 1)
      #expect(entries.first.map(findings)?.first?.hasPrefix("(object): not JSON: ") == true)
    }
  }

  private func names(_ text: String) -> [String] { SubscriptionFiles.parse(Array(text.utf8)).map(name) }

  private func name(_ entry: SubscriptionFiles.Entry) -> String {
    switch entry.result {
    case .success(let subscription): subscription.name
    case .failure(let refusal): refusal.findings.map(\.field).joined(separator: " ")
    }
  }

  private func findings(_ entry: SubscriptionFiles.Entry) -> [String] {
    guard case .failure(let refusal) = entry.result else { return [] }
    return refusal.findings.map(\.description)
  }
}
