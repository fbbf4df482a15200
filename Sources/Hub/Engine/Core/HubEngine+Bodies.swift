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
    counters.bodiesRead += 1
    subscribers[slot].queue.read(itemSlot)
    ask(
      id, resource.path(namespace: item.key.namespace, name: item.key.name),
      deadlineSeconds: Self.bodyDeadlineSeconds)
  }

  mutating func bodyRead(_ slot: UInt32, _ place: WorkQueue.Place, _ answer: APIAnswer, at now: EngineTime) {
    guard let item = subscribers[slot].queue.item(at: place), item.place == .reading else { return }
    defer { schedule(slot) }
    if answer.isSuccess, isStillTheSame(answer.body, item, of: slot) {
      return keepingBodyCount(slot) { $0.queue.attach(answer.body, to: place.slot) }
    }
    if answer.isSuccess || answer.failure == nil && answer.status == 404 {
      // Another incarnation, one that no longer matches, or none: the watch will tell.
      counters.superseded += 1
      return keepingBodyCount(slot) { $0.queue.dropLive(place.slot) }
    }
    guard let spec = subscribers[slot].accepted?.spec else { return }
    noteReadFailure(slot, answer.problem)
    let due = now.monotonic + spec.delivery.backoff.wait(afterFailures: item.failures + 1, random: &random)
    let serial = subscribers[slot].serial
    if let waiting = subscribers[slot].queue.retry(place.slot, at: due) {
      timers.set(.backoff(slot: slot, serial: serial, place: waiting), due: due)
    }
  }

  private mutating func noteReadFailure(_ slot: UInt32, _ reason: String) {
    notice(.info, "an object could not be read again", who(slot) + [HeaderField("reason", reason)])
  }

  /// The same uid, and still matching.
  private func isStillTheSame(_ body: [UInt8], _ item: WorkItem, of slot: UInt32) -> Bool {
    var decoder = ObjectDecoder()
    let text = body.span.bytes
    guard let head = try? decoder.decode(text),
      let placement = subscribers[slot].placement(ofKind: item.key.kind, feeds: feeds),
      let feed = feeds[placement.feed]
    else { return false }
    let bytes = [UInt8](item.key.namespace.utf8)
    guard let namespace = namespaces.find(bytes.span.bytes),
      let record = feed.record(namespace: namespace, name: item.key.name)
    else { return false }
    let sighting = Sighting(.watched, head, in: text, namespace: namespace)
    guard sighting.uid == record.uid else { return false }
    return feed.interests.matching(head, in: text, namespace: namespace).contains { number in
      feed.interests[number].map { $0.subscription == slot && $0.role == .object } ?? false
    }
  }
}
