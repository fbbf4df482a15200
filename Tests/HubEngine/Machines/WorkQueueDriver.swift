import Testing

@testable import HubEngine

/// Drives a work queue at random, as the engine does, beside a plain model of what was changed, sent and answered: objects
/// come and go under the queue, and a sink takes, fails or refuses what it is sent.
struct WorkQueueDriver {
  /// What the model knows of one key.
  struct Object {
    /// The incarnation that lives and matches, and its version.
    var uid: UInt128?
    var version = 0
    /// The present incarnation was told successfully.
    var isAcknowledged = false
    /// The children's latest change; 0 is none.
    var childVersion = 0
    /// The strongest cause of what is not told yet, by part.
    var untold: [KeyParts.RawValue: Cause] = [:]
    var flight: Flight?
    /// What the sink was sent, attempt by attempt.
    var told: [Telling] = []
    /// It changed since it was last sent.
    var isChanged = true
  }

  struct Flight {
    var telling: Telling
    var place: WorkQueue.Place
    var causes: [KeyParts.RawValue: Cause]
    var hasLeft = false
    /// What changed since it was sent.
    var changed: KeyParts = []
  }

  struct Telling {
    var parts: KeyParts
    /// Of the object that lives, or of the one that is gone.
    var uid: UInt128?
    var version = 0
    var childVersion = 0
    var isAcknowledged = false
  }

  var queue = WorkQueue()
  var objects: [String: Object] = [:]
  private(set) var random: SeededRandom
  private(set) var now = EngineTime(monotonic: 1, wall: 1)
  private var uids: UInt128 = 0
  private var deliveries: UInt64 = 0
  private var backoffs: [(due: UInt64, place: WorkQueue.Place)] = []
  private var reads: [(key: String, place: WorkQueue.Place)] = []
  private let keys: Int

  init(seed: UInt64, keys: Int) {
    random = SeededRandom(seed: seed)
    self.keys = keys
  }

  private static let parts: [KeyParts] = [.live, .child, .delete]

  private mutating func draw(_ count: Int) -> Int { Int(random.number(from: 0, through: UInt64(count - 1))) }

  private mutating func change(_ key: String, _ what: KeyChange.What, _ part: KeyParts, _ cause: Cause) {
    let before = (queue.added, queue.superseded)
    let outcome = queue.enqueue(
      KeyChange(key: ObjectKey(kind: 0, namespace: "a", name: key), what: what, cause: cause), at: now)
    #expect((outcome == .added) == (queue.added == before.0 + 1))
    #expect((outcome == .superseded) == (queue.superseded == before.1 + 1))
    noteChange(key, part, outcome)
    owe(key, part.rawValue, cause)
  }

  private mutating func noteChange(_ key: String, _ part: KeyParts, _ outcome: WorkQueue.Outcome) {
    guard let flight = objects[key]?.flight else {
      if outcome != .ignored { objects[key]?.isChanged = true }
      return
    }
    if part != .delete {
      objects[key]?.flight?.changed.insert(part)
    } else if flight.telling.parts.contains(.live) {
      objects[key]?.flight?.changed.insert([.live, .delete])
    } else {
      // What came and went during the flight is no change.
      objects[key]?.flight?.changed.remove(.live)
      let isDeleteNew = queue.item(at: flight.place)?.dirty.contains(.delete) ?? false
      if isDeleteNew { objects[key]?.flight?.changed.insert(.delete) }
    }
  }

  private mutating func owe(_ key: String, _ part: KeyParts.RawValue, _ cause: Cause) {
    let owed = objects[key]?.untold[part] ?? cause
    objects[key]?.untold[part] = max(cause, owed)
  }

  // MARK: Steps

  mutating func step() {
    now.monotonic += random.number(from: 0, through: 3)
    let key = "object-\(draw(keys))"
    if objects[key] == nil { objects[key] = Object() }
    switch draw(100) {
    case 0..<25: live(key)
    case 25..<35: end(key)
    case 35..<42: child(key)
    case 42..<68: dispatch()
    case 68..<90: answer(anyFlight(), draw(10))
    case 90..<95: finishRead()
    case 95..<98: wake()
    case 98: queue.unparkAll()
    default: queue.dropAllBodies()
    }
  }

  private mutating func live(_ key: String) {
    let causes: [Cause] = [.change, .change, .requeue, .initial, .resync]
    if objects[key]?.uid == nil {
      uids += 1
      objects[key]?.uid = uids
      objects[key]?.isAcknowledged = false
    }
    objects[key]?.version += 1
    let bytes = [UInt8](repeating: 0, count: draw(200))
    let body = HeldBody(bytes: bytes, version: UInt128(objects[key]?.version ?? 0), isComparable: true)
    change(key, .live(body: draw(2) == 0 ? body : nil), .live, causes[draw(causes.count)])
  }

  private mutating func end(_ key: String) {
    guard let object = objects[key], let uid = object.uid else { return }
    objects[key]?.uid = nil
    objects[key]?.untold[KeyParts.live.rawValue] = nil
    objects[key]?.flight?.hasLeft = true
    let body = draw(2) == 0 ? [UInt8](repeating: 0, count: draw(200)) : nil
    let gone = PendingDelete(incarnation: Self.incarnation(uid), reason: .deleted, body: body)
    change(key, .gone(gone, wasAcknowledged: object.isAcknowledged, isTold: true), .delete, .change)
    // An incarnation that was never attempted is not told of: then this asks for nothing.
    objects[key]?.untold[KeyParts.delete.rawValue] = nil
  }

  private mutating func child(_ key: String) {
    objects[key]?.childVersion += 1
    let owner = OwnerReference(apiVersion: "v1", kind: "Foo", name: key, uid: "u")
    let version = String(objects[key]?.childVersion ?? 0)
    let what = KeyChange.What.child(
      ChildChange(owner: owner, childKind: "Deployment", childUID: 1, childVersion: version))
    change(key, what, .child, draw(4) == 0 ? .initial : .change)
  }

  private static func incarnation(_ uid: UInt128) -> Incarnation {
    Incarnation(uid: uid, uidText: "", version: "1", isComparable: true, epoch: 0)
  }

  /// What `HubEngine.dispatch` does with the key whose turn it is.
  private mutating func dispatch() {
    guard let slot = queue.takeNext() else {
      #expect(queue.waiting == 0)
      return
    }
    guard let item = queue[slot], let object = objects[item.key.name] else {
      Issue.record("an empty slot was taken")
      return
    }
    let place = WorkQueue.Place(slot: slot, ticket: item.ticket)
    if item.parts.contains(.live), !item.parts.contains(.delete), item.body == nil, draw(2) == 0 {
      queue.read(slot)
      reads.append((item.key.name, place))
      return
    }
    if draw(20) == 0 { return queue.putBack(slot) }
    var telling = Telling(parts: item.parts)
    if item.parts.contains(.delete) {
      telling.parts = item.parts.contains(.live) ? .delete : item.parts.intersection([.delete, .child])
      telling.uid = item.delete?.incarnation.uid
    } else if item.parts.contains(.live) {
      telling.uid = object.uid
      telling.version = object.version
    }
    if telling.parts.contains(.child) { telling.childVersion = object.childVersion }
    send(telling, item, place, object)
  }

  private mutating func send(
    _ telling: Telling, _ item: WorkItem, _ place: WorkQueue.Place, _ object: Object
  ) {
    let key = item.key.name
    #expect(object.flight == nil, "two deliveries of \(key) at once")
    #expect(!telling.parts.isEmpty && telling.parts.isSubset(of: item.parts))
    for part in Self.parts where item.parts.contains(part) {
      if let cause = object.untold[part.rawValue] {
        #expect(item.stamp.cause >= cause, "\(key): a change counts as \(item.stamp.cause)")
      }
    }
    if object.isChanged { #expect(item.attempts == 0, "\(key): a newer change begins the attempts again") }
    if telling.parts == .delete || !telling.parts.contains(.live) && item.parts.contains(.delete) {
      let last = object.told.last { $0.parts.contains(.live) }
      #expect(last?.uid == telling.uid, "\(key): a delete of what was never attempted")
    }
    if item.parts.contains(.live) { #expect(object.uid != nil, "\(key): told of an object that is gone") }
    deliveries += 1
    queue.sent(
      place.slot, as: DeliveryID(rawValue: deliveries), parts: telling.parts,
      incarnation: telling.parts.contains(.live) ? telling.uid : nil)
    var causes: [KeyParts.RawValue: Cause] = [:]
    for part in Self.parts where telling.parts.contains(part) {
      causes[part.rawValue] = objects[key]?.untold.removeValue(forKey: part.rawValue)
    }
    objects[key]?.isChanged = false
    objects[key]?.told.append(telling)
    objects[key]?.flight = Flight(telling: telling, place: place, causes: causes)
  }

  private mutating func anyFlight() -> String? {
    let flying = objects.keys.filter { objects[$0]?.flight != nil }.sorted()
    return flying.isEmpty ? nil : flying[draw(flying.count)]
  }

  /// The sink says yes (below 6), fails (below 9) or refuses.
  private mutating func answer(_ key: String?, _ kind: Int) {
    guard let key, let flight = objects[key]?.flight else { return }
    objects[key]?.flight = nil
    objects[key]?.isChanged = !flight.changed.isEmpty
    #expect(queue.item(at: flight.place).map { if case .flight = $0.place { true } else { false } } ?? false)
    switch kind {
    case 0..<6:
      #expect(queue.acknowledge(flight.place.slot) == flight.telling.parts)
      let last = (objects[key]?.told.count ?? 0) - 1
      objects[key]?.told[last].isAcknowledged = true
      if flight.telling.parts.contains(.live), !flight.hasLeft, objects[key]?.uid == flight.telling.uid {
        objects[key]?.isAcknowledged = true
      }
    case 6..<9:
      restore(flight, key)
      let due = now.monotonic + random.number(from: 0, through: 20)
      if let place = queue.retry(flight.place.slot, at: due) { backoffs.append((due, place)) }
    default:
      restore(flight, key)
      let isParked = queue.park(flight.place.slot)
      #expect(isParked == (queue.item(at: flight.place)?.place == .parked))
      let isThere = queue.item(at: flight.place) != nil
      if isThere { #expect(isParked == !(objects[key]?.isChanged ?? true)) }
    }
  }

  /// What failed is still to be told, unless it left.
  private mutating func restore(_ flight: Flight, _ key: String) {
    for (part, cause) in flight.causes where !(part == KeyParts.live.rawValue && objects[key]?.uid == nil) {
      owe(key, part, cause)
    }
  }

  private mutating func finishRead() {
    guard !reads.isEmpty else { return }
    let read = reads.remove(at: draw(reads.count))
    guard let item = queue.item(at: read.place), item.place == .reading else { return }
    switch draw(3) {
    case 0:
      let bytes = [UInt8](repeating: 0, count: draw(100))
      queue.attach(HeldBody(bytes: bytes, version: 0, isComparable: true), to: read.place.slot)
      #expect(queue.item(at: read.place)?.body != nil || !item.parts.contains(.live))
    case 1: queue.readAgain(read.place.slot)
    default:
      if let place = queue.retry(read.place.slot, at: now.monotonic + 5) {
        backoffs.append((now.monotonic + 5, place))
      }
    }
  }

  private mutating func wake() {
    let due = backoffs.filter { $0.due <= now.monotonic }
    backoffs.removeAll { $0.due <= now.monotonic }
    for (_, place) in due { queue.wake(place, at: now.monotonic) }
  }

  // MARK: The end

  /// No more changes, and a sink that takes everything: everything gets told.
  mutating func settle() {
    now.monotonic += 1000
    for _ in 0..<100_000 where queue.count > 0 {
      wake()
      queue.unparkAll()
      while !reads.isEmpty { finishRead() }
      dispatch()
      answer(anyFlight(), 0)
      now.monotonic += 10
    }
    #expect(queue.count == 0, "something waits for ever")
  }

  // MARK: Checks

  /// Conservation, and each count against a recount.
  func verifyCounts() {
    #expect(queue.added == queue.settled + queue.superseded + queue.forgotten + queue.count)
    var places = [Int](repeating: 0, count: 7)
    var bytes = 0
    for slot in queue.occupied {
      guard let item = queue[slot] else { continue }
      bytes += (item.body?.bytes.count ?? 0) + (item.delete?.body?.count ?? 0)
      switch item.place {
      case .fresh, .stale: places[0] += 1
      case .flight: places[1] += 1
      case .reading: places[2] += 1
      case .backoff: places[3] += 1
      case .parked: places[4] += 1
      case .letter: places[5] += 1
      case .letterFlight: places[6] += 1
      }
    }
    #expect(
      places == [
        queue.waiting, queue.inFlight, queue.reading, queue.backingOff, queue.parked, queue.lettersWaiting,
        queue.lettersInFlight,
      ])
    #expect(places.reduce(0, +) == queue.count)
    #expect(queue.bodyBytes == bytes)
    #expect(queue.inFlight == objects.values.count { $0.flight != nil })
  }

  /// Promise 1: what lives was told as it is now, what was ever told of and is gone was told as gone.
  func verifyTold() {
    for (key, object) in objects {
      let last = object.told.last
      if let uid = object.uid {
        let live = object.told.last { $0.parts.contains(.live) }
        #expect(live?.isAcknowledged == true && live?.uid == uid, "\(key) lives and was not told")
        #expect(live?.version == object.version, "\(key): the latest change was not told")
      } else if let live = object.told.last(where: { $0.parts.contains(.live) }) {
        let gone = object.told.last { $0.parts.contains(.delete) }
        #expect(gone?.isAcknowledged == true && gone?.uid == live.uid, "\(key) is gone and was not told")
      }
      if object.childVersion > 0 {
        let told = object.told.contains { $0.childVersion == object.childVersion && $0.isAcknowledged }
        #expect(told, "\(key): a child's change was not told")
      }
      #expect(last?.isAcknowledged ?? true)
    }
  }
}
