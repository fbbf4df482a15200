import JSONScan
import Kubernetes

/// Bodies that are read again at their turn (SEMANTICS 22).
extension HubEngine {
  static let bodyDeadlineSeconds = 30

  mutating func readBody(of item: WorkItem, _ itemSlot: UInt32, _ resource: APIResource, of slot: UInt32) {
    let place = WorkQueue.Place(slot: itemSlot, ticket: item.ticket)
    let purpose = RequestPurpose.body(slot: slot, serial: subscribers[slot].serial, place: place)
    let id = requests.open(purpose, maxBytes: configuration.limits.answerBytes)
    readsInFlight += 1
    scheduler.opened(slot)
    counters.bodiesRead += 1
    keepingBodyCount(slot) { $0.queue.read(itemSlot) }
    ask(
      id, resource.path(namespace: item.key.namespace, name: item.key.name),
      deadlineSeconds: Self.bodyDeadlineSeconds)
  }

  mutating func bodyRead(_ slot: UInt32, _ place: WorkQueue.Place, _ answer: APIAnswer, at now: EngineTime) {
    if let reader = readers.next(at: now.monotonic) { schedule(reader) }
    guard let item = subscribers.slots[Int(slot)].queue.item(at: place), item.place == .reading else {
      return
    }
    defer {
      forgetIfDenied(slot, item.key)
      schedule(slot)
    }
    switch usefulness(of: answer, for: item, of: slot) {
    case .good(let body): keepingBodyCount(slot) { $0.queue.attach(body, to: place.slot) }
    case .outdated: subscribers[slot].queue.readAgain(place.slot)
    case .useless where item.isReadOutdated: subscribers[slot].queue.readAgain(place.slot)
    case .useless where item.parts.contains(.child) || item.attempted != nil:
      // The watch will tell what became of the object. Its child's change is told then; and of what was attempted the
      // end, which would be unknown to the reconciler if the key were forgotten now (SEMANTICS 15).
      tryLater(slot, place, item, at: now)
    case .useless:
      counters.superseded += 1
      keepingBodyCount(slot) { $0.queue.dropLive(place.slot) }
    case .failed(let reason):
      notice(
        .info, "an object could not be read again", who(slot) + [HeaderField("reason", reason)])
      tryLater(slot, place, item, at: now)
    }
  }

  private enum ReadBody {
    case good(HeldBody)
    /// Older than what the watch has told meanwhile.
    case outdated
    /// Another incarnation, one that does not match, or none: the watch will tell, or has told it meanwhile.
    case useless
    case failed(String)
  }

  /// The key backs off, without an attempt.
  mutating func tryLater(
    _ slot: UInt32, _ place: WorkQueue.Place, _ item: WorkItem, at now: EngineTime
  ) {
    guard let spec = subscribers[slot].accepted?.spec else { return }
    let due = now.monotonic + spec.delivery.backoff.wait(afterFailures: item.failures + 1, random: &random)
    if let waiting = subscribers[slot].queue.retry(place.slot, at: due) {
      timers.set(.backoff(slot: slot, serial: subscribers[slot].serial, place: waiting), due: due)
    }
  }

  private func usefulness(of answer: APIAnswer, for item: WorkItem, of slot: UInt32) -> ReadBody {
    guard answer.isSuccess else {
      return answer.failure == nil && answer.status == 404 ? .useless : .failed(answer.problem)
    }
    var decoder = ObjectDecoder()
    let text = answer.body.span.bytes
    guard let head = try? decoder.decode(text) else { return .failed("the answer is no object") }
    guard let own = own(item.key, of: slot) else { return .useless }
    let sighting = Sighting(.watched, head, in: text, namespace: own.namespace)
    guard sighting.uid == own.record.uid else { return .useless }
    let isMatching =
      feeds[own.feed]?.interests.matching(head, in: text, namespace: own.namespace).contains { number in
        guard feeds[own.feed]?.isActive(number, in: own.namespace) ?? false else { return false }
        return feeds[own.feed]?.interests[number].map { $0.subscription == slot && $0.role == .object }
          ?? false
      } ?? false
    guard isMatching else { return .useless }
    let body = HeldBody(
      bytes: answer.body, version: sighting.version, isComparable: !sighting.flags.contains(.opaqueVersion))
    guard body.isOlder(than: own.record) else { return .good(body) }
    return item.isReadOutdated ? .outdated : .failed("the answer is older than the watch")
  }
}
