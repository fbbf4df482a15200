/// What must have happened somewhere in 200 seeds, or they have not tried what they promise.
enum RareEvent: String, CaseIterable, Sendable {
  // The API server.
  case pageExpired = "410 in the middle of a list"
  case watchExpired = "410 within a watch"
  case watchCutInALine = "a watch cut in the middle of a line"
  case overloadedAPIServer = "429 or 500 from the API server"
  case restoredCluster = "an older state restored, and noticed"
  case recreatedUnseen = "deleted and made again, seen only by a list"
  case kindGone = "a kind that went away"
  // The hub.
  case diedBetweenJournalAndSend = "died between the journal and the sending"
  case diedUnwritten = "died before what it had taken in was in the journal"
  case tornTail = "the journal's tail torn off"
  case tornNewFile = "a journal's file that was only begun"
  case deletedWhileDown = "deleted while the hub was down"
  case toldAgainAfterDeath = "told again after a death"
  // The clocks.
  case wallWentBack = "the wall clock set back"
  // Sinks.
  case workedWithoutAnswer = "a sink did its work and did not answer"
  case exhausted = "retries exhausted"
  case rejected = "rejected and parked"
  case gone410 = "stopped by 410"
  case retryAfter = "Retry-After"
  case staleAnswer = "an answer to what was given up"
  case requeued = "a requeue that came"
  case requeuedByAnother = "a requeue told by the next hub"
  case resynced = "a round of resync"
  case bodyReadAgain = "a body read again"
  case deletedThenAdded = "a delete and an add of one key, in this order"
  case toldToOwner = "a child's change told to its owner"
  // Subscriptions.
  case editedInFlight = "edited with a key in flight"
  case removedInFlight = "removed with a key in flight"
  case badEdit = "a bad edit"
}

/// How often each has happened.
struct RareCounts: Equatable, Sendable {
  private(set) var counts: [RareEvent: Int] = [:]

  mutating func note(_ event: RareEvent) { counts[event, default: 0] += 1 }

  mutating func add(_ other: RareCounts) { counts.merge(other.counts, uniquingKeysWith: +) }

  var missing: [RareEvent] { RareEvent.allCases.filter { counts[$0] == nil } }

  var lines: [String] {
    RareEvent.allCases.map { event in
      let count = String(counts[event] ?? 0)
      return String(repeating: " ", count: max(0, 8 - count.count)) + count + "  " + event.rawValue
    }
  }
}
