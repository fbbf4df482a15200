/// A controlling owner as an object's `ownerReferences` name it.
struct OwnerReference: Hashable, Sendable {
  var apiVersion: String
  var kind: String
  var name: String
  var uid: String
}

/// Numbers for the owners that records refer to, so that the many children of one owner share its names. 0 is none.
struct OwnerTable: Sendable {
  private var owners: [OwnerReference?] = [nil]
  private var uses: [UInt32] = [0]
  private var numbers: [OwnerReference: UInt32] = [:]
  private var free: [UInt32] = []

  /// Owners that are referred to.
  var inUse: Int { numbers.count }

  subscript(number: UInt32) -> OwnerReference? { owners[Int(number)] }

  /// The number of an owner, with one use more.
  mutating func retain(_ owner: OwnerReference) -> UInt32 {
    if let number = numbers[owner] {
      uses[Int(number)] += 1
      return number
    }
    let number: UInt32
    if let reused = free.popLast() {
      number = reused
      owners[Int(number)] = owner
      uses[Int(number)] = 1
    } else {
      number = UInt32(owners.count)
      owners.append(owner)
      uses.append(1)
    }
    numbers[owner] = number
    return number
  }

  /// One use less; without uses the number is free.
  mutating func release(_ number: UInt32) {
    guard number != 0 else { return }
    uses[Int(number)] -= 1
    guard uses[Int(number)] == 0, let owner = owners[Int(number)] else { return }
    numbers[owner] = nil
    owners[Int(number)] = nil
    free.append(number)
  }
}
