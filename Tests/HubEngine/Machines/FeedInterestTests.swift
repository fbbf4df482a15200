import Kubernetes
import Testing

@testable import HubEngine

@Suite("Judging for those who come, change and leave")
struct FeedInterestTests {
  // MARK: Late interests

  @Test(
    "SEMANTICS 13: a catch-up list tells the late ones; what differs from the record is the watch's business")
  func catchUp() {
    var harness = FeedHarness()
    harness.add(1)
    var newer = ObjectText()
    newer.name = "newer"
    newer.version = "5"
    _ = harness.list([ObjectText(), newer])
    harness.add(2)
    #expect(harness.feed.hasLateInterests)
    var old = newer
    old.version = "4"
    #expect(harness.catchUp([ObjectText(), old]).map(FeedHarness.line) == ["2: initial live x"])
    #expect(!harness.feed.hasLateInterests)
    newer.version = "6"
    #expect(
      harness.look(.watched, newer).map(FeedHarness.line) == ["1: change live newer", "2: change live newer"])
  }

  @Test("what the watch told while the catch-up list ran is remembered, by namespace and name, until it ends")
  func touched() {
    var harness = FeedHarness()
    harness.add(1)
    _ = harness.list([])
    let (a, b) = (harness.namespace("a"), harness.namespace("b"))
    func isTouched(_ harness: FeedHarness, _ namespace: UInt32) -> Bool {
      let name = [UInt8]("x".utf8)
      return harness.feed.wasTouched(namespace: namespace, name: name.span.bytes)
    }
    _ = harness.see(.watched)
    #expect(!isTouched(harness, a))
    harness.feed.beginCatchUp()
    _ = harness.see(.deleted) { $0.version = "2" }
    #expect(isTouched(harness, a) && !isTouched(harness, b))
    harness.feed.abandonCatchUp()
    #expect(!isTouched(harness, a) && harness.feed.touched == nil)
    harness.feed.beginCatchUp()
    #expect(!isTouched(harness, a))
  }

  @Test("an interest that comes while a catch-up list runs is not caught up by it")
  func laterStill() {
    var harness = FeedHarness()
    harness.add(1)
    _ = harness.list([])
    harness.add(2)
    harness.feed.beginCatchUp()
    let third = harness.add(3)
    harness.feed.completeCatchUp()
    #expect(harness.feed.hasLateInterests && harness.feed.interests.late == [third])
  }

  // MARK: Edits

  @Test("SEMANTICS 28: an edit compares known sets: entered is an add, left a delete, what stays is not told")
  func editing() throws {
    var harness = FeedHarness()
    let before = try LabelSelector.of(#"{"matchLabels":{"app":"a"}}"#)
    let after = try LabelSelector.of(#"{"matchLabels":{"tier":"x"}}"#)
    let old = harness.add(1) { $0.selector = before }
    var leaving = ObjectText()
    leaving.labels = ["app": "a"]
    leaving.name = "leaving"
    var staying = leaving
    staying.labels["tier"] = "x"
    staying.name = "staying"
    var entering = ObjectText()
    entering.labels = ["tier": "x"]
    entering.name = "entering"
    _ = harness.list([leaving, staying, entering])
    harness.acknowledge(1, leaving)
    harness.acknowledge(1, staying)
    harness.feed.interests.retire(old)
    harness.feed.interests[old]?.token = "edit"
    harness.add(1) {
      $0.selector = after
      $0.token = "edit"
    }
    let told = harness.catchUp([leaving, staying, entering]).map(FeedHarness.line)
    #expect(
      told == ["1: change left leaving 01@1 known (edit/left)", "1: initial live entering (edit)"])
    #expect(harness.isAcknowledged(1, "staying"))
    // Nothing refers to the retired interest any more: its number is free.
    #expect(harness.feed.interests[old] == nil && harness.feed.interests.retired.isEmpty)
  }

  @Test(
    "a retired interest is kept while a known object refers to it, and freed by the list that judges the last"
  )
  func retired() {
    var harness = FeedHarness()
    let number = harness.add(1)
    _ = harness.list([ObjectText()])
    harness.feed.interests.retire(number)
    harness.add(1)
    var newer = ObjectText()
    newer.version = "2"
    // The catch-up list is newer than the record: the watch will tell.
    _ = harness.catchUp([newer])
    #expect(harness.feed.interests[number]?.isRetired == true)
    #expect(harness.look(.watched, newer).map(FeedHarness.line) == ["1: change live x"])
    _ = harness.list([newer])
    #expect(harness.feed.interests[number] == nil)
  }

  @Test(
    "a subscription that leaves tells what it knew as left, or forgets it; the others keep what is theirs")
  func withdrawing() {
    for tellsLeaving in [true, false] {
      var harness = FeedHarness()
      harness.add(1)
      let namespace = harness.namespace("a")
      harness.add(2) { $0.namespace = namespace }
      var elsewhere = ObjectText()
      elsewhere.namespace = "b"
      _ = harness.list([ObjectText(), elsewhere])
      harness.acknowledge(1)
      harness.acknowledge(2)
      let told = harness.withdraw(1, tellsLeaving: tellsLeaving).map(FeedHarness.line)
      let left = ["1: change left x 01@1 (edit/left)", "1: change left x 01@1 known (edit/left)"]
      #expect(Set(told) == (tellsLeaving ? Set(left) : []))
      #expect(harness.feed.store.count == 1 && harness.isAcknowledged(2) && !harness.isAcknowledged(1))
      _ = harness.withdraw(2)
      #expect(harness.feed.store.count == 0 && harness.feed.sets.inUse == 0)
      #expect(harness.feed.interests.numbers.isEmpty)
    }
  }

  // MARK: Acknowledging

  @Test("what was told stays told over changes, for each subscription alone, and ends with the incarnation")
  func acknowledging() {
    var harness = FeedHarness()
    harness.add(1) { $0.isCaughtUp = true }
    harness.add(2) { $0.isCaughtUp = true }
    _ = harness.see(.watched)
    harness.acknowledge(1)
    harness.acknowledge(1)
    _ = harness.see(.watched) { $0.version = "2" }
    #expect(harness.isAcknowledged(1) && !harness.isAcknowledged(2))
    var other = ObjectText()
    other.uid = ObjectText.uid(9)
    harness.acknowledge(2, other)
    other.name = "unknown"
    harness.acknowledge(2, other)
    #expect(!harness.isAcknowledged(2))
    #expect(
      harness.see(.deleted) { $0.version = "3" } == [
        "1: change deleted x 01@3 known", "2: change deleted x 01@3",
      ])
  }

  @Test(
    "SEMANTICS 28: a new sink knows nothing: nothing counts as told, and all that is known is told as initial"
  )
  func anew() {
    var harness = FeedHarness()
    harness.add(1)
    harness.add(1) { $0.role = .controller }
    harness.add(2)
    var child = ObjectText()
    child.name = "child"
    child.owner = ObjectText.foo("f")
    _ = harness.list([ObjectText(), child])
    for subscription in [1, 2] as [UInt32] { harness.acknowledge(subscription) }
    harness.feed.forgetAcknowledgements(of: harness.member(of: 1))
    #expect(!harness.isAcknowledged(1) && harness.isAcknowledged(2))
    let known = harness.feed.known(to: 1, token: "edit").map(FeedHarness.line)
    #expect(
      known == [
        "1: initial live x (edit)", "1: initial live child (edit)", "1: initial child of f@1 (edit)",
      ])
  }
}
