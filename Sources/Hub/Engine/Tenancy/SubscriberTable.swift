/// The subscriptions by slot. A slot is used again after its subscription is gone; the serial tells them apart.
struct SubscriberTable: Sendable {
  /// A slot that is not in use holds an empty subscriber: unlike an optional one, it is read and changed in place, and
  /// never copied.
  private var slots: [Subscriber] = []
  private var uses: [Bool] = []
  private var free: [UInt32] = []
  private var byUID: [String: UInt32] = [:]
  /// Those of the cluster, by namespace and name.
  private var byName: [Name: UInt32] = [:]

  private struct Name: Hashable, Sendable {
    var namespace: String
    var name: String
  }

  private var serial: UInt64 = 0

  var count: Int { byUID.count }

  /// The subscriber in a slot that is in use.
  subscript(slot: UInt32) -> Subscriber {
    _read {
      precondition(uses[Int(slot)], "the slot is empty")
      yield slots[Int(slot)]
    }
    _modify {
      precondition(uses[Int(slot)], "the slot is empty")
      yield &slots[Int(slot)]
    }
  }

  func slot(uid: String) -> UInt32? { byUID[uid] }

  func slot(inCluster namespace: String, _ name: String) -> UInt32? {
    byName[Name(namespace: namespace, name: name)]
  }

  func isCurrent(_ slot: UInt32, _ serial: UInt64) -> Bool {
    isInUse(slot) && slots[Int(slot)].serial == serial
  }

  func isInUse(_ slot: UInt32) -> Bool { Int(slot) < uses.count && uses[Int(slot)] }

  mutating func insert(
    uid: String, namespace: String, name: String, origin: Subscriber.Origin, generation: Int64
  ) -> UInt32 {
    serial += 1
    let subscriber = Subscriber(
      uid: uid, namespace: namespace, name: name, origin: origin, serial: serial, generation: generation)
    let slot: UInt32
    if let reused = free.popLast() {
      slot = reused
      slots[Int(slot)] = subscriber
      uses[Int(slot)] = true
    } else {
      slot = UInt32(slots.count)
      slots.append(subscriber)
      uses.append(true)
    }
    byUID[uid] = slot
    if origin == .cluster { byName[Name(namespace: namespace, name: name)] = slot }
    return slot
  }

  mutating func remove(_ slot: UInt32) {
    guard isInUse(slot) else { return }
    let subscriber = slots[Int(slot)]
    byUID[subscriber.uid] = nil
    if subscriber.origin == .cluster {
      byName[Name(namespace: subscriber.namespace, name: subscriber.name)] = nil
    }
    slots[Int(slot)] = Subscriber(
      uid: "", namespace: "", name: "", origin: .cluster, serial: 0, generation: 0)
    uses[Int(slot)] = false
    free.append(slot)
  }

  /// The slots in use, ascending.
  var all: [UInt32] { uses.indices.compactMap { uses[$0] ? UInt32($0) : nil } }
}
