/// The subscriptions by slot. A slot is used again after its subscription is gone; the serial tells them apart.
struct SubscriberTable: Sendable {
  /// A slot that is not in use holds an empty subscriber: unlike an optional one, it is read and changed in place, and
  /// never copied. Whatever happens for every event reads here: the subscript of an array gives what is asked for, where
  /// the table's own would copy the subscriber first.
  private(set) var slots: [Subscriber] = []
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
  /// What changed since the journal was written; nil: there is none.
  private(set) var changes: Changes?

  struct Changes: Sendable {
    /// Slots that may have changed, each once.
    var modified: [UInt32] = []
    /// Slots whose subscription the journal knows and that is gone.
    var removed: [UInt32] = []
    fileprivate var isModified: [Bool] = []
  }

  var count: Int { byUID.count }

  /// The subscriber in a slot that is in use. Read by `get`, not `_read`: in a build without optimisation a coroutine copies the
  /// subscriber into a frame of its own, and callers were compiled that read the frame after it was freed.
  subscript(slot: UInt32) -> Subscriber {
    @inline(__always) get {
      precondition(uses[Int(slot)], "the slot is empty")
      return slots[Int(slot)]
    }
    _modify {
      precondition(uses[Int(slot)], "the slot is empty")
      changes?.note(slot)
      yield &slots[Int(slot)]
    }
  }

  // What is asked for every event asks for members one by one: a method of the subscriber would be called on a copy of it.

  /// Whether something may be sent for a subscription now, the hub's own bounds apart.
  func isRunnable(_ slot: UInt32) -> Bool { isRunnable(slot, .events) || isRunnable(slot, .deadLetters) }

  /// Whether something may be sent to this sink of a subscription.
  func isRunnable(_ slot: UInt32, _ role: SinkRole) -> Bool {
    let slot = Int(slot)
    guard role == .events ? slots[slot].queue.waiting > 0 : slots[slot].queue.lettersWaiting > 0,
      mayBeSent(UInt32(slot)), slots[slot].isConfirmed, !slots[slot].isStopped,
      let accepted = slots[slot].accepted, !accepted.spec.suspend
    else { return false }
    let concurrency = accepted.spec.delivery.concurrency
    switch role {
    case .events:
      guard !slots[slot].sink.isHeld, slots[slot].sink.url != nil else { return false }
      let limit = min(concurrency, slots[slot].sink.concurrencyLimit ?? .max)
      return slots[slot].queue.inFlight + slots[slot].queue.reading < limit
    case .deadLetters:
      guard !slots[slot].deadLetterSink.isHeld, slots[slot].deadLetterSink.url != nil else { return false }
      return slots[slot].queue.lettersInFlight < min(concurrency, DeadLetter.concurrency)
    }
  }

  /// Whether the rights of its service account, as far as they are known, let something be sent for a subscription.
  func mayBeSent(_ slot: UInt32) -> Bool {
    slots[Int(slot)].isAdministrators || slots[Int(slot)].rights.mayBeSent
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
    if changes != nil { slots[Int(slot)].keepJournal() }
    changes?.note(slot)
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
    slots[Int(slot)] = Self.empty
    uses[Int(slot)] = false
    free.append(slot)
    if subscriber.isJournaled { changes?.removed.append(slot) }
  }

  /// From now on changes are noted for the journal.
  mutating func noteChanges() { changes = Changes() }

  /// What changed since the last call.
  mutating func takeChanges() -> Changes {
    defer { changes?.forget() }
    return changes ?? Changes()
  }

  /// The subscriptions that a journal kept, in their slots. Only for an empty table.
  mutating func restore(_ kept: [(slot: UInt32, subscriber: Subscriber)]) {
    let end = kept.map(\.slot).max().map { Int($0) + 1 } ?? 0
    slots = [Subscriber](repeating: Self.empty, count: end)
    uses = [Bool](repeating: false, count: end)
    for (slot, subscriber) in kept {
      slots[Int(slot)] = subscriber
      uses[Int(slot)] = true
      byUID[subscriber.uid] = slot
      if subscriber.origin == .cluster {
        byName[Name(namespace: subscriber.namespace, name: subscriber.name)] = slot
      }
      serial = max(serial, subscriber.serial)
    }
    free = (0..<UInt32(end)).filter { !uses[Int($0)] }.reversed()
  }

  private static let empty = Subscriber(
    uid: "", namespace: "", name: "", origin: .cluster, serial: 0, generation: 0)

  /// The first slot in use that is not before this one.
  func firstInUse(from slot: UInt32) -> UInt32? {
    var slot = slot
    while Int(slot) < uses.count {
      if uses[Int(slot)] { return slot }
      slot += 1
    }
    return nil
  }

  /// The slots in use, ascending.
  var all: [UInt32] { uses.indices.compactMap { uses[$0] ? UInt32($0) : nil } }
}

extension SubscriberTable.Changes {
  fileprivate mutating func note(_ slot: UInt32) {
    while isModified.count <= Int(slot) { isModified.append(false) }
    guard !isModified[Int(slot)] else { return }
    isModified[Int(slot)] = true
    modified.append(slot)
  }

  fileprivate mutating func forget() {
    for slot in modified { isModified[Int(slot)] = false }
    modified.removeAll(keepingCapacity: true)
    removed.removeAll(keepingCapacity: true)
  }
}
