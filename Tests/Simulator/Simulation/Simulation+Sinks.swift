import HubEngine
import JSONScan

/// Sinks: slow, cold, crashing, lying, refusing.
extension Simulation {
  mutating func answerSink() {
    guard !world.sent.isEmpty else { return }
    let sent = draw(world.sent)
    if chance(3) {
      outages[sent.request.url] = draw([0, 404, 500, 502, 503])
      tell("outage of \(sent.request.url)")
    } else if chance(10) {
      outages[sent.request.url] = nil
    }
    let status = outages[sent.request.url] ?? drawStatus()
    tell("\(sent.request.url) answers \(status) to \(sent.summary)")
    switch status {
    case 200..<300: acknowledge(sent, requeueAfter: chance(25) ? 1 + draw(60) : nil)
    case 0:
      // A time-out, a crash: it may have done its work.
      if chance(50) { work(sent, hasAnswered: false) }
      world.answer(sent.id, .noAnswer("connection reset"))
    default:
      let after = [429, 503].contains(status) && chance(50) ? draw([1, 2, 30, 100_000_000]) : nil
      if after != nil { world.rare.note(.retryAfter) }
      if status == 410 { world.rare.note(.gone410) }
      world.answer(sent.id, .status(status, retryAfterSeconds: after))
    }
  }

  private mutating func drawStatus() -> Int {
    chance(3) ? 410 : draw([200, 200, 200, 200, 200, 200, 201, 500, 503, 400, 404, 409, 401, 429, 302, 0])
  }

  /// It does its work and says yes. The ledgers hear of it before the hub does, which may send the next at once.
  mutating func acknowledge(_ sent: Sent, requeueAfter seconds: Int? = nil) {
    work(sent, hasAnswered: true)
    if let index = index(ofTenantOf: sent) {
      tenants[index].eventIdentity.acknowledged(sent)
      tenants[index].eventType.acknowledged(sent)
      tenants[index].requeues.acknowledged(
        sent, requeueAfter: seconds, at: world.now.monotonic, turn: world.turn)
    }
    if let seconds {
      tell("\(sent.request.url) asks to be called again for \(sent.key) in \(seconds) s")
      world.answer(sent.id, .requeue(200, after: "\(seconds)s"))
    } else {
      world.answer(sent.id, .status(200, retryAfterSeconds: nil))
    }
  }

  private mutating func work(_ sent: Sent, hasAnswered: Bool) {
    guard let index = index(ofTenantOf: sent) else { return }
    if !hasAnswered { world.rare.note(.workedWithoutAnswer) }
    let last = tenants[index].memory.lastTold[sent.request.url]?[sent.key]
    if last?.operation == "delete", sent.operation == "add" { world.rare.note(.deletedThenAdded) }
    tenants[index].memory.worked(sent)
  }

  /// The sinks that were asked by a hub that is dead do their work, or do not.
  mutating func finishForTheDead() {
    for sent in world.sent where chance(50) { work(sent, hasAnswered: false) }
    toldByTheDead.formUnion(world.history.suffix(200).map(\.eventID))
  }
}
