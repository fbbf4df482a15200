extension HubEngine {
  /// Counts everything anew.
  package func audit() -> EngineAudit {
    var audit = EngineAudit()
    audit.subscriptions = subscribers.all.map(books)
    audit.deliveries = deliveries.count
    audit.requests = requests.count
    audit.reads = requests.count { if case .body = $0 { true } else { false } }
    audit.readsCounted = readsInFlight
    audit.statusWrites = requests.count { if case .status = $0 { true } else { false } }
    audit.statusWritesCounted = statusWrites
    audit.bodyBytesCounted = waitingBodyBytes
    audit.heldChildren = heldChildren.count
    audit.timers = timers.count
    audit.newestEpoch = feeds.compactMap { $0?.epoch }.max() ?? 0
    audit.isWritingImage = journal.image != nil
    return audit
  }

  private func books(of slot: UInt32) -> EngineAudit.Subscription {
    let subscriber = subscribers[slot]
    let queue = subscriber.queue
    let keys = queue.occupied.compactMap { queue[$0] }
    return EngineAudit.Subscription(
      uid: subscriber.uid, name: subscriber.namespace + "/" + subscriber.name, added: queue.added,
      settled: queue.settled, superseded: queue.superseded, forgotten: queue.forgotten, keys: queue.count,
      waiting: queue.waiting, inFlight: queue.inFlight, reading: queue.reading,
      backingOff: queue.backingOff, parked: queue.parked, lettersWaiting: queue.lettersWaiting,
      lettersInFlight: queue.lettersInFlight,
      idle: keys.count { $0.parts.isEmpty && $0.sent.isEmpty },
      deliveries: deliveries.ids(slot: slot).count,
      concurrency: subscriber.accepted?.spec.delivery.concurrency ?? 0,
      bodyBytesCounted: queue.bodyBytes, bodyBytesHeld: keys.reduce(0) { $0 + $1.heldBytes },
      isRunnable: subscribers.isRunnable(slot),
      placesHeld: queue.slotsHeld + queue.placesHeld)
  }
}
