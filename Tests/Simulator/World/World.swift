import HubEngine
import JSONScan

/// The engine in a world of virtual time: a `FakeCluster` answers its requests, at once or when the test says so;
/// sinks are answered by the test.
struct World {
  static let start = EngineTime(monotonic: 1_000_000_000, wall: 1_764_000_000_000_000_000)

  /// A request to the API server that has no answer yet.
  struct Held {
    var id: RequestID
    var request: APIRequest
    /// What the API server said, if it has dealt with it already and only the answer is under way.
    var answer: [EngineInput]?
  }

  struct Watch {
    var resource: FakeCluster.Resource
    var version: Int
    /// Only the objects' metadata is asked for.
    var isPartial = false
    /// When it last brought anything, monotonic.
    var heardAt: UInt64
    /// The initial events of a streaming list, and the bookmark that ends them, that it did not bring yet.
    var initial: [JSONValue] = []
  }

  /// What the API server makes of a request for a streaming list.
  enum StreamingLists {
    case served
    /// 422, as older servers.
    case refused
    /// It sends a plain watch, without the bookmark.
    case ignored
  }

  var engine: HubEngine
  var cluster = FakeCluster()
  var now = World.start
  /// Counts the batches that the engine has handled: what happened in one batch has no other order.
  var turn = 0
  /// Deliveries that wait for an answer, oldest first.
  var sent: [Sent] = []
  /// Everything ever sent.
  var history: [Sent] = []
  var notices: [Notice] = []
  var untold: [Untold] = []
  /// Requests that were made: method and target.
  var requests: [String] = []
  /// Status patches by object's name, the last of each, and how many there were.
  var statuses: [String: JSONValue] = [:]
  var statusWrites = 0
  /// Open watches by request.
  var watches: [RequestID: Watch] = [:]
  /// Requests without an answer.
  var held: [Held] = []
  /// All effects in words, if they are wanted.
  var trace: [String]?
  /// False: the API server takes requests, and answers only those that the test releases.
  var isAnswering = true {
    didSet { if isAnswering { releaseAll() } }
  }
  /// False: watches are open and silent, until the test lets events through.
  var isStreaming = true {
    didSet { if isStreaming { give() } }
  }
  /// True: nobody listens. Set by `stopAPIServer`.
  var isDown = false
  /// Status writes are answered with this.
  var statusAnswer = 200
  /// The Events that the hub wrote, by name those that there are, and all bodies in order.
  var announced: [JSONValue] = []
  var announcedNames: Set<String> = []
  /// New Events are answered with this.
  var announcementAnswer = 201
  /// What service accounts may do, and how reviews of that are answered.
  var rights = FakeRights()
  /// Pages hold at most so many objects, whatever was asked for.
  var pageLimit = Int.max
  /// Resources that may not be listed and watched: 403.
  var forbidden: Set<FakeCluster.Resource> = []
  /// Answers that stand for all requests whose target begins so.
  var badAnswers: [(prefix: String, status: Int, body: String)] = []
  /// Whether the form of metadata alone is known.
  var hasPartialObjects = true
  /// Whether there are streaming lists.
  var streamingLists = StreamingLists.refused
  /// How many versions a list may lag behind, where the request allows it.
  var listLag = 0

  /// What the hub is told once; a hub that is restarted is told what stands here then.
  var configuration: EngineConfiguration
  /// The journal, if the hub keeps one.
  var journal = FakeJournal()
  /// Deliveries that wait for the journal.
  var gated: [Sent] = []
  /// Everything that ever waited for the journal: it counts as attempted, although it may never have left.
  var everGated: [Sent] = []
  /// Why the engine asked for the process to end.
  var stopped: StopReason?

  // Deaths and faults.
  /// The hub dies once it has had so many more effects.
  var dieAfter: Int?
  /// It is dead, until `crash`.
  var hasDied = false
  /// What the last batch had changed was not even appended to the journal.
  var hasDiedUnwritten = false
  /// What the last restart found in the journal.
  var lastOpening = "nothing"
  /// Why the journal could not be read.
  var journalFault: String?
  /// So many of the next requests are answered 429 or 500.
  var overload = 0
  /// So many of the next pages that continue a list are answered 410.
  var expiringPages = 0
  /// A fault between the engine and its world, for tests of the checkers.
  var sabotage: (any Sabotage)?
  /// Deliveries that were sent while another of the same key and sink was under way.
  var overlaps: [Sent] = []
  /// How often something rare has happened.
  var rare = RareCounts()
  /// Ids that are answered: an answer to them now is stale.
  var oldDeliveries: [DeliveryID] = []

  init(configure: (inout EngineConfiguration) -> Void = { _ in }) {
    var configuration = EngineConfiguration(source: "http://api.test:6443")
    configuration.sinkPolicy.allow.append(.loopback)
    configuration.seed = 42
    // Most rules are about something else than how a sink wakes.
    configuration.limits.coldSinkDeliveries = 64
    configure(&configuration)
    self.configuration = configuration
    engine = HubEngine(configuration)
  }

  var snapshot: EngineSnapshot { engine.snapshot(at: now) }

  // MARK: Running

  /// Begins, and lets everything happen that needs no time.
  mutating func begin() { give([.start]) }

  /// Gives inputs and lets everything happen that follows at once.
  mutating func give(_ inputs: [EngineInput] = []) {
    var pending = inputs
    repeat {
      guard !hasDied else { return }
      turn += 1
      if sabotage != nil { pending = sabotage?.inputs(pending) ?? [] }
      var effects = engine.handle(pending, at: now)
      pending = []
      if sabotage != nil { effects = sabotage?.effects(effects, answering: &pending) ?? [] }
      for (index, effect) in effects.enumerated() {
        guard dieAfter != 0 else { return die(before: effects[index...], after: effects[..<index]) }
        dieAfter = dieAfter.map { $0 - 1 }
        pending += perform(effect)
      }
      if pending.isEmpty, isStreaming { pending = pump() }
    } while !pending.isEmpty
  }

  private mutating func die(before rest: ArraySlice<EngineEffect>, after done: ArraySlice<EngineEffect>) {
    hasDied = true
    hasDiedUnwritten = rest.contains { if case .journal = $0 { true } else { false } }
    let hasWritten = done.contains { if case .journal = $0 { true } else { false } }
    if hasWritten, rest.contains(where: { if case .send = $0 { true } else { false } }) {
      rare.note(.diedBetweenJournalAndSend)
    }
    // What the journal holds counts as attempted, whether it left or not.
    for case .send(let id, let request) in rest where hasWritten {
      everGated.append(Sent(id: id, request: request, sentAt: now.monotonic, turn: turn))
    }
  }

  /// Lets time pass, stopping at each deadline on the way.
  mutating func advance(seconds: Double) {
    let end = now.monotonic + UInt64(seconds * 1e9)
    while !hasDied, let next = [engine.nextDeadline, nextBookmark].compactMap({ $0 }).min(), next <= end {
      pass(to: max(next, now.monotonic))
      give([.tick])
    }
    pass(to: end)
    give([.tick])
  }

  private mutating func pass(to monotonic: UInt64) {
    now.wall += Int64(monotonic - now.monotonic)
    now.monotonic = monotonic
  }

  /// The wall clock is set, as an administrator or NTP does.
  mutating func jumpWall(seconds: Int64) { now.wall += seconds * 1_000_000_000 }

  // MARK: Sinks

  /// Answers the oldest delivery that waits.
  mutating func answer(_ status: Int = 200, retryAfter: Int? = nil) {
    guard !sent.isEmpty else { return }
    answer(sent[0].id, .status(status, retryAfterSeconds: retryAfter))
  }

  mutating func answer(_ id: DeliveryID, _ answer: SinkAnswer) {
    sent.removeAll { $0.id == id }
    oldDeliveries.append(id)
    if oldDeliveries.count > 16 { oldDeliveries.removeFirst() }
    give([.sinkAnswer(id, answer)])
  }

  /// Says yes to everything until nothing more is sent.
  mutating func acknowledgeAll() {
    while !sent.isEmpty { answer(200) }
  }

  var summaries: [String] { sent.map(\.summary) }
}
