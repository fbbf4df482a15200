import Testing

@testable import HubEngine

@Suite("Judging children and their owners")
struct FeedOwnerTests {
  private static func children(_ harness: inout FeedHarness, _ operations: OperationSet = .all) {
    harness.add(1) {
      $0.role = .controller
      $0.isCaughtUp = true
      $0.operations = operations
    }
  }

  private static func owned(_ owner: String?, _ version: String) -> (inout ObjectText) -> Void {
    {
      $0.version = version
      $0.owner = owner.map { ObjectText.foo($0) }
    }
  }

  @Test("SEMANTICS 5: the controlling owner is told of its child's add, changes and end")
  func child() {
    var harness = FeedHarness()
    Self.children(&harness)
    #expect(harness.see(.watched, Self.owned("f", "1")) == ["1: change child of f@1"])
    #expect(harness.see(.watched, Self.owned("f", "1")) == [])
    #expect(harness.see(.watched, Self.owned("f", "2")) == ["1: change child of f@2"])
    #expect(harness.see(.deleted, Self.owned("f", "3")) == ["1: change child of f@3"])
    #expect(harness.feed.owners.inUse == 0)
  }

  @Test(
    "SEMANTICS 5: the old and the new controller are both told when it changes; without one there is no event"
  )
  func ownerChange() {
    var harness = FeedHarness()
    Self.children(&harness)
    #expect(harness.see(.watched, Self.owned(nil, "1")) == [])
    #expect(harness.see(.watched, Self.owned("f", "2")) == ["1: change child of f@2"])
    #expect(
      harness.see(.watched, Self.owned("g", "3")) == ["1: change child of f@3", "1: change child of g@3"])
    #expect(harness.see(.watched, Self.owned(nil, "4")) == ["1: change child of g@4"])
    #expect(harness.see(.watched, Self.owned(nil, "5")) == [])
    #expect(harness.feed.store.count == 0 && harness.feed.owners.inUse == 0)
  }

  @Test("SEMANTICS 5: operations judge the child", arguments: 0..<8 as Range<UInt8>)
  func childOperations(rawValue: UInt8) {
    let operations = OperationSet(rawValue: rawValue)
    var harness = FeedHarness()
    Self.children(&harness, operations)
    func expected(_ operation: OperationSet, _ version: String) -> [String] {
      [operations.contains(operation) ? "1: change child of f@\(version)" : "1: change gated"]
    }
    #expect(harness.see(.watched, Self.owned("f", "1")) == expected(.add, "1"))
    #expect(harness.see(.watched, Self.owned("f", "2")) == expected(.update, "2"))
    #expect(harness.see(.deleted, Self.owned("f", "3")) == expected(.delete, "3"))
  }

  @Test("only objects whose controller is of the wanted kind match, and leaving that is leaving")
  func ownerKind() {
    var harness = FeedHarness()
    harness.add(1) {
      $0.owner = InterestIndexTests.foo
      $0.isCaughtUp = true
    }
    #expect(harness.see(.watched, Self.owned("f", "1")) == ["1: change live x"])
    #expect(harness.see(.watched, Self.owned(nil, "2")) == ["1: change left x 01@2"])
  }
}
