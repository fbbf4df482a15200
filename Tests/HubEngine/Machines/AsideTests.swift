import Testing

@testable import HubEngine

@Suite("Parts kept apart")
struct AsideTests {
  private struct Holder {
    @Aside var part: (name: String, number: Int)?
  }

  @Test("a copy keeps what it had when the other changes, in part or whole")
  func value() {
    var one = Holder(part: ("a", 1))
    let other = one
    one.part?.number = 2
    #expect(one.part?.number == 2 && other.part?.number == 1 && one.part?.name == "a")
    one.part = nil
    #expect(one.part == nil && other.part?.name == "a")
  }

  @Test("a work item is small, since 10,000 of them wait after an initial list")
  func size() {
    #expect(MemoryLayout<WorkItem?>.stride <= 256)
  }
}
