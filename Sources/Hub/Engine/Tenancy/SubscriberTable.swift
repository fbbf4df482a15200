/// The subscriptions by slot. A slot is used again after its subscription is gone; the serial tells them apart.
struct SubscriberTable: Sendable {
  private var slots: [Subscriber?] = []
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
      guard let subscriber = slots[Int(slot)] else { preconditionFailure("slot \(slot) is empty") }
      yield subscriber
    }
    _modify {
      // Moved out and back, so that its queue is changed in place and never copied.
      guard var subscriber = slots[Int(slot)].take() else { preconditionFailure("slot \(slot) is empty") }
      defer { slots[Int(slot)] = subscriber }
      yield &subscriber
    }
  }

  func slot(uid: String) -> UInt32? { byUID[uid] }

  func slot(inCluster namespace: String, _ name: String) -> UInt32? {
    byName[Name(namespace: namespace, name: name)]
  }

  func isCurrent(_ slot: UInt32, _ serial: UInt64) -> Bool {
    Int(slot) < slots.count && slots[Int(slot)]?.serial == serial
  }

  func isInUse(_ slot: UInt32) -> Bool { Int(slot) < slots.count && slots[Int(slot)] != nil }

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
    } else {
      slot = UInt32(slots.count)
      slots.append(subscriber)
    }
    byUID[uid] = slot
    if origin == .cluster { byName[Name(namespace: namespace, name: name)] = slot }
    return slot
  }

  mutating func remove(_ slot: UInt32) {
    guard let subscriber = slots[Int(slot)] else { return }
    byUID[subscriber.uid] = nil
    if subscriber.origin == .cluster {
      byName[Name(namespace: subscriber.namespace, name: subscriber.name)] = nil
    }
    slots[Int(slot)] = nil
    free.append(slot)
  }

  /// The slots in use, ascending.
  var all: [UInt32] { slots.indices.compactMap { slots[$0] == nil ? nil : UInt32($0) } }
}
