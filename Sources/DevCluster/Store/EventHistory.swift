import JSONScan

/// What happened to one object, once. A class, because its texts are made once and shared by all watchers.
final class StoreEvent {
  enum Kind { case added, modified, deleted }

  let kind: Kind
  let version: UInt64
  let key: ObjectKey
  /// The object after the event; of a deletion its last state, with the deletion's version.
  let object: JSONValue
  /// The object before the event; nil for an addition.
  let previous: JSONValue?

  private var texts: [WatchLineForm: [UInt8]] = [:]

  init(kind: Kind, version: UInt64, object: JSONValue, previous: JSONValue?) {
    self.kind = kind
    self.version = version
    self.key = object.key
    self.object = object
    self.previous = previous
  }

  /// The line of a watch stream in this form, made at most once.
  func line(_ form: WatchLineForm, make: () -> [UInt8]) -> [UInt8] {
    if let text = texts[form] { return text }
    let text = make()
    texts[form] = text
    return text
  }
}

/// The latest events of one resource. Older ones are forgotten, and who asks for them gets 410.
struct EventHistory {
  let limit: Int
  private(set) var events: [StoreEvent] = []
  /// All events after this version are here.
  private(set) var completeAfter: UInt64

  init(limit: Int, completeAfter: UInt64) {
    self.limit = max(1, limit)
    self.completeAfter = completeAfter
  }

  mutating func append(_ event: StoreEvent) {
    events.append(event)
    // Trimmed by a quarter at a time, so that the cost of moving the rest is spread.
    if events.count > limit + limit / 4 {
      let surplus = events.count - limit
      completeAfter = events[surplus - 1].version
      events.removeFirst(surplus)
    }
  }

  /// The events after a version, oldest first; nil if some of them are forgotten.
  func events(after version: UInt64) -> ArraySlice<StoreEvent>? {
    guard version >= completeAfter else { return nil }
    var low = events.startIndex
    var high = events.endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if events[middle].version <= version { low = middle + 1 } else { high = middle }
    }
    return events[low...]
  }

  /// Forgets everything up to a version.
  mutating func compact(through version: UInt64) {
    events.removeAll { $0.version <= version }
    completeAfter = max(completeAfter, version)
  }
}
