/// The keys of one subscription whose reconciler asked to be called again (SEMANTICS 25): one timer for each key, in
/// monotonic time.
struct RequeueTable: Sendable {
  /// The longest time that is kept; a longer one counts as this.
  static let longest = Duration64.seconds(30 * 86_400)
  /// The shortest, so that an answer of "again, at once" does not spin.
  static let shortest = Duration64.milliseconds(100)

  struct Timer: Sendable {
    /// Whose it is: the object's uid, or that of a child's owner. Another incarnation has no use for it.
    var uid: String
    /// Monotonic.
    var due: UInt64
    /// The same by the wall clock as it was when it was set: it tells the event from others (SEMANTICS 19).
    var dueWall: Int64
    /// What the owner's key is told if it is not followed for itself.
    var child: ChildChange?
    fileprivate(set) var ticket: UInt64 = 0
  }

  private struct Deadline: Sendable {
    var key: ObjectKey
    var ticket: UInt64
  }

  private var timers: [ObjectKey: Timer] = [:]
  private var deadlines = DeadlineHeap<Deadline>()
  private var ticket: UInt64 = 0
  /// For when the engine's own timer is set.
  var armed: UInt64?
  /// Keys that changed since the journal was written; nil: there is none.
  var changed: [ObjectKey]?

  var count: Int { timers.count }

  /// Places in the heap, those of replaced timers too: what the table's memory goes by.
  var deadlinesHeld: Int { deadlines.count }

  /// The earliest time at which one may be due.
  var next: UInt64? { deadlines.next }

  subscript(key: ObjectKey) -> Timer? { timers[key] }

  /// All keys, in an order that is always the same.
  var keys: [ObjectKey] {
    timers.keys.sorted { ($0.kind, $0.namespace, $0.name) < ($1.kind, $1.namespace, $1.name) }
  }

  mutating func set(_ timer: Timer, for key: ObjectKey) {
    ticket += 1
    var timer = timer
    timer.ticket = ticket
    timers[key] = timer
    changed?.append(key)
    deadlines.set(Deadline(key: key, ticket: ticket), due: timer.due)
    // Timers that were replaced stay behind in the heap until there are too many of them.
    if deadlines.count > 2 * timers.count + 64 { rebuild() }
  }

  mutating func clear(_ key: ObjectKey) {
    if timers.removeValue(forKey: key) != nil { changed?.append(key) }
  }

  /// Takes one that is due.
  mutating func popDue(at now: UInt64) -> (key: ObjectKey, timer: Timer)? {
    while let deadline = deadlines.popDue(at: now) {
      guard let timer = timers[deadline.key], timer.ticket == deadline.ticket else { continue }
      clear(deadline.key)
      return (deadline.key, timer)
    }
    return nil
  }

  private mutating func rebuild() {
    deadlines = DeadlineHeap()
    for key in keys {
      guard let timer = timers[key] else { continue }
      deadlines.set(Deadline(key: key, ticket: timer.ticket), due: timer.due)
    }
  }
}

/// Reads the header `Hub-Requeue-After`: a number of seconds, as `30` or `0.5`, or a duration, as `1m30s` or `PT2M`.
enum RequeueAfter {
  /// Nanoseconds, between the shortest and the longest that is kept. Nil: none is asked for (absent, or 0), or it makes no
  /// sense.
  static func nanoseconds(_ text: String) -> UInt64? {
    let text = String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    let milliseconds: Int
    if let first = text.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first),
      text.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      )
    {
      guard let parsed = try? DurationText.parse(text + "s") else {
        return text.utf8.count > 9 && !text.contains(".") ? RequeueTable.longest : nil
      }
      milliseconds = parsed
    } else {
      guard let parsed = try? DurationText.parse(text) else { return nil }
      milliseconds = parsed
    }
    guard milliseconds > 0 else { return nil }
    let asked = Duration64.milliseconds(min(milliseconds, Int(RequeueTable.longest / 1_000_000)))
    return min(max(asked, RequeueTable.shortest), RequeueTable.longest)
  }
}
