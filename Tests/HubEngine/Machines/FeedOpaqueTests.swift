import Testing

@testable import HubEngine

@Suite("Judging opaque versions and uids")
struct FeedOpaqueTests {
  @Test("SEMANTICS 11: of opaque versions another is a change, the same is none, and none is older")
  func opaqueVersions() {
    var harness = FeedHarness()
    harness.add(1) { $0.isCaughtUp = true }
    func see(_ version: String) -> [String] {
      harness.see(.watched) { $0.version = version }.map { String($0.prefix { $0 != "(" }) }
    }
    #expect(see("b") == ["1: change live x "])
    #expect(see("b") == [])
    #expect(see("a") == ["1: change live x "])
    #expect(see("007") == ["1: change live x "])
    #expect(see("5") == ["1: change live x"])
    #expect(see("c") == ["1: change live x "])
    #expect(harness.feed.oddTexts.count == 1)
    let record = harness.feed.record(namespace: 0, name: "x")
    let incarnation = record.map { harness.feed.incarnation($0) }
    #expect(incarnation?.version == "c" && incarnation?.isComparable == false)
    _ = harness.see(.deleted) { $0.version = "d" }
    #expect(harness.feed.oddTexts.count == 0)
  }

  @Test("SEMANTICS 19: an opaque version that comes back is another event each time")
  func opaqueTokens() {
    var harness = FeedHarness()
    harness.add(1) { $0.isCaughtUp = true }
    let told = ["a", "b", "a", "b"].flatMap { version in harness.see(.watched) { $0.version = version } }
    #expect(told.count == 4 && Set(told).count == 4)
  }

  @Test("uids that are no UUIDs are told as they are written, and told apart")
  func opaqueUIDs() {
    var harness = FeedHarness()
    harness.add(1) { $0.isCaughtUp = true }
    _ = harness.see(.watched) { $0.uid = "first" }
    let record = harness.feed.record(namespace: 0, name: "x")
    #expect(record.map { harness.feed.incarnation($0).uidText } == "first")
    let told = harness.see(.watched) {
      $0.uid = "second"
      $0.version = "2"
    }
    #expect(told == ["1: change deleted x st@2", "1: change live x"])
    _ = harness.see(.watched) {
      $0.uid = nil
      $0.version = "3"
    }
    _ = harness.see(.deleted) {
      $0.uid = nil
      $0.version = "4"
    }
    #expect(harness.feed.store.count == 0 && harness.feed.oddTexts.count == 0)
  }
}
