import JSONScan
import Kubernetes

/// The interests of one feed, found by namespace, and by what they demand of an object's labels or of its owner: what an
/// object costs goes by who may want it, not by how many interests there are.
struct InterestIndex: Sendable {
  /// Also holds the numbers of members, which are no interests: nil like free ones.
  private var interests: [Interest?] = []
  private var free: [UInt32] = []
  private var everywhere = InterestBucket()
  private var byNamespace: [UInt32: InterestBucket] = [:]
  private var bySubscription: [UInt32: [UInt32]] = [:]
  /// Interests that no complete list has been judged for, in the order in which they came.
  private(set) var late: [UInt32] = []
  /// Retired interests, in the order in which they were retired.
  private(set) var retired: [UInt32] = []
  /// Interests that are not retired.
  private(set) var count = 0
  /// Those among them that hold some updates back.
  private(set) var gated = 0
  /// Numbers that changed since the journal was written; nil: there is none.
  var changed: [UInt32]?

  subscript(number: UInt32) -> Interest? {
    get { Int(number) < interests.count ? interests[Int(number)] : nil }
    set {
      interests[Int(number)] = newValue
      changed?.append(number)
    }
  }

  /// A number for a member: it matches nothing.
  mutating func reserve() -> UInt32 {
    if let number = free.popLast() { return number }
    interests.append(nil)
    return UInt32(interests.count - 1)
  }

  mutating func add(_ interest: Interest) -> UInt32 {
    let number = reserve()
    place(interest, at: number)
    return number
  }

  private mutating func place(_ interest: Interest, at number: UInt32) {
    interests[Int(number)] = interest
    changed?.append(number)
    bySubscription[interest.subscription, default: []].append(number)
    if !interest.isCaughtUp { late.append(number) }
    let demand = InterestMark.demand(of: interest)
    if let namespace = interest.namespace {
      byNamespace[namespace, default: InterestBucket()].add(number, demand)
    } else {
      everywhere.add(number, demand)
    }
    count += 1
    if interest.gate != nil { gated += 1 }
  }

  /// The interests and members that a journal kept, by their numbers; all other numbers are free. Only for an empty index.
  mutating func restore(_ kept: [(number: UInt32, interest: Interest)], members: [UInt32]) {
    let end = (kept.map(\.number) + members).max().map { Int($0) + 1 } ?? 0
    interests = [Interest?](repeating: nil, count: end)
    let taken = Set(kept.map(\.number)).union(members)
    free = (0..<UInt32(end)).filter { !taken.contains($0) }
    for (number, interest) in kept {
      var present = interest
      present.isRetired = false
      place(present, at: number)
      if interest.isRetired { retire(number) }
    }
  }

  /// It matches nothing any more; known objects still refer to it.
  mutating func retire(_ number: UInt32) {
    guard let interest = interests[Int(number)], !interest.isRetired else { return }
    interests[Int(number)]?.isRetired = true
    changed?.append(number)
    retired.append(number)
    let demand = InterestMark.demand(of: interest)
    if let namespace = interest.namespace {
      byNamespace[namespace]?.remove(number, demand)
      if byNamespace[namespace]?.isEmpty ?? false { byNamespace[namespace] = nil }
    } else {
      everywhere.remove(number, demand)
    }
    count -= 1
    if interest.gate != nil { gated -= 1 }
  }

  /// Frees a number that no known object refers to.
  mutating func release(_ number: UInt32) {
    retire(number)
    if let interest = interests[Int(number)] {
      retired.removeAll { $0 == number }
      late.removeAll { $0 == number }
      bySubscription[interest.subscription]?.removeAll { $0 == number }
      if bySubscription[interest.subscription]?.isEmpty ?? false {
        bySubscription[interest.subscription] = nil
      }
    }
    interests[Int(number)] = nil
    changed?.append(number)
    free.append(number)
  }

  /// Those that a list has been judged for are late no more.
  mutating func forgetCaughtUp() { late.removeAll { interests[Int($0)]?.isCaughtUp ?? true } }

  /// The numbers of a subscription's interests, retired ones too, in the order in which they came.
  func numbers(of subscription: UInt32) -> [UInt32] { bySubscription[subscription] ?? [] }

  /// The numbers of the interests that an object matches, ascending.
  func matching(_ head: ObjectHead, in text: RawSpan, namespace: UInt32) -> [UInt32] {
    var found: [UInt32] = []
    var controller = ControllerLook.unread
    gather(everywhere, head, &controller, in: text, into: &found)
    if let own = byNamespace[namespace] { gather(own, head, &controller, in: text, into: &found) }
    if found.count > 1 { Self.sort(&found) }
    return found
  }

  private func gather(
    _ bucket: InterestBucket, _ head: ObjectHead, _ controller: inout ControllerLook, in text: RawSpan,
    into found: inout [UInt32]
  ) {
    func judge(_ numbers: [UInt32], _ controller: inout ControllerLook, _ found: inout [UInt32]) {
      for number in numbers {
        if let interest = interests[Int(number)], interest.matches(head, &controller, in: text) {
          found.append(number)
        }
      }
    }
    judge(bucket.unmarked, &controller, &found)
    if bucket.owners > 0, let reference = controller.reference(of: head, in: text) {
      judge(bucket[InterestMark.ofOwner(reference, in: text)], &controller, &found)
    }
    if bucket.names > 0, let name = head.name {
      judge(bucket[InterestMark.ofName(name, in: text)], &controller, &found)
    }
    guard bucket.labels > 0 else { return }
    head.labels?.forEachMember(in: text) { key, value in
      if let mark = InterestMark.ofLabel(key, value, in: text) { judge(bucket[mark], &controller, &found) }
    }
  }

  /// Ascending, each once: of a label that is written twice both values find, though only the last counts.
  private static func sort(_ found: inout [UInt32]) {
    found.sort()
    var kept = 1
    for index in 1..<found.count where found[index] != found[kept - 1] {
      found[kept] = found[index]
      kept += 1
    }
    found.removeSubrange(kept...)
  }

  /// Whether any interest that is not retired needs more than metadata: for the bodies that it sends, or for the values
  /// whose change counts.
  func needWholeObjects(withoutGeneration: Bool) -> Bool {
    interests.contains { interest in
      guard let interest, !interest.isRetired else { return false }
      return interest.wantsBody || interest.gate?.needsWhole(withoutGeneration: withoutGeneration) ?? false
    }
  }

  /// The numbers of all interests, retired ones too, ascending.
  var numbers: [UInt32] { interests.indices.filter { interests[$0] != nil }.map(UInt32.init) }
}

/// The interests in one namespace, or in all, by their marks.
private struct InterestBucket: Sendable {
  /// Those that any object may match.
  private(set) var unmarked: [UInt32] = []
  private var marked: [UInt64: [UInt32]] = [:]
  /// How many demand a label, how many an owner, and how many a name.
  private(set) var labels = 0
  private(set) var owners = 0
  private(set) var names = 0

  var isEmpty: Bool { unmarked.isEmpty && labels == 0 && owners == 0 && names == 0 }

  subscript(mark: UInt64) -> [UInt32] { marked[mark] ?? [] }

  mutating func add(_ number: UInt32, _ demand: InterestMark.Demand) {
    switch demand {
    case .nothing: unmarked.append(number)
    case .labels(let marks):
      labels += 1
      for mark in marks { marked[mark, default: []].append(number) }
    case .owner(let mark):
      owners += 1
      marked[mark, default: []].append(number)
    case .names(let marks):
      names += 1
      for mark in marks { marked[mark, default: []].append(number) }
    }
  }

  mutating func remove(_ number: UInt32, _ demand: InterestMark.Demand) {
    switch demand {
    case .nothing: unmarked.removeAll { $0 == number }
    case .labels(let marks):
      labels -= 1
      for mark in marks { remove(number, at: mark) }
    case .owner(let mark):
      owners -= 1
      remove(number, at: mark)
    case .names(let marks):
      names -= 1
      for mark in marks { remove(number, at: mark) }
    }
  }

  private mutating func remove(_ number: UInt32, at mark: UInt64) {
    marked[mark]?.removeAll { $0 == number }
    if marked[mark]?.isEmpty ?? false { marked[mark] = nil }
  }
}
