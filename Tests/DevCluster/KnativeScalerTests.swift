import Testing

@testable import DevCluster

/// The scaler in virtual time: inputs in, actions compared.
@Suite("Scaling a revision")
struct KnativeScalerTests {
  static let second: UInt64 = 1_000_000_000
  static let first = RevisionProcess(number: 1)
  static let other = RevisionProcess(number: 2)

  static func request(_ number: UInt64) -> RequestID { RequestID(number: number) }

  static func scaler(_ change: (inout ScalerSettings) -> Void = { _ in }) -> RevisionScaler {
    var settings = ScalerSettings()
    settings.window = 10 * second
    settings.startTimeout = 30 * second
    settings.requestTimeout = 100 * second
    change(&settings)
    return RevisionScaler(settings)
  }

  /// A scaler with process 1 awake and idle since 0.
  static func awake(_ change: (inout ScalerSettings) -> Void = { _ in }) -> RevisionScaler {
    var scaler = scaler(change)
    _ = scaler.handle(.requestArrived(request(1)), at: 0)
    _ = scaler.handle(.processReady(first), at: 0)
    _ = scaler.handle(.requestFinished(request(1)), at: 0)
    return scaler
  }

  @Test("the first request starts a process and is forwarded when that is ready")
  func coldStart() {
    var scaler = Self.scaler()
    #expect(scaler.phase == .asleep)
    #expect(scaler.nextDeadline == nil)
    #expect(scaler.handle(.requestArrived(Self.request(1)), at: 0) == [.spawn(Self.first)])
    #expect(scaler.phase == .starting)
    #expect(scaler.handle(.processReady(Self.first), at: 1) == [.forward(Self.request(1), to: Self.first)])
    #expect(scaler.phase == .awake)
  }

  @Test("requests that come during the start wait for the same process, in their order")
  func heldRequests() {
    var scaler = Self.scaler()
    _ = scaler.handle(.requestArrived(Self.request(1)), at: 0)
    #expect(scaler.handle(.requestArrived(Self.request(2)), at: 1) == [])
    #expect(
      scaler.handle(.processReady(Self.first), at: 2) == [
        .forward(Self.request(1), to: Self.first), .forward(Self.request(2), to: Self.first),
      ])
  }

  @Test("a process is ended when it was idle for the window, and not a moment before")
  func idleWindow() {
    var scaler = Self.awake()
    #expect(scaler.nextDeadline == 10 * Self.second)
    #expect(scaler.handle(.deadline, at: 10 * Self.second - 1) == [])
    #expect(scaler.handle(.deadline, at: 10 * Self.second) == [.terminate(Self.first)])
    #expect(scaler.phase == .draining)
    #expect(scaler.handle(.processEnded(Self.first), at: 11 * Self.second) == [])
    #expect(scaler.phase == .asleep)
  }

  @Test("a running request keeps the process awake, and the window begins at its end")
  func busyProcess() {
    var scaler = Self.awake()
    _ = scaler.handle(.requestArrived(Self.request(2)), at: 5 * Self.second)
    #expect(scaler.nextDeadline == nil)
    #expect(scaler.handle(.deadline, at: 90 * Self.second) == [])
    _ = scaler.handle(.requestFinished(Self.request(2)), at: 95 * Self.second)
    #expect(scaler.nextDeadline == 105 * Self.second)
  }

  @Test(
    "a request during the end of the last process waits for its successor: never two at once with maxScale 1")
  func requestWhileEnding() {
    var scaler = Self.awake()
    _ = scaler.handle(.deadline, at: 10 * Self.second)
    #expect(scaler.handle(.requestArrived(Self.request(2)), at: 10 * Self.second) == [])
    #expect(scaler.handle(.processEnded(Self.first), at: 11 * Self.second) == [.spawn(Self.other)])
  }

  @Test("a process that died is replaced for the next request, and its late answers are ignored")
  func deadProcess() {
    var scaler = Self.awake()
    _ = scaler.handle(.requestArrived(Self.request(2)), at: 1)
    #expect(scaler.handle(.processEnded(Self.first), at: 2) == [])
    #expect(scaler.handle(.requestFinished(Self.request(2)), at: 3) == [])
    #expect(scaler.handle(.requestArrived(Self.request(3)), at: 4) == [.spawn(Self.other)])
  }

  @Test("a process that ends before it is ready refuses what waits, and the next request tries again")
  func failedStart() {
    var scaler = Self.scaler()
    _ = scaler.handle(.requestArrived(Self.request(1)), at: 0)
    _ = scaler.handle(.requestArrived(Self.request(2)), at: 0)
    #expect(
      scaler.handle(.processEnded(Self.first), at: 1) == [
        .refuse(Self.request(1), .startFailed), .refuse(Self.request(2), .startFailed),
      ])
    #expect(scaler.phase == .asleep)
    #expect(scaler.handle(.requestArrived(Self.request(3)), at: 2) == [.spawn(Self.other)])
  }

  @Test("a process that is not ready in time is ended and refuses what waits")
  func slowStart() {
    var scaler = Self.scaler()
    _ = scaler.handle(.requestArrived(Self.request(1)), at: 0)
    #expect(scaler.nextDeadline == 30 * Self.second)
    #expect(
      scaler.handle(.deadline, at: 30 * Self.second) == [
        .terminate(Self.first), .refuse(Self.request(1), .startTimedOut),
      ])
    #expect(scaler.handle(.processReady(Self.first), at: 31 * Self.second) == [])
  }

  @Test("containerConcurrency starts processes up to maxScale; more requests wait for room")
  func scalesOut() {
    var scaler = Self.scaler {
      $0.maxScale = 2
      $0.containerConcurrency = 1
    }
    #expect(scaler.handle(.requestArrived(Self.request(1)), at: 0) == [.spawn(Self.first)])
    #expect(scaler.handle(.requestArrived(Self.request(2)), at: 0) == [.spawn(Self.other)])
    #expect(scaler.handle(.requestArrived(Self.request(3)), at: 0) == [])
    #expect(
      scaler.handle(.processReady(Self.other), at: 1) == [.forward(Self.request(1), to: Self.other)])
    #expect(scaler.handle(.processReady(Self.first), at: 1) == [.forward(Self.request(2), to: Self.first)])
    #expect(
      scaler.handle(.requestFinished(Self.request(1)), at: 2) == [
        .forward(Self.request(3), to: Self.other)
      ])
  }

  @Test("the younger process becomes idle first: the oldest with room gets the request")
  func packsRequests() {
    var scaler = Self.scaler {
      $0.maxScale = 2
      $0.containerConcurrency = 1
    }
    for number in 1...2 { _ = scaler.handle(.requestArrived(Self.request(UInt64(number))), at: 0) }
    for process in [Self.first, Self.other] { _ = scaler.handle(.processReady(process), at: 0) }
    for number in 1...2 { _ = scaler.handle(.requestFinished(Self.request(UInt64(number))), at: 0) }
    #expect(
      scaler.handle(.requestArrived(Self.request(3)), at: 5) == [.forward(Self.request(3), to: Self.first)])
    #expect(scaler.handle(.deadline, at: 10 * Self.second) == [.terminate(Self.other)])
    #expect(scaler.phase == .awake)
  }

  @Test("a request that finds no room within its timeout is refused")
  func waitedTooLong() {
    var scaler = Self.awake { $0.containerConcurrency = 1 }
    _ = scaler.handle(.requestArrived(Self.request(2)), at: 0)
    #expect(scaler.handle(.requestArrived(Self.request(3)), at: Self.second) == [])
    #expect(scaler.handle(.deadline, at: 101 * Self.second - 1) == [])
    #expect(
      scaler.handle(.deadline, at: 101 * Self.second) == [.refuse(Self.request(3), .waitedTooLong)])
  }

  @Test("waitingLimit requests may wait; one more is refused at once")
  func waitingLimit() {
    var scaler = Self.scaler { $0.waitingLimit = 2 }
    #expect(scaler.handle(.requestArrived(Self.request(1)), at: 0) == [.spawn(Self.first)])
    #expect(scaler.handle(.requestArrived(Self.request(2)), at: 0) == [])
    #expect(
      scaler.handle(.requestArrived(Self.request(3)), at: 0) == [.refuse(Self.request(3), .tooManyWaiting)])
  }

  @Test("a retired revision hands over what waits and ends after its last answer")
  func retires() {
    var scaler = Self.awake { $0.containerConcurrency = 1 }
    _ = scaler.handle(.requestArrived(Self.request(2)), at: 0)
    _ = scaler.handle(.requestArrived(Self.request(3)), at: 0)
    #expect(scaler.handle(.retire, at: 1) == [.handOver(Self.request(3))])
    #expect(scaler.phase == .draining)
    #expect(scaler.handle(.retire, at: 1) == [])
    #expect(scaler.handle(.requestArrived(Self.request(4)), at: 2) == [.handOver(Self.request(4))])
    #expect(scaler.handle(.requestFinished(Self.request(2)), at: 3) == [.terminate(Self.first)])
    #expect(!scaler.isEmpty)
    #expect(scaler.handle(.processEnded(Self.first), at: 4) == [])
    #expect(scaler.isEmpty)
  }

  @Test("a shut down revision ends its processes at once, also one that is draining")
  func shutsDown() {
    var scaler = Self.awake()
    _ = scaler.handle(.requestArrived(Self.request(2)), at: 0)
    _ = scaler.handle(.retire, at: 1)
    #expect(scaler.handle(.shutDown, at: 2) == [.terminate(Self.first)])
    #expect(scaler.handle(.requestFinished(Self.request(2)), at: 3) == [])
  }

  @Test("a process whose Pod was deleted is ended, and what waits gets a new one")
  func endsOnDemand() {
    var scaler = Self.scaler()
    _ = scaler.handle(.requestArrived(Self.request(1)), at: 0)
    #expect(scaler.handle(.endProcess(Self.first), at: 1) == [.terminate(Self.first)])
    #expect(scaler.handle(.endProcess(Self.first), at: 1) == [])
    #expect(scaler.handle(.processEnded(Self.first), at: 2) == [.spawn(Self.other)])
  }

  @Test("whatever happens: each request leaves once, maxScale is kept, and all ends", arguments: 1...40)
  func conserves(seed: UInt64) {
    var world = ScalerWorld(seed: seed)
    for _ in 0..<400 { world.step() }
    world.finish()
    #expect(world.problems == [])
  }
}

/// A world of chance around a scaler: processes that start, fail, hang and die, requests that come and are answered.
/// It keeps the books that the scaler must agree with.
private struct ScalerWorld {
  private var scaler: RevisionScaler
  private let settings: ScalerSettings
  private var random: UInt64
  private var now: UInt64 = 0
  private var arrived: UInt64 = 0
  private var waiting: Set<RequestID> = []
  private var serving: [RequestID: RevisionProcess] = [:]
  private var starting: Set<RevisionProcess> = []
  private var ready: Set<RevisionProcess> = []
  private var ending: Set<RevisionProcess> = []
  private(set) var problems: [String] = []

  init(seed: UInt64) {
    random = seed
    var settings = ScalerSettings()
    settings.maxScale = 1 + Int(seed % 3)
    settings.containerConcurrency = Int(seed % 4)
    settings.window = 20
    settings.startTimeout = 15
    settings.requestTimeout = 60
    settings.waitingLimit = 8
    self.settings = settings
    scaler = RevisionScaler(settings)
  }

  private mutating func chance(_ bound: Int) -> Int {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((random >> 33) % UInt64(bound))
  }

  private mutating func pick<Element: Comparable>(_ from: some Collection<Element>) -> Element? {
    from.isEmpty ? nil : from.sorted()[chance(from.count)]
  }

  mutating func step() {
    now += UInt64(chance(4))
    if let deadline = scaler.nextDeadline, deadline <= now { feed(.deadline) }
    switch chance(10) {
    case 0, 1, 2:
      arrived += 1
      waiting.insert(RequestID(number: arrived))
      feed(.requestArrived(RequestID(number: arrived)))
    case 3, 4: if let process = pick(starting) { becomeReady(process) }
    case 5, 6: if let request = pick(serving.keys) { answer(request) }
    case 7: if let process = pick(ending) { die(process) }
    case 8: if chance(4) == 0, let process = pick(starting.union(ready)) { die(process) }
    default: if chance(8) == 0, let process = pick(starting.union(ready)) { feed(.endProcess(process)) }
    }
  }

  /// Retires, lets everything run out, and looks at what is left.
  mutating func finish() {
    feed(.retire)
    while let request = pick(serving.keys) { answer(request) }
    feed(.shutDown)
    while let process = pick(ending) { die(process) }
    if !waiting.isEmpty { problems.append("requests were forgotten: \(waiting)") }
    if !starting.isEmpty || !ready.isEmpty { problems.append("processes were left running") }
    if !scaler.isEmpty { problems.append("the scaler believes that something is left") }
  }

  private mutating func becomeReady(_ process: RevisionProcess) {
    starting.remove(process)
    ready.insert(process)
    feed(.processReady(process))
  }

  private mutating func answer(_ request: RequestID) {
    serving[request] = nil
    feed(.requestFinished(request))
  }

  private mutating func die(_ process: RevisionProcess) {
    for set in [\Self.starting, \Self.ready, \Self.ending] { self[keyPath: set].remove(process) }
    feed(.processEnded(process))
  }

  private mutating func feed(_ input: ScalerInput) {
    for action in scaler.handle(input, at: now) { take(action) }
    if starting.count + ready.count + ending.count > settings.maxScale {
      problems.append("more processes than maxScale")
    }
  }

  private mutating func take(_ action: ScalerAction) {
    switch action {
    case .spawn(let process): starting.insert(process)
    case .terminate(let process):
      if starting.remove(process) == nil, ready.remove(process) == nil {
        problems.append("\(process) was ended twice")
      }
      ending.insert(process)
    case .forward(let request, let process):
      leave(request)
      if !ready.contains(process) { problems.append("\(request) went to a process that is not ready") }
      serving[request] = process
      let load = serving.values.count { $0 == process }
      if settings.containerConcurrency > 0, load > settings.containerConcurrency {
        problems.append("\(process) has \(load) requests")
      }
    case .refuse(let request, _), .handOver(let request): leave(request)
    }
  }

  private mutating func leave(_ request: RequestID) {
    if waiting.remove(request) == nil { problems.append("\(request) left twice") }
  }
}
