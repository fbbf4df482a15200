import Kubernetes

/// Announcing: Kubernetes Events on subscriptions (SEMANTICS 31), at the rate of the status writes. Those that the API server
/// does not take are dropped: the conditions say the same.
extension HubEngine {
  /// Events under way over all subscriptions; more wait.
  static let announcementsInFlightLimit = 2

  /// The conditions of a subscription are settled: there may be something to tell.
  mutating func lookForNews(_ slot: UInt32, at now: EngineTime) {
    guard subscribers[slot].origin == .cluster else { return }
    let status = subscribers[slot].report.status
    subscribers[slot].announcements.look(
      status, delivered: subscribers[slot].delivered, at: now.monotonic)
    if subscribers[slot].announcements.hasNews(status) { unannounced.add(slot) }
    guard let due = subscribers[slot].announcements.longFailureDue, due > now.monotonic,
      !subscribers[slot].isFailureTimed
    else { return }
    subscribers[slot].isFailureTimed = true
    timers.set(.longFailure(slot: slot, serial: subscribers[slot].serial), due: due)
  }

  /// Writes as many Events as the rate allows.
  mutating func writeAnnouncements(at now: EngineTime) {
    while !unannounced.isEmpty, announcementsInFlight < Self.announcementsInFlightLimit {
      guard statusPacer.hasToken(at: now.monotonic) else { return awaitStatusToken() }
      guard let slot = unannounced.next(), subscribers.isInUse(slot) else { continue }
      let status = subscribers[slot].report.status
      guard let next = subscribers[slot].announcements.next(status) else { continue }
      statusPacer.take()
      write(next, slot, at: now)
      if subscribers[slot].announcements.hasNews(status) { unannounced.add(slot) }
    }
  }

  private mutating func write(_ announcement: Announcements.Announcement, _ slot: UInt32, at now: EngineTime)
  {
    let event = ObjectEvent(
      uid: subscribers[slot].uid, namespace: subscribers[slot].namespace, name: subscribers[slot].name,
      announcement: announcement, time: now.wall)
    var request = APIRequest(
      get: ObjectEvent.path(namespace: event.namespace) + "?fieldManager=frugalhub",
      deadlineSeconds: Self.statusDeadlineSeconds, maxBytes: SinkState.maxBytes)
    request.method = "POST"
    request.contentType = "application/json"
    request.body = event.encoded()
    effects.append(.request(requests.open(.announcement, maxBytes: SinkState.maxBytes), request))
    announcementsInFlight += 1
  }

  mutating func announced(_ answer: APIAnswer) {
    announcementsInFlight -= 1
    if answer.isSuccess {
      counters.announcements += 1
      isAnnouncingForbidden = false
    } else if answer.failure == nil, answer.status == 409 {
      // It was told before the hub's last start.
    } else {
      counters.announcementsDropped += 1
      guard answer.failure == nil, answer.status == 403, !isAnnouncingForbidden else { return }
      isAnnouncingForbidden = true
      notice(
        .warning, "Events on subscriptions cannot be written",
        [
          HeaderField("reason", answer.problem),
          HeaderField("rule", "verb create on events of the core group"),
        ])
    }
  }
}
