import Testing

@testable import HubEngine

@Suite("Journal: reading a frame's entries")
struct JournalStateTests {
  private func applied(_ body: (inout JournalEntryWriter) -> Void) -> JournalEntryError? {
    var writer = JournalEntryWriter()
    body(&writer)
    var state = JournalState()
    do throws(JournalEntryError) {
      try state.apply(writer.bytes)
      return nil
    } catch {
      return error
    }
  }

  private func feed(_ number: Int, _ writer: inout JournalEntryWriter) {
    writer.begin(.feed)
    writer.number(number)
    writer.number(0)
    for text in ["", "v1", "Pod", "pods"] { writer.text(text) }
    writer.flag(true)
    writer.number(0)
  }

  private func subscription(_ slot: Int, member: Int, _ writer: inout JournalEntryWriter) {
    writer.begin(.subscription)
    writer.number(slot)
    for text in ["u", "ns", "n"] { writer.text(text) }
    writer.flag(false)
    writer.signed(1)
    writer.text("{}")
    writer.signed(0)
    writer.text("")
    writer.flag(false)
    writer.number(1)
    writer.number(0)
    writer.number(member)
  }

  @Test("a number that no hub gives is refused: no table is made as long as it says")
  func highNumbers() {
    #expect(applied { feed(JournalState.maxFeeds - 1, &$0) } == nil)
    #expect(applied { feed(JournalState.maxFeeds, &$0) } == .malformed(offset: 0))
    #expect(applied { subscription(JournalState.maxSubscriptions - 1, member: 0, &$0) } == nil)
    #expect(
      applied { subscription(JournalState.maxSubscriptions, member: 0, &$0) } == .malformed(offset: 0))
    #expect(applied { subscription(0, member: JournalState.maxInterests - 1, &$0) } == nil)
    #expect(applied { subscription(0, member: JournalState.maxInterests, &$0) } == .malformed(offset: 0))
  }
}
