/// One attempt under way.
struct Delivery: Sendable {
  var slot: UInt32
  var serial: UInt64
  var place: WorkQueue.Place
  var operation: HubEvent.Operation
  var role: SinkRole
  /// The machine of the sink, and its era when this was sent.
  var sink: SinkTable.Reference
  var era: UInt32
  /// The incarnation that counts as told when the sink says yes: where its record is, and its uid.
  var acknowledges: Acknowledgement?
  var sentAt: UInt64
  /// When the shell should long have answered.
  var overdueAt: UInt64

  struct Acknowledgement: Sendable {
    var feed: Int
    var member: UInt32
    var namespace: UInt32
    var name: String
    var uid: UInt128
  }
}

/// The attempts under way.
struct DeliveryTable: Sendable {
  /// How much later than the time-out the engine gives an attempt up by itself.
  static let grace = Duration64.seconds(5)

  private var entries: [DeliveryID: Delivery] = [:]
  private var last: UInt64 = 0
  /// A sweep is set.
  var isSwept = false

  var count: Int { entries.count }

  mutating func open(_ delivery: Delivery) -> DeliveryID {
    last += 1
    let id = DeliveryID(rawValue: last)
    entries[id] = delivery
    return id
  }

  subscript(id: DeliveryID) -> Delivery? { entries[id] }

  mutating func close(_ id: DeliveryID) -> Delivery? { entries.removeValue(forKey: id) }

  func overdue(at now: UInt64) -> [DeliveryID] {
    entries.filter { $0.value.overdueAt <= now }.keys.sorted { $0.rawValue < $1.rawValue }
  }

  func ids(slot: UInt32) -> [DeliveryID] {
    entries.filter { $0.value.slot == slot }.keys.sorted { $0.rawValue < $1.rawValue }
  }
}
