import HubEngine

/// The hub's own engine, whose events are printed in place of being sent: what it follows and decides cannot differ from
/// the hub. It is told of the subscriptions as if the cluster had them, so that rights are reviewed. Only what reads
/// goes out to the API server: GETs, and reviews of rights, which leave nothing behind.
struct TailEngine: LoopEngine {
  /// What is wanted.
  struct Options: Sendable {
    /// Review the rights of the service accounts; else everything is allowed.
    var reviewsRights = true
    /// End when all that exists was told.
    var endsAfterInitial = false
  }

  private var engine: HubEngine
  private let subscriptions: TailedSubscriptions
  private let options: Options
  private let print: @Sendable (TailLine) -> Void
  private let notice: @Sendable (String) -> Void
  private let whenOver: @Sendable (_ isGood: Bool) -> Void
  /// Requests that end by themselves, and have not.
  private var reads: Set<RequestID> = []
  /// What was said of each subscription's conditions.
  private var said: [String: String] = [:]
  private var isOver = false

  init(
    _ engine: HubEngine, _ subscriptions: TailedSubscriptions, options: Options,
    print: @escaping @Sendable (TailLine) -> Void, notice: @escaping @Sendable (String) -> Void,
    whenOver: @escaping @Sendable (_ isGood: Bool) -> Void
  ) {
    self.engine = engine
    self.subscriptions = subscriptions
    self.options = options
    self.print = print
    self.notice = notice
    self.whenOver = whenOver
  }

  var nextDeadline: UInt64? { engine.nextDeadline }

  func snapshot(at now: EngineTime) -> EngineSnapshot { engine.snapshot(at: now) }

  mutating func handle(_ inputs: [EngineInput], at now: EngineTime) -> [EngineEffect] {
    for case .responseEnd(let id, _) in inputs { reads.remove(id) }
    var passed: [EngineEffect] = []
    var batch = inputs
    repeat {
      var answers: [EngineInput] = []
      for effect in engine.handle(batch, at: now) {
        if isPassed(effect, at: now, &answers) { passed.append(effect) }
      }
      batch = answers
    } while !batch.isEmpty
    report(engine.snapshot(at: now))
    return passed
  }

  /// Whether an effect is the shell's; if not, it is done here, and answered.
  private mutating func isPassed(
    _ effect: EngineEffect, at now: EngineTime, _ answers: inout [EngineInput]
  ) -> Bool {
    switch effect {
    case .send(let id, let request):
      if let name = subscriptions.name(ofSink: request.url) {
        let attributes = TailedEvent.attributes(of: request.headers)
        print(
          TailLine(
            subscription: name, wall: now.wall, matter: .event(attributes: attributes, data: request.body)))
      }
      answers.append(.sinkAnswer(id, .status(204, retryAfterSeconds: nil)))
      return false
    case .untold(let untold):
      print(TailLine(subscription: untold.subscription, wall: now.wall, matter: .untold(untold)))
      return false
    case .request(let id, let request):
      guard let answer = answer(to: request) else {
        if !request.isStreaming { reads.insert(id) }
        return true
      }
      answers += [.responseHead(id, status: 200, retryAfterSeconds: nil), .responseBytes(id, answer.bytes)]
      if answer.ends { answers.append(.responseEnd(id, .complete)) }
      return false
    case .cancel(let id):
      reads.remove(id)
      return true
    case .cancelSend, .journal: return false
    case .stop, .notice: return true
    }
  }

  /// The answer to what does not go out.
  private func answer(to request: APIRequest) -> (bytes: [UInt8], ends: Bool)? {
    if request.method == "GET" {
      return request.target.hasPrefix(TailedSubscriptions.path)
        ? subscriptions.answer(to: request.target) : nil
    }
    guard request.method == "POST", request.target == AccessQuestion.target else {
      return ([0x7B, 0x7D], true)
    }
    return options.reviewsRights ? nil : (Array(#"{"status":{"allowed":true}}"#.utf8), true)
  }

  // MARK: What is in the way

  /// The conditions that say why nothing, or not all, is shown.
  private static let shown = ["ResourcesFound", "Authorized"]
  /// Of what is not known yet nothing is said.
  private static let passing: Set<String> = ["UnderReview", "NothingToReview", "Unknown"]

  private mutating func report(_ snapshot: EngineSnapshot) {
    // What is being looked up will be another thing in a moment.
    guard reads.isEmpty else { return }
    for subscription in snapshot.subscriptions {
      let name = subscription.namespace + "/" + subscription.name
      for condition in subscription.conditions where Self.shown.contains(condition.type) {
        let key = name + " " + condition.type
        if condition.status == "True" {
          if said.removeValue(forKey: key) != nil {
            notice("\(name): \(condition.type): \(condition.message)")
          }
        } else if !Self.passing.contains(condition.reason), said[key] != condition.message {
          said[key] = condition.message
          notice("\(name): \(condition.type) is \(condition.status): \(condition.message)")
        }
      }
    }
    guard options.endsAfterInitial, !isOver, isAllTold(snapshot) else { return }
    isOver = true
    whenOver(said.isEmpty)
  }

  /// Everything that exists was told, or cannot be.
  private func isAllTold(_ snapshot: EngineSnapshot) -> Bool {
    let isWaiting = snapshot.subscriptions.contains { subscription in
      subscription.conditions.contains { $0.reason == "NamespacesNotKnown" }
        || !subscription.conditions.contains { $0.type == "ResourcesFound" }
    }
    guard !isWaiting, snapshot.subscriptions.count == subscriptions.names.count else {
      return false
    }
    // What cannot be followed, or may not be told, is in the way for good.
    return snapshot.queueDepth == 0 && snapshot.inFlight == 0 && snapshot.isSynced || !said.isEmpty
  }
}
