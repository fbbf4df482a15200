import HubEngine
import JSONScan

/// `CheckerName.conservation`.
struct ConservationChecker {
  func check(_ world: World, _ audit: EngineAudit) -> [Violation] {
    var found: [Violation] = []
    for books in audit.subscriptions { found += check(books) }
    let bodies = audit.subscriptions.reduce(0) { $0 + $1.bodyBytesCounted }
    if bodies != audit.bodyBytesCounted {
      found.append(
        Violation(
          .conservation, "waiting bodies of \(audit.bodyBytesCounted) bytes, the queues hold \(bodies)"))
    }
    let under = world.sent.count + world.gated.count
    if audit.deliveries != under {
      found.append(
        Violation(.conservation, "\(audit.deliveries) deliveries by the hub, \(under) by the sinks"))
    }
    return found
  }

  private func check(_ books: EngineAudit.Subscription) -> [Violation] {
    var found: [Violation] = []
    func complain(_ text: String) {
      found.append(Violation(.conservation, text, subscription: books.name))
    }
    if books.added != books.settled + books.superseded + books.forgotten + books.keys {
      complain(
        "added \(books.added), settled \(books.settled), superseded \(books.superseded), forgotten "
          + "\(books.forgotten), keys \(books.keys)")
    }
    let places =
      books.waiting + books.inFlight + books.reading + books.backingOff + books.parked
      + books.lettersWaiting + books.lettersInFlight
    if places != books.keys { complain("places \(places), keys \(books.keys)") }
    if books.bodyBytesHeld != books.bodyBytesCounted {
      complain("bodies of \(books.bodyBytesHeld) bytes, counted \(books.bodyBytesCounted)")
    }
    if books.idle > 0 { complain("\(books.idle) keys with nothing to tell") }
    if books.deliveries != books.inFlight + books.lettersInFlight {
      complain("\(books.deliveries) deliveries, \(books.inFlight) keys in flight")
    }
    return found
  }
}

/// `CheckerName.bounds`.
struct BoundsChecker {
  /// An empty queue keeps so many places, and a used one twice its keys.
  private static let placesKept = 512

  func check(_ world: World, _ audit: EngineAudit) -> [Violation] {
    let limits = world.configuration.limits
    var found: [Violation] = []
    func hold(_ value: Int, atMost limit: Int, _ what: String, _ subscription: String? = nil) {
      if value > limit { found.append(Violation(.bounds, "\(value) \(what)", subscription: subscription)) }
    }
    func hold(_ value: Int, equals other: Int, _ what: String) {
      if value != other { found.append(Violation(.bounds, "\(value) \(what), by the others \(other)")) }
    }
    hold(audit.reads, equals: audit.readsCounted, "reads")
    hold(audit.reads, atMost: limits.readsInFlight, "reads")
    hold(audit.deliveries + audit.reads, atMost: limits.deliveriesInFlight, "deliveries")
    hold(audit.statusWrites, equals: audit.statusWritesCounted, "status writes")
    hold(audit.statusWrites, atMost: limits.statusWritesInFlight, "status writes")
    let open = Set(world.watches.keys).union(world.held.map(\.id)).count
    hold(audit.requests, equals: open, "requests")
    for books in audit.subscriptions {
      hold(books.placesHeld, atMost: 8 * books.keys + Self.placesKept, "places", books.name)
    }
    return found
  }
}

/// `CheckerName.staleAnswers`: nothing changes, and nothing is asked for.
struct StaleAnswerChecker {
  /// Gives an answer that is long over, and looks whether anything changes.
  func give(_ input: EngineInput, to world: inout World) -> [Violation] {
    world.give()
    guard !world.hasDied else { return [] }
    world.rare.note(.staleAnswer)
    let before = (world.engine.audit(), world.history.count, world.requests.count)
    world.give([input])
    guard !world.hasDied else { return [] }
    let after = (world.engine.audit(), world.history.count, world.requests.count)
    return before == after ? [] : [Violation(.staleAnswers, "\(input) changed something")]
  }
}

/// `CheckerName.requeues`.
struct RequeueChecker {
  private struct Wish {
    var sent: Sent
    /// Virtual nanoseconds, when it was answered and when it is due.
    var answered: UInt64
    var due: UInt64
    /// The batch in which it was answered.
    var turn: Int
    /// The hub that heard it is gone.
    var isInherited = false
  }

  /// By subscription and key.
  private var wishes: [Substring: Wish] = [:]
  /// When the hub's timers are due: any event fulfils a wish, but only a later yes stops the timer.
  private var timers: [Substring: UInt64] = [:]
  private var isTimeUncertain = false

  /// The subscription, whose sink may be edited meanwhile (the last part of the path counts its edits), and the key.
  private func line(of sent: Sent) -> Substring {
    (sent.request.url.prefix(upTo: sent.request.url.lastIndex(of: "/") ?? sent.request.url.endIndex)) + " "
      + sent.key
  }

  /// A wish is replaced or cleared by a later yes; it belongs to an object's own key.
  mutating func acknowledged(_ sent: Sent, requeueAfter seconds: Int?, at now: UInt64, turn: Int) {
    let line = line(of: sent)
    // A wish that came due during the flight is told after it, and not by the new wish's time.
    let wasDue = timers.removeValue(forKey: line).map { $0 <= now } ?? false
    wishes[line] = nil
    guard let seconds, sent.operation != "delete", sent.uid != Owner.uid else { return }
    timers[line] = now + UInt64(seconds) * 1_000_000_000
    wishes[line] = Wish(
      sent: sent, answered: now, due: wasDue ? now : now + UInt64(seconds) * 1_000_000_000, turn: turn)
  }

  mutating func sent(_ sent: Sent, rare: inout RareCounts) -> [Violation] {
    let line = line(of: sent)
    guard let wish = wishes[line], sent.turn > wish.turn else {
      return []
    }
    wishes[line] = nil
    guard sent.cause == "requeue" else { return [] }
    rare.note(wish.isInherited ? .requeuedByAnother : .requeued)
    if sent.sentAt < wish.due, !isTimeUncertain {
      return [Violation(.requeues, "called again too early", sent)]
    }
    return []
  }

  /// A wish that the hub had not kept yet is lost with the answer that held it; then the event is told again, which the sink
  /// can answer as before.
  mutating func hubDied(hasForgotten: Bool) {
    // An answer that was forgotten is asked for again, at any time.
    if hasForgotten { isTimeUncertain = true }
    for line in wishes.keys { wishes[line]?.isInherited = true }
  }

  mutating func clockJumped() { isTimeUncertain = true }

  /// Those whose time is long over, of objects that still match.
  func checkEnd(of tenant: Tenant, _ form: Form, _ world: World) -> [Violation] {
    wishes.values.sorted { $0.turn < $1.turn }.compactMap { wish in
      guard wish.sent.request.url == form.url, wish.due + 60_000_000_000 < world.now.monotonic,
        let resource = Simulation.resources.first(where: { $0.kind == wish.sent.header("ce-kind") }),
        let object = world.cluster.object(resource, wish.sent.namespace, wish.sent.name),
        object["metadata"]?["uid"]?.string == wish.sent.uid,
        form.matchesObject(object, resource, tenant: tenant.namespace)
      else { return nil }
      return Violation(.requeues, "asked to be called again, and was not", wish.sent)
    }
  }
}
