import JSONScan
import Kubernetes

/// Resync: every matching key again, once a period (SEMANTICS 32). What matches is known from the store, so nothing is
/// listed, but in Resource mode for the bodies: one list, as fast as the sink takes them. A key that waits already, or is
/// under way, is not told twice.
extension HubEngine {
  /// The accepted form may ask for another resync than before.
  mutating func settleResync(_ slot: UInt32, at now: EngineTime) {
    guard subscribers[slot].resync.set(subscribers[slot].accepted?.spec.resync) else { return }
    setResyncTimer(slot, at: now)
  }

  private mutating func setResyncTimer(_ slot: UInt32, at now: EngineTime) {
    let wait = subscribers[slot].resync.wait(random: &random)
    timers.set(
      .resync(slot: slot, serial: subscribers[slot].serial, edition: subscribers[slot].resync.edition),
      due: now.monotonic + wait)
  }

  mutating func resyncDue(_ slot: UInt32, edition: UInt64, at now: EngineTime) {
    guard subscribers[slot].resync.edition == edition, let spec = subscribers[slot].accepted?.spec,
      spec.resync != nil
    else { return }
    setResyncTimer(slot, at: now)
    // What rests keeps what waits, and goes on with the next round.
    guard !spec.suspend, !subscribers[slot].isStopped, !isDenied(slot) else { return }
    let slices = subscribers[slot].resync.slices
    let slice = subscribers[slot].resync.next(at: now)
    if slice == 0 { subscribers[slot].queue.unparkAll() }
    let readsList = spec.mode == .resource && slices == 1
    for placement in subscribers[slot].placements {
      let changes =
        feeds[placement.feed]?.resync(
          slot, token: subscribers[slot].resync.token, slice: UInt64(slice), of: UInt64(slices),
          roles: readsList ? [.controller] : [.object, .controller]) ?? []
      route(changes, from: placement.feed, at: now)
    }
    notice(.debug, "a round of resync", who(slot) + [HeaderField("part", "\(slice + 1)/\(slices)")])
    guard readsList, subscribers[slot].resync.reading == nil else { return schedule(slot) }
    let places = subscribers[slot].placements.filter { $0.entries.contains { !$0.controller } }.map {
      ResyncClock.Place(feed: $0.feed, member: $0.member)
    }
    subscribers[slot].resync.reading = ResyncClock.Reading(places: places)
    readOn(slot, at: now)
    schedule(slot)
  }

  // MARK: Bodies

  /// The next page, once most of the last one has gone.
  mutating func readOn(_ slot: UInt32, at now: EngineTime) {
    guard let reading = subscribers[slot].resync.reading, !reading.isAsking else { return }
    guard let place = reading.places.first else {
      subscribers[slot].resync.reading = nil
      return
    }
    guard subscribers[slot].queue.waiting < ResyncClock.pageSize else {
      timers.set(
        .resyncPage(
          slot: slot, serial: subscribers[slot].serial, edition: subscribers[slot].resync.edition),
        due: now.monotonic + ResyncClock.pagePause)
      return
    }
    guard let placement = placement(place, of: slot), let resource = feeds[placement.feed]?.resource
    else { return readNextList(slot, at: now) }
    var target = resource.path(namespace: placement.scope == .own ? subscribers[slot].namespace : nil)
    target += "?limit=\(ResyncClock.pageSize)"
    if let token = reading.continueToken {
      target += "&continue=" + PercentEncoding.encode(token)
    } else if let version = reflectors[placement.feed]?.machine.version {
      target += "&resourceVersion=" + PercentEncoding.encode(version) + "&resourceVersionMatch=NotOlderThan"
    }
    subscribers[slot].resync.reading?.isAsking = true
    let id = requests.open(
      .resync(slot: slot, serial: subscribers[slot].serial, place: place),
      maxBytes: configuration.limits.answerBytes)
    ask(id, target, deadlineSeconds: ResyncClock.pageDeadlineSeconds)
  }

  private mutating func readNextList(_ slot: UInt32, at now: EngineTime) {
    subscribers[slot].resync.reading?.places.removeFirst()
    subscribers[slot].resync.reading?.continueToken = nil
    readOn(slot, at: now)
  }

  private func placement(_ place: ResyncClock.Place, of slot: UInt32) -> Subscriber.Placement? {
    subscribers[slot].placements.first { $0.feed == place.feed && $0.member == place.member }
  }

  mutating func resyncRead(
    _ slot: UInt32, _ place: ResyncClock.Place, _ answer: APIAnswer, at now: EngineTime
  ) {
    guard subscribers[slot].resync.reading?.isAsking ?? false,
      subscribers[slot].resync.reading?.places.first == place
    else { return }
    subscribers[slot].resync.reading?.isAsking = false
    guard let placement = placement(place, of: slot) else { return readNextList(slot, at: now) }
    guard answer.isSuccess, let page = try? ListDecoder.decode(answer.body.span.bytes) else {
      // What the list did not bring is read by itself, each at its turn.
      notice(
        .info, "a resync reads object by object", who(slot) + [HeaderField("reason", answer.problem)])
      let changes =
        feeds[placement.feed]?.resync(
          slot, token: subscribers[slot].resync.token, slice: 0, of: 1, roles: [.object]) ?? []
      route(changes, from: placement.feed, at: now)
      return readNextList(slot, at: now)
    }
    var changes: [RoutedChange] = []
    let text = answer.body.span.bytes
    for head in page.items { resync(head, in: text, placement, slot, &changes) }
    route(changes, from: placement.feed, at: now)
    subscribers[slot].resync.reading?.continueToken = page.continueToken
    if page.continueToken == nil { readNextList(slot, at: now) } else { readOn(slot, at: now) }
    schedule(slot)
  }

  private mutating func resync(
    _ head: ObjectHead, in text: RawSpan, _ placement: Subscriber.Placement, _ slot: UInt32,
    _ changes: inout [RoutedChange]
  ) {
    names.read(head, in: text)
    guard let namespace = namespaces.find(names.namespace.span.bytes) else { return }
    let sighting = Sighting(.listed, head, in: text, namespace: namespace)
    feeds[placement.feed]?.resync(
      slot, head, sighting, name: names.name.span.bytes, in: text,
      token: subscribers[slot].resync.token, into: &changes)
  }
}
