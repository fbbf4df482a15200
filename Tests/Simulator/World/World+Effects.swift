import JSONScan

import HubEngine
/// What the engine asks for, and the disk that its journal is on.
extension World {
  mutating func perform(_ effect: EngineEffect) -> [EngineInput] {
    trace?.append("\(now.monotonic) \(effect)")
    switch effect {
    case .request(let id, let request):
      requests.append("\(request.method) \(request.target)")
      if overload > 0, !isDown {
        overload -= 1
        rare.note(.overloadedAPIServer)
        let status = overload % 2 == 0 ? 429 : 500
        return [
          .responseHead(id, status: status, retryAfterSeconds: status == 429 ? 1 : nil),
          .responseEnd(id, .complete),
        ]
      }
      if isDown { return [.responseEnd(id, .refused("connection refused"))] }
      guard isAnswering else {
        held.append(Held(id: id, request: request))
        return []
      }
      return reply(id, request)
    case .cancel(let id):
      watches[id] = nil
      held.removeAll { $0.id == id }
      return []
    case .send(let id, let request):
      let delivery = Sent(id: id, request: request, sentAt: now.monotonic, turn: turn)
      if request.waitsForJournal, !journal.isDurable {
        gated.append(delivery)
        everGated.append(delivery)
      } else {
        reach(delivery)
      }
      return []
    case .cancelSend(let id):
      sent.removeAll { $0.id == id }
      gated.removeAll { $0.id == id }
      return []
    case .journal(let frame):
      journal.append(frame)
      return []
    case .stop(let reason):
      stopped = reason
      return []
    case .notice(let notice):
      notices.append(notice)
      return []
    case .untold(let untold):
      self.untold.append(untold)
      return []
    }
  }

  /// Everything that was appended is safe now, and what waited for that goes out.
  mutating func syncJournal() {
    journal.sync()
    for delivery in gated { reach(delivery) }
    gated = []
  }

  mutating func reach(_ delivery: Sent) {
    if sent.contains(where: { $0.subscription == delivery.subscription && $0.key == delivery.key }) {
      overlaps.append(delivery)
    }
    sent.append(delivery)
    history.append(delivery)
  }

  /// The hub is dead from now on.
  mutating func kill() { hasDied = true }

  /// The hub dies at once, if it has not, and another begins with what its journal had kept: all that was synced, and so
  /// many bytes of what came after that, with so many zeros behind them. Sinks that were asked get no further word, and
  /// their answers reach nobody.
  mutating func crash(keeping bytes: Int = 0, zeros: Int = 0, chunk: Int = 4096) {
    journal.crash(keeping: bytes, zeros: zeros)
    sabotage?.onDisk(&journal)
    sent = []
    gated = []
    watches = [:]
    held = []
    oldDeliveries = []
    stopped = nil
    (hasDied, hasDiedUnwritten, dieAfter) = (false, false, nil)
    do {
      let opening = try journal.load(chunk: chunk)
      if opening.hasCut { rare.note(.tornTail) }
      if opening.hasRemovals { rare.note(.tornNewFile) }
      lastOpening = "\(opening.state.objectCount) objects and \(opening.state.waitingCount) keys that wait"
      engine = HubEngine(configuration, restoring: opening.state)
    } catch {
      journalFault = "\(error)"
      engine = HubEngine(configuration)
    }
    sabotage?.restarted()
    give([.start])
  }
}
