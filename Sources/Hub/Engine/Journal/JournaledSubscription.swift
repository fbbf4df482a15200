import JSONScan

/// A subscription as the journal keeps it: who it is, its accepted form (SEMANTICS 27), where it is placed, and what waits
/// for it.
struct JournaledSubscription: Sendable {
  struct Placement: Sendable {
    var feed: Int
    var member: UInt32
  }

  var uid: String
  var namespace: String
  var name: String
  var origin: Subscriber.Origin
  var generation: Int64
  var specText: [UInt8]
  var edits: Int64
  var editToken: String
  var isStopped: Bool
  /// Its rights were denied: what was to be told is told anew when they are back.
  var isDenied = false
  var placements: [Placement]
  var items: [ObjectKey: WorkItem] = [:]
  var timers: [ObjectKey: JournaledTimer] = [:]

  init(_ reader: inout JournalEntryReader) throws(JournalEntryError) {
    uid = try reader.text()
    namespace = try reader.text()
    name = try reader.text()
    origin = try reader.flag() ? .file(try reader.text()) : .cluster
    generation = try reader.signed()
    specText = try reader.data()
    edits = try reader.signed()
    editToken = try reader.text()
    isStopped = try reader.flag()
    placements = []
    for _ in 0..<(try reader.count()) {
      placements.append(
        Placement(feed: try reader.count(), member: try reader.place(below: JournalState.maxInterests)))
    }
  }

  /// Its keys in an order that is always the same.
  var sortedItems: [WorkItem] { items.values.sorted { Self.precedes($0.key, $1.key) } }

  /// Its timers in an order that is always the same.
  var sortedTimers: [(ObjectKey, JournaledTimer)] {
    timers.sorted { Self.precedes($0.key, $1.key) }.map { ($0.key, $0.value) }
  }

  private static func precedes(_ left: ObjectKey, _ right: ObjectKey) -> Bool {
    (left.kind, left.namespace, left.name) < (right.kind, right.namespace, right.name)
  }

  /// The accepted form, read again; nil if this version of the hub would not accept it.
  var accepted: OperatorSubscription? {
    guard let spec = try? JSONValue(parsing: specText) else { return nil }
    var metadata: JSONObject = ["namespace": .string(namespace), "name": .string(name)]
    let source: SubscriptionOrigin
    switch origin {
    case .file: source = .file
    case .cluster:
      source = .cluster
      metadata["uid"] = .string(uid)
      metadata["generation"] = .number(String(generation))
    }
    let object: JSONObject = [
      "apiVersion": .string(SubscriptionParser.apiVersion), "kind": .string(SubscriptionParser.kind),
      "metadata": .object(metadata), "spec": spec,
    ]
    guard case .success(let subscription) = SubscriptionParser.parse(.object(object), origin: source) else {
      return nil
    }
    return subscription.uid == uid ? subscription : nil
  }
}

extension Subscriber {
  func write(_ slot: UInt32, to writer: inout JournalEntryWriter) {
    guard let accepted else { return }
    writer.begin(.subscription)
    writer.number(slot)
    writer.text(uid)
    writer.text(namespace)
    writer.text(name)
    switch origin {
    case .cluster: writer.flag(false)
    case .file(let file):
      writer.flag(true)
      writer.text(file)
    }
    writer.signed(accepted.generation)
    writer.data(accepted.specText)
    writer.signed(edits)
    writer.text(editToken)
    writer.flag(isStopped)
    writer.number(placements.count)
    for placement in placements {
      writer.number(placement.feed)
      writer.number(placement.member)
    }
    guard rights.isDenied else { return }
    writer.begin(.denied)
    writer.number(slot)
  }
}
