/// A change that one feed found for one subscription. The engine turns it into a change of a key.
struct RoutedChange: Sendable {
  enum What: Sendable {
    case live(name: String, body: HeldBody?)
    case gone(name: String, PendingDelete, wasAcknowledged: Bool, isTold: Bool)
    case child(ChildChange)
    /// A gate held an event back (SEMANTICS 1).
    case gated
  }

  var subscription: UInt32
  /// The number of the object's namespace.
  var namespace: UInt32
  var what: What
  var cause: Cause
  /// What tells it from an earlier event of the same version: the edit that caused it (SEMANTICS 19).
  var token = ""
}

/// One look at an object, in a watch event or a list.
struct Sighting: Sendable {
  enum Source: Sendable {
    /// ADDED or MODIFIED on the watch.
    case watched
    /// DELETED on the watch.
    case deleted
    /// An item of a complete list.
    case listed
    /// An item of a catch-up list for late interests (SEMANTICS 13).
    case caughtUp
  }

  var source: Source
  var namespace: UInt32
  var uid: UInt128
  var version: UInt128
  var flags: ObjectRecord.Flags
  /// The texts, only where they are no numbers.
  var oddUID: String?
  var oddVersion: String?
}

/// What one subscription has to do with an object, before and after a change.
struct Stake: Sendable {
  var subscription: UInt32
  var role: Interest.Role
  var was = false
  var now = false
  /// The operations of the entries that match now, and of those that matched before.
  var operationsNow: OperationSet = []
  var operationsBefore: OperationSet = []
  /// An entry that matches now lets an Update pass.
  var tellsUpdate = false
  var member: UInt32
  var wantsBody = false
  var initial = false
  var isCaughtUp = false
  /// The tokens of the entries that match now, and of those that matched before.
  var tokenNow = ""
  var tokenBefore = ""

  private var order: UInt64 { UInt64(subscription) << 1 | UInt64(role.rawValue) }

  /// The stakes of all subscriptions that have one, by subscription, one for each role.
  ///
  /// - Parameter closed: the interests whose gate holds an Update back.
  static func between(
    before: [UInt32], now: [UInt32], closed: [UInt32] = [], _ interests: InterestIndex
  ) -> [Stake] {
    var stakes: [Stake] = []
    stakes.reserveCapacity(before.count + now.count)
    for number in now {
      guard let interest = interests[number] else { continue }
      var stake = Stake(subscription: interest.subscription, role: interest.role, member: interest.member)
      stake.now = true
      stake.operationsNow = interest.operations
      stake.tellsUpdate = interest.operations.contains(.update) && !closed.contains(number)
      stake.wantsBody = interest.wantsBody
      stake.initial = interest.initial
      stake.isCaughtUp = interest.isCaughtUp
      stake.tokenNow = interest.token
      stakes.append(stake)
    }
    for number in before {
      guard let interest = interests[number] else { continue }
      var stake = Stake(subscription: interest.subscription, role: interest.role, member: interest.member)
      stake.was = true
      stake.operationsBefore = interest.operations
      stake.tokenBefore = interest.token
      stake.wantsBody = interest.wantsBody
      stakes.append(stake)
    }
    return coalesced(stakes)
  }

  private static func coalesced(_ stakes: [Stake]) -> [Stake] {
    guard stakes.count > 1 else { return stakes }
    var result: [Stake] = []
    for stake in stakes.sorted(by: { $0.order < $1.order }) {
      if let last = result.indices.last, result[last].order == stake.order {
        result[last].join(stake)
      } else {
        result.append(stake)
      }
    }
    return result
  }

  private mutating func join(_ other: Stake) {
    was = was || other.was
    now = now || other.now
    operationsNow.formUnion(other.operationsNow)
    operationsBefore.formUnion(other.operationsBefore)
    tellsUpdate = tellsUpdate || other.tellsUpdate
    wantsBody = wantsBody || other.wantsBody
    initial = initial || other.initial
    isCaughtUp = isCaughtUp || other.isCaughtUp
    if tokenNow.isEmpty { tokenNow = other.tokenNow }
    if tokenBefore.isEmpty { tokenBefore = other.tokenBefore }
  }
}
