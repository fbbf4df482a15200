import HubEngine

/// What goes wrong with the API server, the clocks and the hub itself.
extension Simulation {
  /// The API server deals with something that it holds, or a part of it arrives.
  mutating func apiServerStep() {
    if !world.held.isEmpty, chance(70) {
      let index = draw(world.held.count)
      tell("held: \(world.held[index].request.method) \(world.held[index].request.target)")
      if world.held[index].request.target.contains("continue="), chance(30) { world.cluster.compact() }
      if chance(50) { world.serve(index) } else { world.release(index) }
    } else if !world.isStreaming, let watch = drawWatch() {
      world.stream(watch, events: 1 + draw(3))
    }
  }

  private mutating func drawWatch() -> RequestID? {
    let watches = world.watches.keys.sorted { $0.rawValue < $1.rawValue }
    return watches.isEmpty ? nil : draw(watches)
  }

  mutating func fault() {
    let kind = draw(16)
    tell("fault \(kind)")
    switch kind {
    case 0: world.cutWatches()
    case 1: world.cluster.compact()
    case 2:
      world.expiringPages = draw(3)
      world.cluster.compact()
      world.cutWatches()
    case 3: world.isDown ? world.startAPIServer() : world.stopAPIServer()
    case 4: kindGoesOrComes(telling: chance(50))
    case 5: world.cluster.awayGroups = chance(50) ? ["samplecontroller.k8s.io"] : []
    case 6: world.forbidden = chance(50) ? [draw(Self.resources)] : []
    case 7: world.overload = draw(8)
    case 8: if let watch = drawWatch() { world.cutMidLine(watch) }
    case 9: if let watch = drawWatch() { world.expire(watch) }
    case 10: recreateUnseen()
    case 11: restoreBackup()
    case 12: jumpClock()
    case 13, 14: giveStaleAnswer()
    default: world.statusAnswer = world.statusAnswer == 200 ? 500 : 200
    }
  }

  /// The definition of Foos is deleted, or made again.
  mutating func kindGoesOrComes(telling: Bool) {
    if hasFoos {
      tell("Foos are gone")
      world.rare.note(.kindGone)
      world.uninstall(FakeCluster.foos, telling: telling)
    } else {
      tell("Foos are back")
      world.install(FakeCluster.foos)
    }
  }

  private mutating func jumpClock() {
    let seconds = draw([-86_400, -60, 60, 86_400])
    tell("the wall clock jumps by \(seconds) s")
    if seconds < 0 { world.rare.note(.wallWentBack) }
    for index in tenants.indices { tenants[index].requeues.clockJumped() }
    world.jumpWall(seconds: Int64(seconds))
  }

  private mutating func giveStaleAnswer() {
    guard let id = world.oldDeliveries.last, !world.sent.contains(where: { $0.id == id }) else { return }
    let answer = draw([
      SinkAnswer.status(200, retryAfterSeconds: nil), .status(500, retryAfterSeconds: nil),
      .noAnswer("too late"), .requeue(200, after: "1s"),
    ])
    tell("a stale answer")
    note()
    violations += StaleAnswerChecker().give(.sinkAnswer(id, answer), to: &world)
  }

  // MARK: The hub

  /// The hub dies, now or after some more effects, or its journal begins anew.
  mutating func hubStep() {
    guard world.configuration.keepsJournal else { return }
    switch draw(10) {
    case 0..<3:
      tell("an image is asked for")
      if chance(40) { world.dieAfter = draw(3) }
      world.give([.writeImage])
      if !world.hasDied, chance(20) { restart() }
    case 3..<7:
      let effects = draw(6)
      tell("the hub will die after \(effects) effects")
      world.dieAfter = effects
    default: restart()
    }
  }

  /// The hub is dead, if it was not, and things happen without it; then another begins with what the disk had kept.
  mutating func restart() {
    note()
    let pending = world.journal.pendingBytes
    let kept = chance(30) ? pending : chance(20) ? draw(min(pending, 48) + 1) : draw(pending + 1)
    let hasForgotten = kept < pending || world.hasDiedUnwritten
    if world.hasDiedUnwritten { world.rare.note(.diedUnwritten) }
    tell("the hub is dead; of \(pending) bytes under way to the disk \(kept) were kept")
    finishForTheDead()
    for index in tenants.indices { tenants[index].hubDied(hasForgotten: hasForgotten) }
    world.kill()
    if chance(60) { for _ in 0..<draw(6) { changeObject() } }
    if chance(20) { world.cluster.compact() }
    world.crash(
      keeping: kept, zeros: kept < pending && chance(30) ? draw(64) : 0, chunk: draw([1, 7, 100, 4096]))
    tell("the next hub finds \(world.lastOpening)")
  }
}
