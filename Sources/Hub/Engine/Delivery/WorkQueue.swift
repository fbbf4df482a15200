/// The work queue of one subscription: each key waits once, is under way once, and is dirty while it is
/// (client-go's util/workqueue, with deletes and incarnations: SEMANTICS 14 to 18).
///
/// Conservation (SEMANTICS 26): `added == settled + superseded + forgotten + count` at any time.
struct WorkQueue: Sendable {
  /// What became of a change.
  enum Outcome: Sendable, Equatable {
    case added
    case merged
    /// The key vanished: nothing of it had ever been told.
    case superseded
    /// There was nothing to tell.
    case ignored
  }

  private var items: [WorkItem?] = []
  private var free: [UInt32] = []
  private var slots: [ObjectKey: UInt32] = [:]
  private var lines = DispatchLines()
  private var ticket: UInt64 = 0

  /// A slot and the ticket that makes it certain.
  struct Place: Hashable, Sendable {
    var slot: UInt32
    var ticket: UInt64
  }

  /// Keys by where they are.
  private(set) var waiting = 0
  private(set) var inFlight = 0
  private(set) var reading = 0
  private(set) var backingOff = 0
  private(set) var parked = 0
  /// Bytes of the bodies held.
  private(set) var bodyBytes = 0
  /// Keys that became dirty, and how they ended.
  private(set) var added = 0
  private(set) var settled = 0
  private(set) var superseded = 0
  private(set) var forgotten = 0

  /// Keys that wait, are under way, back off or are parked.
  var count: Int { slots.count }

  subscript(slot: UInt32) -> WorkItem? { items[Int(slot)] }

  /// The item of this place, if it still is that one.
  func item(at place: Place) -> WorkItem? {
    guard Int(place.slot) < items.count, let item = items[Int(place.slot)], item.ticket == place.ticket else {
      return nil
    }
    return item
  }

  /// When the oldest key became dirty, monotonic. Walks all keys: for the admin page only.
  var oldest: UInt64? { items.lazy.compactMap { $0?.stamp.since }.min() }

  // MARK: Changes

  mutating func enqueue(_ change: KeyChange, at now: EngineTime) -> Outcome {
    guard let slot = slots[change.key] else { return add(change, at: now) }
    guard var item = items[Int(slot)] else { return .ignored }
    bodyBytes -= item.heldBytes
    let isWanted = item.merge(change)
    guard isWanted else {
      bodyBytes += item.heldBytes
      items[Int(slot)] = item
      return .ignored
    }
    if item.parts.isEmpty, item.sent.isEmpty {
      items[Int(slot)] = item
      bodyBytes += item.heldBytes
      remove(slot)
      superseded += 1
      return .superseded
    }
    item.restamp(change, at: now)
    bodyBytes += item.heldBytes
    items[Int(slot)] = item
    promote(slot)
    return .merged
  }

  private mutating func add(_ change: KeyChange, at now: EngineTime) -> Outcome {
    ticket += 1
    let stamp = WorkItem.Stamp(cause: change.cause, token: change.token, seen: now.wall, since: now.monotonic)
    var item = WorkItem(
      key: change.key, ticket: ticket, place: change.cause.isStale ? .stale : .fresh, stamp: stamp)
    guard item.merge(change), !item.parts.isEmpty else { return .ignored }
    let slot: UInt32
    if let reused = free.popLast() {
      slot = reused
    } else {
      slot = UInt32(items.count)
      items.append(nil)
    }
    bodyBytes += item.heldBytes
    items[Int(slot)] = item
    slots[change.key] = slot
    added += 1
    waiting += 1
    line(up: slot)
    return .added
  }

  /// A fresh change lets a parked key, and one that waits with stale work, go with the fresh ones.
  private mutating func promote(_ slot: UInt32) {
    guard let item = items[Int(slot)] else { return }
    switch item.place {
    case .parked: move(slot, to: item.stamp.cause.isStale ? .stale : .fresh)
    case .stale where !item.stamp.cause.isStale: move(slot, to: .fresh)
    case .stale, .fresh, .backoff, .flight, .reading: break
    }
  }

  // MARK: Dispatch

  /// Takes the key whose turn it is: fresh before stale, but one in ten from the stale ones. The caller moves it on.
  mutating func takeNext() -> UInt32? {
    let items = items
    return lines.next { place, line in Self.waits(place, in: line, items) }?.slot
  }

  /// The key is sent: these parts, of this incarnation if it lives.
  mutating func sent(_ slot: UInt32, as delivery: DeliveryID, parts: KeyParts, incarnation: UInt128?) {
    update(slot) { item in
      item.sent = parts
      item.dirty = []
      item.hasLeftInFlight = false
      item.attempts += 1
      if let incarnation { item.attempted = incarnation }
    }
    move(slot, to: .flight(delivery))
  }

  /// The key's body is being read; `attach`, `readAgain`, `dropLive` or `retry` follows.
  mutating func read(_ slot: UInt32) {
    update(slot) { item in
      item.body = nil
      item.isReadOutdated = false
    }
    move(slot, to: .reading)
  }

  /// The body that was read, unless a change brought one meanwhile. The key is next: were it to line up again, the
  /// bodies of all keys would be read before the first is sent.
  mutating func attach(_ body: HeldBody, to slot: UInt32) {
    update(slot) { item in
      if item.body == nil, !item.parts.isDisjoint(with: [.live, .child]) { item.body = body }
    }
    move(slot, to: .fresh, isNext: true)
  }

  /// What was read is older than what the watch has told since: again at its turn.
  mutating func readAgain(_ slot: UInt32) { move(slot, to: .fresh) }

  /// A key that was taken and cannot go on now stays the next of its line.
  mutating func putBack(_ slot: UInt32) {
    guard let place = items[Int(slot)]?.place else { return }
    move(slot, to: place, isNext: true)
  }

  /// Forgets all waiting bodies, for a subscription that no longer wants any.
  mutating func dropAllBodies() { for slot in slots.values { update(slot) { $0.body = nil } } }

  /// The object is no longer there to be told of (the watch will say more): the key goes on without it.
  mutating func dropLive(_ slot: UInt32) {
    update(slot) { item in
      item.parts.remove(.live)
      item.body = nil
    }
    if items[Int(slot)]?.parts.isEmpty ?? true {
      remove(slot)
      superseded += 1
    } else {
      move(slot, to: .fresh)
    }
  }

  // MARK: Answers

  /// The sink said yes. What changed since stays to be told. Returns the parts that were told.
  mutating func acknowledge(_ slot: UInt32) -> KeyParts {
    var told: KeyParts = []
    update(slot) { item in
      told = item.sent
      let done = item.sent.subtracting(item.dirty)
      item.parts.subtract(done)
      if done.contains(.delete) { item.delete = nil }
      if done.contains(.child) { item.child = nil }
      if item.sent.contains(.delete) || item.sent.contains(.live) { item.attempted = nil }
      if !item.parts.contains(.live) { item.body = nil }
      item.finishFlight(isAcknowledged: true)
      item.attempts = 0
      item.failures = 0
    }
    guard let item = items[Int(slot)] else { return told }
    if item.parts.isEmpty {
      remove(slot)
      settled += 1
    } else {
      move(slot, to: item.stamp.cause.isStale ? .stale : .fresh)
    }
    return told
  }

  /// It failed: again at `due`. Everything that was sent is still to be told, and what changed since replaces it.
  mutating func retry(_ slot: UInt32, at due: UInt64) -> Place? {
    failed(slot)
    guard let item = items[Int(slot)] else { return nil }
    if settleIfNothingLeft(slot) { return nil }
    move(slot, to: .backoff(due))
    return Place(slot: slot, ticket: item.ticket)
  }

  /// It was rejected, or its retries are exhausted: kept until the next change, resync or edit. True if it is parked,
  /// false if a change during the flight sends it again at once.
  mutating func park(_ slot: UInt32) -> Bool {
    let changed = items[Int(slot)].map { !$0.dirty.isEmpty } ?? false
    failed(slot)
    if settleIfNothingLeft(slot) { return false }
    move(slot, to: changed ? .fresh : .parked)
    return !changed
  }

  private mutating func failed(_ slot: UInt32) {
    update(slot) { item in
      if !item.dirty.isEmpty { item.attempts = 0 }
      item.finishFlight(isAcknowledged: false)
      item.failures += 1
    }
  }

  /// A delete that is not told (a gate) may have emptied the key during its flight.
  private mutating func settleIfNothingLeft(_ slot: UInt32) -> Bool {
    guard items[Int(slot)]?.parts.isEmpty ?? true else { return false }
    remove(slot)
    superseded += 1
    return true
  }

  /// A backoff is over, if it still is that one.
  mutating func wake(_ place: Place, at now: UInt64) {
    guard let item = item(at: place), case .backoff(let due) = item.place, due <= now else { return }
    move(place.slot, to: item.stamp.cause.isStale ? .stale : .fresh)
  }

  /// All parked keys go again, with all their retries: the subscription was edited.
  mutating func unparkAll() {
    for slot in occupied {
      guard let item = items[Int(slot)], item.place == .parked else { continue }
      update(slot) { $0.attempts = 0 }
      move(slot, to: item.stamp.cause.isStale ? .stale : .fresh)
    }
  }

  /// Forgets a key: its subscription no longer wants it.
  mutating func forget(_ slot: UInt32) {
    guard items[Int(slot)] != nil else { return }
    remove(slot)
    forgotten += 1
  }

  /// The slots of all keys, in ascending order.
  var occupied: [UInt32] { items.indices.compactMap { items[$0] == nil ? nil : UInt32($0) } }

  // MARK: Places

  private mutating func update(_ slot: UInt32, _ change: (inout WorkItem) -> Void) {
    guard var item = items[Int(slot)] else { return }
    bodyBytes -= item.heldBytes
    change(&item)
    bodyBytes += item.heldBytes
    items[Int(slot)] = item
  }

  private mutating func move(_ slot: UInt32, to place: WorkItem.Place, isNext: Bool = false) {
    guard let old = items[Int(slot)]?.place else { return }
    count(old, -1)
    count(place, 1)
    items[Int(slot)]?.place = place
    if place == .fresh || place == .stale { line(up: slot, isNext: isNext) }
  }

  private mutating func line(up slot: UInt32, isNext: Bool = false) {
    guard let item = items[Int(slot)] else { return }
    let place = Place(slot: slot, ticket: item.ticket)
    let line: DispatchLines.Line = item.place == .stale ? .stale : .fresh
    if isNext { lines.prepend(place, to: line) } else { lines.append(place, to: line) }
    guard lines.count > 2 * slots.count + 64 else { return }
    let items = items
    lines.sweep { place, line in Self.waits(place, in: line, items) }
  }

  private static func waits(_ place: Place, in line: DispatchLines.Line, _ items: [WorkItem?]) -> Bool {
    guard Int(place.slot) < items.count, let item = items[Int(place.slot)], item.ticket == place.ticket else {
      return false
    }
    return item.place == (line == .fresh ? .fresh : .stale)
  }

  private mutating func remove(_ slot: UInt32) {
    guard let item = items[Int(slot)] else { return }
    count(item.place, -1)
    bodyBytes -= item.heldBytes
    slots[item.key] = nil
    items[Int(slot)] = nil
    free.append(slot)
  }

  private mutating func count(_ place: WorkItem.Place, _ change: Int) {
    switch place {
    case .fresh, .stale: waiting += change
    case .backoff: backingOff += change
    case .flight: inFlight += change
    case .reading: reading += change
    case .parked: parked += change
    }
  }
}
