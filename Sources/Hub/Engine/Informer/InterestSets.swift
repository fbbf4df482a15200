/// Interned sets of small numbers: the many objects that match the same interests share one. 0 is the empty set.
struct InterestSets: Sendable {
  private var members: [[UInt32]] = [[]]
  private var uses: [UInt32] = [0]
  private var numbers: [[UInt32]: UInt32] = [:]
  private var free: [UInt32] = []

  /// Sets that are referred to, the empty one apart.
  var inUse: Int { numbers.count }

  /// The members of a set, in ascending order.
  subscript(number: UInt32) -> [UInt32] { members[Int(number)] }

  /// The number of the set with these members (ascending, without doubles), with one use more.
  mutating func retain(_ sorted: [UInt32]) -> UInt32 {
    if sorted.isEmpty { return 0 }
    if let number = numbers[sorted] {
      uses[Int(number)] += 1
      return number
    }
    let number: UInt32
    if let reused = free.popLast() {
      number = reused
      members[Int(number)] = sorted
      uses[Int(number)] = 1
    } else {
      number = UInt32(members.count)
      members.append(sorted)
      uses.append(1)
    }
    numbers[sorted] = number
    return number
  }

  /// One use less; without uses the number is free.
  mutating func release(_ number: UInt32) {
    guard number != 0 else { return }
    uses[Int(number)] -= 1
    guard uses[Int(number)] == 0 else { return }
    numbers[members[Int(number)]] = nil
    members[Int(number)] = []
    free.append(number)
  }

  /// Whether any set in use has this member.
  func anyContains(_ member: UInt32) -> Bool {
    members.indices.contains { uses[$0] > 0 && members[$0].contains(member) }
  }
}
