import CESQL
import CloudEvents
import Testing

@Suite struct EventFilterTests {
  private static let event = ["type": "com.github.push", "subject": "https://a/b", "empty": ""]

  private func judge(_ filter: EventFilter) -> EventFilter.Verdict { filter.judge { Self.event[$0] } }

  private func texts(_ pairs: KeyValuePairs<String, String>) -> [EventFilter.Attribute] {
    pairs.map { EventFilter.Attribute(name: $0, text: $1) }
  }

  @Test("exact, prefix and suffix compare every attribute, with case")
  func texts() {
    #expect(judge(.exact(texts(["type": "com.github.push", "subject": "https://a/b"]))).isPassed)
    #expect(!judge(.exact(texts(["type": "com.github.push", "subject": "https://a"]))).isPassed)
    #expect(!judge(.exact(texts(["type": "com.github.Push"]))).isPassed)
    #expect(judge(.prefix(texts(["type": "com.", "subject": "https:"]))).isPassed)
    #expect(!judge(.prefix(texts(["type": "github"]))).isPassed)
    #expect(judge(.suffix(texts(["type": ".push"]))).isPassed)
    #expect(!judge(.suffix(texts(["type": "xxcom.github.push"]))).isPassed)
  }

  @Test("an attribute that is not there is equal to nothing")
  func missing() {
    for filter in [EventFilter.exact, EventFilter.prefix, EventFilter.suffix] {
      #expect(!judge(filter(texts(["other": "x"]))).isPassed)
    }
    #expect(judge(.not(.exact(texts(["other": "x"])))).isPassed)
  }

  @Test("texts that only look equal are not")
  func bytes() {
    #expect(!EventFilter.exact(texts(["a": "e\u{301}"])).judge { _ in "\u{E9}" }.isPassed)
  }

  @Test("all, any and not combine")
  func combined() {
    let yes = EventFilter.prefix(texts(["type": "com"]))
    let no = EventFilter.prefix(texts(["type": "org"]))
    #expect(judge(.all([yes, yes])).isPassed && !judge(.all([yes, no])).isPassed)
    #expect(judge(.any([no, yes])).isPassed && !judge(.any([no, no])).isPassed)
    #expect(judge(.not(no)).isPassed && !judge(.not(yes)).isPassed)
    #expect(judge(.all([])).isPassed && !judge(.any([])).isPassed)
  }

  @Test("an expression must be true; an error counts as false where it arose, and is told")
  func expressions() throws {
    let yes = EventFilter.cesql(try CESQLExpression("type LIKE '%push' AND EXISTS subject"))
    let failing = EventFilter.cesql(try CESQLExpression("other = 1"))
    let number = EventFilter.cesql(try CESQLExpression("LENGTH(type)"))
    #expect(judge(yes) == judge(.all([yes])))
    #expect(judge(yes).isPassed && judge(yes).failure == nil)
    #expect(!judge(failing).isPassed)
    #expect(judge(failing).failure?.kind == .missingAttribute("other"))
    #expect(!judge(number).isPassed && judge(number).failure == nil)
    #expect(judge(.not(failing)).isPassed && judge(.not(failing)).failure != nil)
    #expect(judge(.any([failing, yes])).isPassed)
  }
}
