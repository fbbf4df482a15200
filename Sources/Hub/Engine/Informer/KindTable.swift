import Kubernetes

/// Numbers for groups and kinds: part of every key. They are few and never forgotten.
struct KindTable: Sendable {
  private var kinds: [GroupKind] = []
  private var numbers: [GroupKind: UInt32] = [:]

  var count: Int { kinds.count }

  subscript(number: UInt32) -> GroupKind { kinds[Int(number)] }

  mutating func number(_ kind: GroupKind) -> UInt32 {
    if let number = numbers[kind] { return number }
    let number = UInt32(kinds.count)
    kinds.append(kind)
    numbers[kind] = number
    return number
  }
}

/// The machine that follows one feed, its catch-up list, and which requests are theirs.
struct FeedReflector: Sendable {
  var machine: Reflector
  var catchUp = CatchUpList()
  /// A complete list is under way, also while it waits between two pages: it judges what a catch-up list would.
  var isListing = false
  /// The reflector's own request numbers and what they are for the shell.
  var requests: [UInt32: RequestID] = [:]
}
