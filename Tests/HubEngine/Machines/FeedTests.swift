import JSONScan
import Kubernetes
import Testing

@testable import HubEngine

@Suite("Judging")
struct FeedTests {
  // MARK: Was and now, by operations

  /// What one subscription with these operations is told when an object matches, changes, and leaves by a label.
  private static func life(_ operations: OperationSet) throws -> [[String]] {
    var harness = FeedHarness()
    let selector = try LabelSelector.of(#"{"matchLabels":{"app":"a"}}"#)
    harness.add(1) {
      $0.operations = operations
      $0.selector = selector
      $0.isCaughtUp = true
    }
    return [
      harness.see(.watched) { $0.version = "1" },
      harness.see(.watched) {
        $0.version = "2"
        $0.labels = ["app": "a"]
      },
      harness.see(.watched) {
        $0.version = "3"
        $0.labels = ["app": "a", "b": "c"]
      },
      harness.see(.watched) { $0.version = "4" },
      harness.see(.watched) { $0.version = "5" },
    ]
  }

  @Test(
    "SEMANTICS 1: entering is an add, changing an update, leaving a delete; operations gate each",
    arguments: 0..<8 as Range<UInt8>)
  func operations(rawValue: UInt8) throws {
    let operations = OperationSet(rawValue: rawValue)
    let life = try Self.life(operations)
    #expect(life[0] == [] && life[4] == [])
    #expect(life[1] == [operations.contains(.add) ? "1: change live x" : "1: change gated"])
    #expect(life[2] == [operations.contains(.update) ? "1: change live x" : "1: change gated"])
    // An add that is gated counts as told.
    let known = operations.contains(.add) ? "" : " known"
    let left = "1: change left x 01@4\(known)"
    #expect(life[3] == (operations.contains(.delete) ? [left] : [left + " untold", "1: change gated"]))
  }

  @Test("the end of a matching object is told by its name, its incarnation and the version it ended with")
  func deleting() {
    var harness = FeedHarness()
    harness.add(1) { $0.isCaughtUp = true }
    #expect(harness.see(.watched) == ["1: change live x"])
    #expect(harness.see(.deleted) { $0.version = "7" } == ["1: change deleted x 01@7"])
    #expect(harness.see(.deleted) { $0.version = "8" } == [])
    #expect(harness.feed.store.count == 0 && harness.feed.sets.inUse == 0)
  }

  @Test("a delete without Delete among the operations is gated, and still ends the key")
  func gatedDelete() {
    var harness = FeedHarness()
    harness.add(1) {
      $0.isCaughtUp = true
      $0.operations = [.add, .update]
    }
    _ = harness.see(.watched)
    #expect(
      harness.see(.deleted) { $0.version = "2" } == ["1: change deleted x 01@2 untold", "1: change gated"])
  }

  @Test("the same version again is no change")
  func repeated() {
    var harness = FeedHarness()
    harness.add(1) { $0.isCaughtUp = true }
    #expect(harness.see(.watched).count == 1)
    #expect(harness.see(.watched) == [] && harness.see(.listed) == [])
  }

  @Test("nothing is kept of an object that nobody wants")
  func unwanted() throws {
    var harness = FeedHarness()
    let other = harness.namespace("b")
    harness.add(1) { $0.namespace = other }
    let selector = try LabelSelector.of(#"{"matchLabels":{"app":"a"}}"#)
    harness.add(2) { $0.selector = selector }
    #expect(harness.see(.watched) == [])
    #expect(harness.feed.store.count == 0 && harness.feed.seen == 1)
  }

  // MARK: Lists

  @Test("what exists at the start is initial, and not told without spec.initial; later news is a change")
  func initial() {
    var harness = FeedHarness()
    harness.add(1)
    harness.add(2) { $0.initial = false }
    #expect(harness.list([ObjectText()]).map(FeedHarness.line) == ["1: initial live x"])
    #expect(!harness.isAcknowledged(1))
    // What was not told counts as known: the next is an update.
    #expect(harness.isAcknowledged(2))
    #expect(harness.see(.watched) { $0.version = "2" } == ["1: change live x", "2: change live x"])
    #expect(harness.see(.watched) { $0.name = "y" } == ["1: change live y", "2: change live y"])
    var changed = ObjectText()
    changed.version = "3"
    changed.name = "z"
    // A relist is no start: what it finds is news.
    let relist = harness.list([changed]).map(FeedHarness.line)
    #expect(relist.contains("1: change live z") && relist.contains("2: change live z"))
  }

  @Test("SEMANTICS 9: what a complete list does not mention is gone, with the list's version")
  func relist() {
    var harness = FeedHarness()
    harness.add(1) { $0.isCaughtUp = true }
    for name in ["x", "y", "z"] { _ = harness.see(.watched) { $0.name = name } }
    var kept = ObjectText()
    kept.name = "y"
    let gone = harness.list([kept], version: "50").map(FeedHarness.line)
    #expect(Set(gone) == ["1: change deleted x 01@50", "1: change deleted z 01@50"])
    #expect(harness.list([kept]).isEmpty && harness.feed.store.count == 1)
  }

  @Test("SEMANTICS 9: a list that is aborted proves nothing, and its marks are forgotten")
  func aborted() {
    var harness = FeedHarness()
    harness.add(1)
    _ = harness.list([ObjectText()])
    var late = ObjectText()
    late.name = "y"
    harness.add(2)
    harness.feed.beginList()
    harness.feed.abortList()
    #expect(harness.feed.hasLateInterests && harness.feed.store.count == 1)
    let told = harness.list([ObjectText(), late]).map(FeedHarness.line)
    #expect(told == ["2: initial live x", "1: change live y", "2: initial live y"])
    #expect(!harness.feed.hasLateInterests)
  }

  @Test("SEMANTICS 9: the same name with another uid: the old incarnation is gone, the new one is added")
  func uidChange() {
    for source in [Sighting.Source.watched, .listed] {
      var harness = FeedHarness()
      harness.add(1) { $0.isCaughtUp = true }
      _ = harness.see(.watched)
      harness.acknowledge(1)
      let told = harness.see(source) {
        $0.uid = ObjectText.uid(2)
        $0.version = "5"
      }
      #expect(told == ["1: change deleted x 01@5 known", "1: change live x"])
      #expect(!harness.isAcknowledged(1) && harness.feed.store.count == 1)
    }
  }

  @Test("the delete of an incarnation that a relist has replaced already is old news")
  func oldDelete() {
    var harness = FeedHarness()
    harness.add(1) { $0.isCaughtUp = true }
    _ = harness.see(.watched) {
      $0.uid = ObjectText.uid(2)
      $0.version = "9"
    }
    #expect(harness.see(.deleted) { $0.version = "5" } == [])
    // A newer one of an incarnation that was never seen ends what is known.
    let unseen = harness.see(.deleted) {
      $0.uid = ObjectText.uid(3)
      $0.version = "12"
    }
    #expect(unseen == ["1: change deleted x 02@12"])
  }

  @Test("SEMANTICS 11: what is older than what is known is skipped on the watch, and taken from a list")
  func older() {
    var harness = FeedHarness()
    harness.add(1) { $0.isCaughtUp = true }
    _ = harness.see(.watched) { $0.version = "100" }
    #expect(harness.see(.watched) { $0.version = "99" } == [])
    // Not as texts: 1000 is more than 99.
    #expect(harness.see(.watched) { $0.version = "1000" } == ["1: change live x"])
    #expect(harness.see(.listed) { $0.version = "3" } == ["1: change live x"])
  }

  @Test("SEMANTICS 8, 20: a list below what was told begins a new epoch with its first page, once")
  func epochs() {
    var harness = FeedHarness()
    harness.add(1) { $0.isCaughtUp = true }
    _ = harness.see(.watched) { $0.version = "100" }
    harness.feed.beginList()
    harness.feed.notePage(version: "40")
    harness.feed.notePage(version: "40")
    #expect(harness.feed.epoch == 1)
    #expect(harness.see(.listed) { $0.version = "40" } == ["1: change live x"])
    var changes: [RoutedChange] = []
    harness.feed.completeList(version: "40", newEpoch: true, into: &changes)
    #expect(harness.feed.epoch == 1 && changes.isEmpty)
    harness.feed.beginList()
    harness.feed.notePage(version: "41")
    #expect(harness.feed.epoch == 1)
    _ = harness.list([], version: "42", newEpoch: true)
    #expect(harness.feed.epoch == 2)
  }

  // MARK: Bodies

  @Test("bodies are taken where they are wanted, and items of lists get their kind and apiVersion")
  func bodies() throws {
    var harness = FeedHarness()
    harness.add(1) {
      $0.wantsBody = true
      $0.isCaughtUp = true
    }
    harness.add(2) { $0.isCaughtUp = true }
    var item = ObjectText()
    item.hasKind = false
    let changes = harness.look(.listed, item)
    #expect(changes.map(FeedHarness.line) == ["1: change live x with body", "2: change live x"])
    guard case .live(_, let body?) = changes[0].what else {
      Issue.record("no body")
      return
    }
    let object = try JSONValue(parsing: body.bytes)
    #expect(object["kind"] == "Deployment" && object["apiVersion"] == "apps/v1" && object["spec"] != nil)
    #expect(body.version == 1 && body.isComparable)
    item.hasKind = true
    item.version = "2"
    let whole = harness.look(.watched, item)
    guard case .live(_, let text?) = whole[0].what else {
      Issue.record("no body")
      return
    }
    #expect(text.bytes == item.bytes)
    item.version = "3"
    #expect(
      harness.look(.deleted, item).map(FeedHarness.line) == [
        "1: change deleted x 01@3 with body", "2: change deleted x 01@3",
      ])
  }
}
