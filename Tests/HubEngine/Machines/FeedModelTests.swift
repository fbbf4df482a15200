import Kubernetes
import Testing

@testable import HubEngine

/// Drives a feed at random beside a plain picture of the cluster, and follows what each subscription is told: what it
/// makes of it must be what matches.
@Suite("Judging, at random")
struct FeedModelTests {
  private struct Driver {
    var harness = FeedHarness()
    var random: SeededRandom
    /// The cluster, and what each subscription takes it for: the uid of each key that it was told of.
    var cluster: [String: ObjectText] = [:]
    var views: [UInt32: [String: String]] = [:]
    var labels: [UInt32: String] = [:]
    var version = 10
    var uids = 0
    /// Events that the watch has not brought yet.
    var stream: [(Sighting.Source, ObjectText)] = []

    mutating func draw(_ count: Int) -> Int { Int(random.number(from: 0, through: UInt64(count - 1))) }

    /// What the subscription wants: one label, of one namespace or all.
    static func isMatching(_ object: ObjectText, _ subscription: UInt32, _ label: String) -> Bool {
      object.labels["app"] == label && (subscription % 2 == 0 || object.namespace == "a")
    }

    mutating func change() {
      let name = "\(["a", "b"][draw(2)])/object-\(draw(8))"
      version += 1
      if var object = cluster[name], draw(3) == 0 {
        object.version = String(version)
        cluster[name] = nil
        stream.append((.deleted, object))
        return
      }
      var object = cluster[name] ?? ObjectText()
      if cluster[name] == nil {
        uids += 1
        object.uid = ObjectText.uid(uids)
        object.namespace = String(name.prefix(1))
        object.name = String(name.dropFirst(2))
      }
      object.version = String(version)
      object.labels = ["app": ["x", "y", "z"][draw(3)]]
      cluster[name] = object
      stream.append((.watched, object))
    }

    /// The watch brings some of what it has.
    mutating func watch() {
      let count = min(stream.count, 1 + draw(4))
      for (source, object) in stream.prefix(count) { take(harness.look(source, object)) }
      stream.removeFirst(count)
    }

    /// The watch is cut; a list shows the cluster as it is.
    mutating func relist() {
      stream = []
      if draw(4) == 0 {
        harness.feed.beginList()
        for object in objects.prefix(2) { take(harness.look(.listed, object)) }
        harness.feed.abortList()
      }
      take(harness.list(objects, version: String(version)))
    }

    private var objects: [ObjectText] { cluster.keys.sorted().compactMap { cluster[$0] } }

    /// Late interests are told by a list; what is newer than the watch, or was touched by it meanwhile, is skipped.
    mutating func catchUp() {
      guard harness.feed.hasLateInterests else { return }
      harness.feed.beginCatchUp()
      let list = objects
      let seen = version
      if draw(2) == 0 { change() }
      // The engine compares with the version that the watch has brought.
      let brought = stream.first.flatMap { Int($0.1.version) }.map { $0 - 1 } ?? seen
      watch()
      for object in list where (Int(object.version) ?? 0) <= brought {
        let name = [UInt8](object.name.utf8)
        let namespace = harness.namespace(object.namespace)
        if harness.feed.wasTouched(namespace: namespace, name: name.span.bytes) { continue }
        take(harness.look(.caughtUp, object))
      }
      harness.feed.completeCatchUp()
    }

    mutating func subscribe() throws {
      let subscription = UInt32(draw(6))
      let label = ["x", "y", "z"][draw(3)]
      if labels[subscription] != nil, draw(3) == 0 {
        take(harness.withdraw(subscription, tellsLeaving: true))
        labels[subscription] = nil
        #expect(views[subscription, default: [:]].isEmpty)
        return
      }
      // An edit retires what there was.
      for number in harness.feed.numbers(of: subscription) { harness.feed.interests.retire(number) }
      let selector = try LabelSelector.of(#"{"matchLabels":{"app":"\#(label)"}}"#)
      let namespace = subscription % 2 == 0 ? nil : harness.namespace("a")
      harness.add(subscription) {
        $0.selector = selector
        $0.namespace = namespace
      }
      labels[subscription] = label
    }

    /// What a subscription makes of what it is told, and says yes to sometimes.
    mutating func take(_ changes: [RoutedChange]) {
      for change in changes {
        let namespace = harness.namespaces.text(change.namespace)
        switch change.what {
        case .live(let name, _):
          guard let record = harness.feed.record(namespace: change.namespace, name: name) else { continue }
          let uid = harness.feed.incarnation(record).uidText
          views[change.subscription, default: [:]]["\(namespace)/\(name)"] = uid
          if draw(2) == 0 {
            harness.feed.acknowledge(
              namespace: change.namespace, name: name, uid: record.uid,
              member: harness.member(of: change.subscription))
          }
        case .gone(let name, let gone, _, let isTold):
          let key = "\(namespace)/\(name)"
          #expect(isTold)
          // A successor may have been told before this line was read: then the view is its.
          if views[change.subscription]?[key] == gone.incarnation.uidText {
            views[change.subscription]?[key] = nil
          }
        case .child, .gated: Issue.record("nothing like it was asked for")
        }
      }
    }

    /// Everything is brought and caught up: each view is what matches, and nothing else is kept.
    mutating func verify() {
      while !stream.isEmpty { watch() }
      catchUp()
      while !stream.isEmpty { watch() }
      for (subscription, label) in labels {
        let expected = cluster.filter { Self.isMatching($0.value, subscription, label) }.mapValues {
          $0.uid ?? ""
        }
        #expect(views[subscription, default: [:]] == expected, "subscription \(subscription)")
      }
      let wanted = cluster.values.count { object in
        labels.contains { Self.isMatching(object, $0.key, $0.value) }
      }
      #expect(harness.feed.store.count == wanted)
    }
  }

  @Test(
    "SEMANTICS 1, 9, 13, 28: whatever the watch, lists, catch-ups and edits do, who is told ends up knowing what matches",
    arguments: 1...20 as ClosedRange<UInt64>)
  func model(seed: UInt64) throws {
    var driver = Driver(random: SeededRandom(seed: seed))
    for step in 0..<1500 {
      switch driver.draw(100) {
      case 0..<50: driver.change()
      case 50..<80: driver.watch()
      case 80..<84: driver.relist()
      case 84..<92: driver.catchUp()
      default: try driver.subscribe()
      }
      if step % 100 == 99 { driver.verify() }
    }
    for subscription in driver.labels.keys.sorted() { _ = driver.harness.withdraw(subscription) }
    #expect(driver.harness.feed.store.count == 0 && driver.harness.feed.sets.inUse == 0)
    #expect(driver.harness.feed.owners.inUse == 0 && driver.harness.feed.interests.numbers.isEmpty)
    #expect(driver.harness.feed.interests.late.isEmpty && driver.harness.feed.interests.retired.isEmpty)
  }
}
