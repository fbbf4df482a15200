import Kubernetes
import Testing

// Goal: whatever goes wrong between an API server and a reflector, the objects that follow from its actions are the
// server's once things stop going wrong. Method: a server in memory, faults drawn from a seed, then a phase without
// faults that must end with equal sets. The seed is in the failure's message.

@Suite("Reflector: simulation")
struct ReflectorSimulationTests {
  @Test(
    "SEMANTICS 8, 9: after random faults the objects that follow from the actions are the server's",
    arguments: 0..<8)
  func converges(part: Int) {
    var faultsDrawn: Set<String> = []
    for seed in UInt64(part) * 250..<UInt64(part + 1) * 250 {
      var run = ReflectorSimulation(seed: seed)
      run.harness.isLogging = false
      run.faults(steps: 120)
      run.settle()
      faultsDrawn.formUnion(run.drawn)
      #expect(run.harness.objects.known == run.server.state, "seed \(seed)")
      #expect(run.harness.objects.faults.isEmpty, "seed \(seed)")
      #expect(run.harness.reflector.isSynced, "seed \(seed)")
    }
    #expect(faultsDrawn.count >= 20, "faults that were never drawn test nothing: \(faultsDrawn.sorted())")
  }

  @Test("A run repeats itself to the letter from its seed")
  func deterministic() {
    func words(_ seed: UInt64) -> [String] {
      var run = ReflectorSimulation(seed: seed)
      run.faults(steps: 200)
      run.settle()
      return run.harness.actions()
    }
    #expect(words(42) == words(42))
    #expect(words(42) != words(43))
  }
}

/// One run of a reflector against a `FakeCollection`.
struct ReflectorSimulation {
  var harness: ReflectorHarness
  private(set) var server = FakeCollection()
  /// The faults that were drawn.
  private(set) var drawn: Set<String> = []
  private var random: SeededRandom
  /// The watch that is open at present, and the version it has reached.
  private var answering: UInt32?
  private var position = 0
  /// The open watch was asked for a streaming list, and knows none.
  private var isPlain = false
  /// What was cut off the last chunk.
  private var remainder = ""
  private let restores: Bool
  /// Whether the server has streaming lists; where it has not, whether it takes them for plain watches.
  private let serverStreams: Bool
  private let ignoresStreams: Bool

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    for _ in 0..<20 { server.change(&random) }
    restores = random.below(4) == 0
    let pageSize = 1 + random.below(8)
    let server = random.below(6)
    serverStreams = server < 4
    ignoresStreams = server == 5
    harness = ReflectorHarness(seed: seed, streams: random.below(4) > 0) { $0.pageSize = pageSize }
  }

  // MARK: With faults

  mutating func faults(steps: Int) {
    for _ in 0..<steps {
      switch random.below(12) {
      case 0...3: server.change(&random)
      case 4: if random.below(6) == 0 { compact() }
      case 5: if restores, random.below(12) == 0 { restore() }
      case 6: harness.advance(seconds: Double(random.below(40)) / 10)
      case 7: if harness.wait != nil || random.below(3) == 0 { runDeadline() }
      default: stepRequest()
      }
    }
  }

  private mutating func runDeadline() {
    if harness.request != nil { drawn.insert("silence") }
    harness.runDeadline()
  }

  private mutating func compact() {
    drawn.insert("compaction")
    server.compact()
  }

  private mutating func restore() {
    drawn.insert("restore")
    server.restore(&random)
    // A restore takes the API server down.
    if harness.request != nil { end(.failed("restart")) }
  }

  private mutating func stepRequest() {
    guard let request = harness.request else { return harness.runDeadline() }
    if answering == request { return stepWatch() }
    if random.below(3) == 0 { return failAnswer() }
    if harness.streaming { return openWatch(request) }
    let (status, body) = server.page(query)
    if random.below(12) == 0 {
      drawn.insert("page cut")
      harness.handle(.head(request: request, status: status, retryAfterSeconds: nil))
      harness.bytes(String(body.prefix(random.below(body.utf8.count))))
      return end(.failed("cut"))
    }
    harness.answer(status, body)
  }

  /// Another answer than the right one.
  private mutating func failAnswer() {
    let errors = [
      (500, ""), (503, ""), (429, ""), (403, "Forbidden"), (404, ""), (401, ""), (410, "Expired"), (502, ""),
    ]
    let kind = random.below(errors.count + 4)
    drawn.insert("answer \(kind)")
    switch kind {
    case 0: end(.refused)
    case 1: end(.failed("reset"))
    case 2: end(.complete)
    case 3: harness.answer(200, "<html>\nsign in\n</html>\n")
    default:
      let (code, reason) = errors[kind - 4]
      harness.answerStatus(code, reason, retryAfter: random.below(4) == 0 ? 2 : nil)
    }
  }

  private mutating func stepWatch() {
    switch random.below(20) {
    case 0:
      drawn.insert("watch cut mid-line")
      if !remainder.isEmpty { send(String(remainder.prefix(random.below(remainder.utf8.count)))) }
      if remainder.isEmpty, let line = server.lines(after: position)?.first?.line {
        send(String(line.prefix(random.below(line.count))))
      }
      end(.failed("cut"))
    case 1:
      drawn.insert("watch ends")
      end(.complete)
    case 2:
      drawn.insert("garbage line")
      flush()
      send("{\"type\":\"ADDED\",\"object\":\n")
    case 3:
      drawn.insert("410 in the stream")
      flush()
      send(KubeText.error(410, "Expired"))
    case 4:
      drawn.insert("500 in the stream")
      flush()
      send(KubeText.error(500, "InternalError"))
    case 5:
      drawn.insert("stale answer")
      harness.handle(.bytes(request: (answering ?? 1) &- 1, Array(KubeText.event("ADDED", "ghost", 1).utf8)))
    case 6, 7: deliverBookmark()
    default: deliver(cut: random.below(2) == 0)
    }
  }

  // MARK: Without faults

  /// Everything is answered rightly until nothing is left to say.
  mutating func settle() {
    var quiet = 0
    for _ in 0..<2000 where quiet < 3 {
      guard let request = harness.request else {
        harness.runDeadline()
        continue
      }
      if answering == request {
        deliver(cut: false)
        if isPlain {
          harness.runDeadline()
          continue
        }
        guard let answering, answering == harness.request, position <= server.version else {
          // A version that is not reached yet: silence, until the watch's time is over.
          harness.advance(seconds: 600)
          end(.complete)
          continue
        }
        deliverBookmark()
        quiet += 1
      } else if harness.streaming {
        openWatch(request)
      } else {
        // The wait of a server that was asked for a version it does not have.
        harness.advance(seconds: 3)
        let (status, body) = server.page(query)
        harness.answer(status, body)
      }
    }
  }

  // MARK: Both

  private var query: [String: String] {
    var query: [String: String] = [:]
    for pair in harness.target.split(separator: "?").last?.split(separator: "&") ?? [] {
      let parts = pair.split(separator: "=")
      if parts.count == 2 { query[String(parts[0])] = String(parts[1]) }
    }
    return query
  }

  /// A list as a stream, or what a server without them makes of it.
  private mutating func openStream(_ request: UInt32) {
    if let floor = query["resourceVersion"].flatMap({ Int($0) }), floor > server.version {
      return harness.answerStatus(504, "Timeout", details: KubeText.tooLarge)
    }
    guard serverStreams || ignoresStreams else {
      drawn.insert("streaming list refused")
      return harness.answerStatus(422, "Invalid")
    }
    harness.open()
    answering = request
    position = server.version
    remainder = server.objects.keys.sorted().map { name in
      KubeText.event("ADDED", name, server.objects[name]?.version ?? 0, uid: server.objects[name]?.uid ?? 0)
    }.joined()
    if serverStreams {
      drawn.insert("streaming list")
      remainder += KubeText.listEnd(server.version)
    } else {
      drawn.insert("streaming list taken for a watch")
    }
    isPlain = !serverStreams
  }

  private mutating func openWatch(_ request: UInt32) {
    isPlain = false
    if query["sendInitialEvents"] != nil { return openStream(request) }
    position = query["resourceVersion"].flatMap { Int($0) } ?? 0
    if server.lines(after: position) == nil, random.below(2) == 0 {
      drawn.insert("410 as status")
      return harness.answerStatus(410, "Expired")
    }
    harness.open()
    answering = request
    remainder = ""
  }

  private mutating func deliver(cut: Bool) {
    if isPlain {
      flush()
      return
    }
    guard let lines = server.lines(after: position) else {
      drawn.insert("410 after a compaction")
      flush()
      return send(KubeText.error(410, "Expired"))
    }
    var text = remainder + lines.map(\.line).joined()
    position = lines.last?.version ?? position
    remainder = ""
    if cut, !text.isEmpty {
      drawn.insert("chunk cut mid-line")
      let kept = random.below(text.utf8.count)
      remainder = String(text.dropFirst(kept))
      text = String(text.prefix(kept))
    }
    if !text.isEmpty { send(text) }
  }

  private mutating func flush() {
    let rest = remainder
    remainder = ""
    if !rest.isEmpty { send(rest) }
  }

  private mutating func deliverBookmark() {
    guard let lines = server.lines(after: position), lines.isEmpty, position <= server.version else { return }
    flush()
    position = server.version
    send(KubeText.bookmark(server.version))
  }

  private mutating func send(_ text: String) {
    guard answering == harness.request else { return }
    harness.bytes(text)
  }

  private mutating func end(_ end: ReflectorTransferEnd) {
    answering = nil
    harness.end(end)
  }
}
