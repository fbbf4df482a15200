import Testing

@testable import ReconcilerKit

@Suite("What counts as news")
struct NewsMemoryTests {
  private func event(
    _ id: String, version: Int? = nil, epoch: Int = 0, operation: ReconcileEvent.Operation = .update,
    cause: ReconcileEvent.Cause? = .change, attempt: Int = 1, deletion: ReconcileEvent.Deletion? = nil,
    uid: String? = "u-1", source: String = "https://10.0.0.1:443", name: String = "example-foo"
  ) -> ReconcileRequest {
    let sequence = version.map { version in
      let (epoch, version) = ("\(epoch)", "\(version)")
      return String(repeating: "0", count: 8 - epoch.count) + epoch + "."
        + String(repeating: "0", count: 39 - version.count) + version
    }
    return ReconcileRequest(
      apiVersion: "samplecontroller.k8s.io/v1alpha1", kind: "Foo", namespace: "default", name: name,
      event: ReconcileEvent(
        id: id, source: source, operation: operation, cause: cause, attempt: attempt, deletion: deletion,
        uid: uid,
        sequence: sequence))
  }

  private let soon = ReconcileAnswer(.requeue(afterSeconds: 5))

  @Test("SEMANTICS 19: an id is known once its reconcile has succeeded, and is answered as then")
  func duplicates() {
    var memory = NewsMemory()
    for failure in [409, 422, 429, 500, 503] {
      memory.remember(event("a"), ReconcileAnswer(status: failure))
      #expect(memory.answer(to: event("a")) == nil)
    }
    memory.remember(event("a"), soon)
    #expect(memory.answer(to: event("a", attempt: 2)) == soon)
    #expect(memory.answer(to: event("b")) == nil)
    #expect(memory.answer(to: event("a", source: "https://10.0.0.2:443")) == nil)
    #expect(memory.answer(to: event("a", name: "other")) == nil, "a sender whose ids are not unique")
  }

  @Test(
    "SEMANTICS 20: an older version of the same incarnation is no news, and gets the answer to the newer one")
  func olderNews() {
    var memory = NewsMemory()
    memory.remember(event("a", version: 1_000), soon)
    #expect(memory.answer(to: event("b", version: 999)) == soon)
    #expect(memory.answer(to: event("b", version: 1_001)) == nil)
    #expect(memory.answer(to: event("b", version: 999, uid: "u-2")) == nil)
    #expect(memory.answer(to: event("b", version: 999, uid: nil)) == nil)
    #expect(memory.answer(to: event("b", version: 999, uid: "")) == nil)
    #expect(memory.answer(to: event("b", version: 999, source: "elsewhere")) == nil)
    #expect(memory.answer(to: event("b", version: 999, name: "other")) == nil)
    #expect(memory.answer(to: event("b")) == nil, "opaque versions are not compared")
    memory.remember(event("c", version: 999, cause: .resync), .done)
    #expect(memory.answer(to: event("b", version: 998)) == soon, "and never go back")
  }

  @Test("SEMANTICS 20: a failed reconcile of a newer version makes nothing older")
  func failuresAreNotNews() {
    var memory = NewsMemory()
    memory.remember(event("a", version: 7), ReconcileAnswer(status: 500))
    #expect(memory.answer(to: event("b", version: 6)) == nil)
  }

  @Test(
    "SEMANTICS 20: equal versions are news of each other: an object leaves and comes back without a change")
  func equalVersions() {
    var memory = NewsMemory()
    memory.remember(event("a", version: 7, operation: .add), .done)
    #expect(memory.answer(to: event("b", version: 7, operation: .delete, deletion: .left)) == nil)
    memory.remember(event("b", version: 7, operation: .delete, deletion: .left), .done)
    #expect(memory.answer(to: event("c", version: 7, operation: .add)) == nil)
  }

  @Test("SEMANTICS 20: resync and requeue are never older news; by their ids they are known all the same")
  func resyncs() {
    var memory = NewsMemory()
    memory.remember(event("a", version: 7), .done)
    for cause in [ReconcileEvent.Cause.resync, .requeue] {
      let again = event("again \(cause)", version: 6, cause: cause)
      #expect(memory.answer(to: again) == nil)
      memory.remember(again, soon)
      #expect(memory.answer(to: again) == soon)
    }
  }

  @Test("That an object is gone is never older news, and what is older than that is; that it left may be")
  func deletes() {
    var memory = NewsMemory()
    memory.remember(event("a", version: 7), .done)
    #expect(memory.answer(to: event("left", version: 6, operation: .delete, deletion: .left)) != nil)
    for deletion in [ReconcileEvent.Deletion.deleted, nil] {
      let gone = event("gone", version: 6, operation: .delete, deletion: deletion)
      #expect(memory.answer(to: gone) == nil)
    }
    let gone = event("gone", version: 9, operation: .delete, deletion: .deleted)
    memory.remember(gone, .done)
    #expect(memory.answer(to: gone) == .done)
    #expect(memory.answer(to: event("late", version: 8)) == .done)
    #expect(memory.answer(to: event("new", version: 8, uid: "u-2")) == nil)
  }

  @Test("Epochs are not compared: after a restored etcd, or lost state, the hub counts anew")
  func epochs() {
    var memory = NewsMemory()
    memory.remember(event("a", version: 900, epoch: 1), .done)
    for epoch in [0, 2] {
      #expect(memory.answer(to: event("b", version: 5, epoch: epoch)) == nil)
      var other = memory
      other.remember(event("b", version: 5, epoch: epoch), .done)
      #expect(other.answer(to: event("c", version: 4, epoch: epoch)) == .done)
      #expect(other.answer(to: event("c", version: 901, epoch: 1)) == nil)
    }
  }

  @Test("What a hub without state tells anew is looked at, known or not; a repeated attempt of that is not")
  func initial() {
    var memory = NewsMemory()
    memory.remember(event("a", version: 7, cause: .initial), .done)
    #expect(memory.answer(to: event("a", version: 7, cause: .initial)) == nil)
    #expect(memory.answer(to: event("b", version: 6, cause: .initial)) == nil)
    #expect(memory.answer(to: event("a", version: 7, cause: .initial, attempt: 2)) == .done)
  }

  @Test("Memory is bounded: what was used longest ago is forgotten, and counts as news")
  func isBounded() {
    var memory = NewsMemory(maxIDs: 8, maxObjects: 4)
    for number in 0..<100 {
      memory.remember(event("id \(number)", version: 7, uid: "u-\(number)"), .done)
      #expect(memory.counts.ids <= 8)
      #expect(memory.counts.objects <= 4)
    }
    #expect(memory.answer(to: event("id 99", version: 7, uid: "u-99")) == .done)
    #expect(memory.answer(to: event("x", version: 6, uid: "u-99")) == .done)
    #expect(memory.answer(to: event("id 0", version: 7, uid: "u-0")) == nil)
    #expect(memory.answer(to: event("x", version: 6, uid: "u-0")) == nil)
  }

  @Test("Only a decimal epoch and a decimal version are a sequence of the hub's")
  func sequences() throws {
    for text in [
      "", ".", "1", "1.", ".1", "1.2.3", "a.1", "1.-1", "1.0x1", "1.\(String(repeating: "1", count: 40))",
    ] {
      #expect(EventSequence(text) == nil, "\(text)")
    }
    func isOlder(_ one: String, _ other: String) throws -> Bool {
      try #require(EventSequence(one)).isOlder(than: try #require(EventSequence(other)))
    }
    #expect(try isOlder("00000000.9", "0.10"))
    #expect(try isOlder("0.0", "0.1"))
    #expect(try !isOlder("0.10", "0.9"))
    #expect(try !isOlder("0.10", "0.0010"))
    #expect(try !isOlder("0.9", "1.10"))
    #expect(try isOlder("1.\(String(repeating: "8", count: 39))", "1.\(String(repeating: "9", count: 39))"))
  }

  @Test("Of two that share a run the newer version is handed over, and the end of an incarnation above all")
  func newest() {
    let (older, newer) = (event("a", version: 6), event("b", version: 7))
    #expect(older.newest(or: newer) == newer)
    #expect(newer.newest(or: older) == newer)
    #expect(newer.newest(or: event("c")).event.id == "c")
    let gone = event("gone", version: 5, operation: .delete)
    #expect(gone.newest(or: newer) == gone)
    #expect(newer.newest(or: gone) == gone)
    let left = event("left", version: 7, operation: .delete, deletion: .left)
    #expect(left.newest(or: event("back", version: 7, operation: .add)).event.id == "back")
    #expect([older, newer, event("c", version: 5)].newest == newer)
    #expect([ReconcileRequest]().newest == nil)
  }

  @Test("Deletes share a run with news of the same incarnation only")
  func sharing() {
    let update = event("a", version: 6)
    let gone = event("b", version: 7, operation: .delete)
    #expect(update.sharesRun(with: event("c", uid: "u-2")))
    #expect(update.sharesRun(with: gone))
    #expect(gone.sharesRun(with: update))
    #expect(!gone.sharesRun(with: event("c", operation: .add, uid: "u-2")))
    #expect(!event("c", uid: "u-2").sharesRun(with: gone))
    #expect(!event("c", uid: nil).sharesRun(with: event("d", operation: .delete, uid: nil)))
    #expect(
      event("c", operation: .delete, uid: nil).sharesRun(with: event("d", operation: .delete, uid: nil)))
  }
}
