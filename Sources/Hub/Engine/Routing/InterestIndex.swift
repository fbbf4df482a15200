import JSONScan
import Kubernetes

/// The interests of one feed, found by namespace.
struct InterestIndex: Sendable {
  /// Also holds the numbers of members, which are no interests: nil like free ones.
  private var interests: [Interest?] = []
  private var free: [UInt32] = []
  private var everywhere: [UInt32] = []
  private var byNamespace: [UInt32: [UInt32]] = [:]
  private var bySubscription: [UInt32: [UInt32]] = [:]
  /// Interests that no complete list has been judged for, in the order in which they came.
  private(set) var late: [UInt32] = []
  /// Retired interests, in the order in which they were retired.
  private(set) var retired: [UInt32] = []
  /// Interests that are not retired.
  private(set) var count = 0

  subscript(number: UInt32) -> Interest? {
    get { Int(number) < interests.count ? interests[Int(number)] : nil }
    set { interests[Int(number)] = newValue }
  }

  /// A number for a member: it matches nothing.
  mutating func reserve() -> UInt32 {
    if let number = free.popLast() { return number }
    interests.append(nil)
    return UInt32(interests.count - 1)
  }

  mutating func add(_ interest: Interest) -> UInt32 {
    let number = reserve()
    interests[Int(number)] = interest
    bySubscription[interest.subscription, default: []].append(number)
    if !interest.isCaughtUp { late.append(number) }
    if let namespace = interest.namespace {
      byNamespace[namespace, default: []].append(number)
    } else {
      everywhere.append(number)
    }
    count += 1
    return number
  }

  /// It matches nothing any more; known objects still refer to it.
  mutating func retire(_ number: UInt32) {
    guard let interest = interests[Int(number)], !interest.isRetired else { return }
    interests[Int(number)]?.isRetired = true
    retired.append(number)
    if let namespace = interest.namespace {
      byNamespace[namespace]?.removeAll { $0 == number }
      if byNamespace[namespace]?.isEmpty ?? false { byNamespace[namespace] = nil }
    } else {
      everywhere.removeAll { $0 == number }
    }
    count -= 1
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
    free.append(number)
  }

  /// Those that a list has been judged for are late no more.
  mutating func forgetCaughtUp() { late.removeAll { interests[Int($0)]?.isCaughtUp ?? true } }

  /// The numbers of a subscription's interests, retired ones too, in the order in which they came.
  func numbers(of subscription: UInt32) -> [UInt32] { bySubscription[subscription] ?? [] }

  /// The numbers of the interests that an object matches, ascending.
  func matching(_ head: ObjectHead, in text: RawSpan, namespace: UInt32) -> [UInt32] {
    var found: [UInt32] = []
    for number in everywhere {
      if let interest = interests[Int(number)], interest.matches(head, in: text) { found.append(number) }
    }
    if let own = byNamespace[namespace] {
      for number in own {
        if let interest = interests[Int(number)], interest.matches(head, in: text) { found.append(number) }
      }
      if own.count < found.count || found.count > 1 { found.sort() }
    }
    return found
  }

  /// The numbers of all interests, retired ones too, ascending.
  var numbers: [UInt32] { interests.indices.filter { interests[$0] != nil }.map(UInt32.init) }
}
