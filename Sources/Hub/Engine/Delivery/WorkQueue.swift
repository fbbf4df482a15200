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

  /// An empty queue with no more slots than this keeps them.
  private static let slotsToKeep = 64

  /// How a key ends.
  enum End: Sendable { case settled, superseded, forgotten }

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

  /// Slots and keys that changed since the journal was written; nil: there is none.
  var changes: Changes?

  struct Changes: Sendable {
    /// Each once.
    var touched: [UInt32] = []
    /// Keys that the journal knows and that are gone.
    var removed: [ObjectKey] = []
  }

  /// Keys by where they are.
  private(set) var waiting = 0
  private(set) var inFlight = 0
  private(set) var reading = 0
  private(set) var backingOff = 0
  private(set) var parked = 0
  private(set) var lettersWaiting = 0
  private(set) var lettersInFlight = 0
  /// Bytes of the bodies held.
  private(set) var bodyBytes = 0
  /// Keys that became dirty, and how they ended.
  private(set) var added = 0
  private(set) var settled = 0
  private(set) var superseded = 0
  private(set) var forgotten = 0

  /// Keys that wait, are under way, back off or are parked.
  var count: Int { slots.count }

  subscript(slot: UInt32) -> WorkItem? { Int(slot) < items.count ? items[Int(slot)] : nil }

  /// The slot of a key that waits, is under way, backs off or is parked.
  func slot(of key: ObjectKey) -> UInt32? { slots[key] }

  /// The item of this place, if it still is that one.
  func item(at place: Place) -> WorkItem? {
    guard Int(place.slot) < items.count, let item = items[Int(place.slot)], item.ticket == place.ticket else {
      return nil
    }
    return item
  }

  /// Slots and places in line, those that are free or were left too: what the queue's memory goes by.
  var slotsHeld: Int { items.count }
  var placesHeld: Int { lines.count }

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
      remove(slot, as: .superseded)
      return .superseded
    }
    item.restamp(change, at: now)
    if change.cause == .resync { item.awaitsJournal = true }
    bodyBytes += item.heldBytes
    items[Int(slot)] = item
    touch(slot)
    promote(slot)
    return .merged
  }

  /// Whether a resync has anything to add: what waits, or is under way, is told anyway (SEMANTICS 32).
  func takesResync(of key: ObjectKey) -> Bool {
    guard let slot = slots[key], let item = items[Int(slot)] else { return true }
    return item.place == .parked
  }

  private mutating func add(_ change: KeyChange, at now: EngineTime) -> Outcome {
    ticket += 1
    let stamp = WorkItem.Stamp(cause: change.cause, token: change.token, seen: now.wall, since: now.monotonic)
    var item = WorkItem(
      key: change.key, ticket: ticket, place: change.cause.isStale ? .stale : .fresh, stamp: stamp)
    guard item.merge(change), !item.parts.isEmpty else { return .ignored }
    item.awaitsJournal = change.cause == .resync
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
    touch(slot)
    line(up: slot)
    return .added
  }

  /// A fresh change lets a parked key, and one that waits with stale work, go with the fresh ones.
  private mutating func promote(_ slot: UInt32) {
    guard let item = self[slot] else { return }
    // What failed is news no more.
    if item.letter != nil, !item.isUnderWay { items[Int(slot)]?.letter = nil }
    switch item.place {
    case .parked, .letter: letGo(slot)
    case .stale where !item.stamp.cause.isStale: move(slot, to: .fresh)
    case .stale, .fresh, .backoff, .flight, .reading, .letterFlight: break
    }
  }

  // MARK: Dispatch

  /// Takes the key whose turn it is: fresh before stale, but one in ten from the stale ones. The caller moves it on.
  mutating func takeNext() -> UInt32? {
    let items = items
    return lines.next { place, line in Self.waits(place, in: line, items) }?.slot
  }

  /// Takes the key whose dead letter is the next. The caller moves it on.
  mutating func takeNextLetter() -> UInt32? {
    let items = items
    return lines.nextLetter { place, line in Self.waits(place, in: line, items) }?.slot
  }

  /// The key is sent: these parts, of this incarnation if it lives.
  mutating func sent(_ slot: UInt32, as delivery: DeliveryID, parts: KeyParts, incarnation: UInt128?) {
    update(slot) { item in
      item.sent = parts
      item.dirty = []
      item.behind = item.parts.subtracting(parts)
      item.hasLeftInFlight = false
      item.awaitsJournal = false
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
    letGo(slot, isNext: true)
  }

  /// What was read is older than what the watch has told since: again at its turn.
  mutating func readAgain(_ slot: UInt32) { letGo(slot) }

  /// A key that was taken and cannot go on now stays the next of its line.
  mutating func putBack(_ slot: UInt32) {
    guard let place = self[slot]?.place else { return }
    move(slot, to: place, isNext: true)
  }

  /// Forgets all waiting bodies, for a subscription that no longer wants any.
  mutating func dropAllBodies() { for slot in occupied { update(slot) { $0.body = nil } } }

  /// The object is no longer there to be told of (the watch will say more): the key goes on without it.
  mutating func dropLive(_ slot: UInt32) {
    update(slot) { item in
      item.parts.remove(.live)
      item.body = nil
    }
    if self[slot]?.parts.isEmpty ?? true {
      remove(slot, as: .superseded)
    } else {
      letGo(slot)
    }
  }

  /// Forgets a key: its subscription no longer wants it.
  mutating func forget(_ slot: UInt32) {
    guard self[slot] != nil else { return }
    remove(slot, as: .forgotten)
  }

  /// The slots of all keys, in ascending order.
  var occupied: [UInt32] { items.indices.compactMap { items[$0] == nil ? nil : UInt32($0) } }

  // MARK: Places

  mutating func update(_ slot: UInt32, _ change: (inout WorkItem) -> Void) {
    guard Int(slot) < items.count else { return }
    // In place: a copy and its way back would cost more than most changes.
    bodyBytes += items[Int(slot)]?.changeHeldBytes(by: change) ?? 0
    touch(slot)
  }

  /// The journal knows of it what there is to know.
  mutating func noteJournaled(_ slot: UInt32, _ isKept: Bool) {
    items[Int(slot)]?.isJournaled = isKept
    items[Int(slot)]?.isTouched = false
  }

  /// The keys that a journal kept, as of now, in the order of their slots. Only for an empty queue.
  mutating func restore(_ kept: [WorkItem], at now: EngineTime) {
    for item in kept {
      ticket += 1
      var restored = WorkItem(key: item.key, ticket: ticket, place: item.place, stamp: item.stamp)
      restored.stamp.since = now.monotonic
      restored.parts = item.parts
      restored.delete = item.delete
      restored.child = item.child
      restored.attempted = item.attempted
      restored.attempts = item.attempts
      restored.failures = item.failures
      restored.isJournaled = true
      let slot = UInt32(items.count)
      items.append(restored)
      slots[item.key] = slot
      added += 1
      count(item.place, 1)
      if item.place != .parked { line(up: slot) }
    }
  }

  /// It is to be journaled anew.
  private mutating func touch(_ slot: UInt32) {
    guard changes != nil, items[Int(slot)]?.isTouched == false else { return }
    items[Int(slot)]?.isTouched = true
    changes?.touched.append(slot)
  }

  /// The key may go when its turn comes: in the line that its cause gives it.
  mutating func letGo(_ slot: UInt32, isNext: Bool = false) {
    guard let item = self[slot] else { return }
    let own: WorkItem.Place = isNext || !item.stamp.cause.isStale ? .fresh : .stale
    move(slot, to: item.letter != nil ? .letter : own, isNext: isNext)
  }

  mutating func move(_ slot: UInt32, to place: WorkItem.Place, isNext: Bool = false) {
    guard let old = self[slot]?.place else { return }
    count(old, -1)
    count(place, 1)
    items[Int(slot)]?.place = place
    if place == .fresh || place == .stale || place == .letter { line(up: slot, isNext: isNext) }
  }

  private mutating func line(up slot: UInt32, isNext: Bool = false) {
    guard let item = self[slot] else { return }
    let place = Place(slot: slot, ticket: item.ticket)
    let line: DispatchLines.Line = item.place == .stale ? .stale : item.place == .letter ? .letter : .fresh
    if isNext { lines.prepend(place, to: line) } else { lines.append(place, to: line) }
    guard lines.count > 2 * slots.count + 64 else { return }
    let items = items
    lines.sweep { place, line in Self.waits(place, in: line, items) }
  }

  private static func waits(_ place: Place, in line: DispatchLines.Line, _ items: [WorkItem?]) -> Bool {
    guard Int(place.slot) < items.count, let item = items[Int(place.slot)], item.ticket == place.ticket else {
      return false
    }
    switch line {
    case .fresh: return item.place == .fresh
    case .stale: return item.place == .stale
    case .letter: return item.place == .letter
    }
  }

  /// The key's end; each key that was added has exactly one (SEMANTICS 26).
  mutating func remove(_ slot: UInt32, as end: End) {
    guard let item = self[slot] else { return }
    count(item.place, -1)
    bodyBytes -= item.heldBytes
    slots[item.key] = nil
    items[Int(slot)] = nil
    free.append(slot)
    if item.isJournaled { changes?.removed.append(item.key) }
    switch end {
    case .settled: settled += 1
    case .superseded: superseded += 1
    case .forgotten: forgotten += 1
    }
    if slots.isEmpty, items.count > Self.slotsToKeep { giveBack() }
  }

  /// An initial list makes a queue as long as the resource is large; empty again it needs none of that. Tickets count
  /// on, so whoever still names an old place finds nothing there.
  private mutating func giveBack() {
    items = []
    free = []
    slots = [:]
    lines = DispatchLines()
  }

  private mutating func count(_ place: WorkItem.Place, _ change: Int) {
    switch place {
    case .fresh, .stale: waiting += change
    case .backoff: backingOff += change
    case .flight: inFlight += change
    case .reading: reading += change
    case .parked: parked += change
    case .letter: lettersWaiting += change
    case .letterFlight: lettersInFlight += change
    }
  }
}
