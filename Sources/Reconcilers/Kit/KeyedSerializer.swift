/// What a serializer must know of what it runs.
protocol SerializedInput: Sendable {
  associatedtype Identity: Hashable & Sendable

  /// Equal over all attempts of one thing, and over nothing else.
  var identity: Identity { get }

  /// Whether one run can do for this and for `later`, which came while this one waits.
  func sharesRun(with later: Self) -> Bool
}

/// Runs work one at a time per key and in parallel over keys.
///
/// A second attempt joins the first, whether that waits or runs, and gets its outcome. What else arrives for a key that is
/// running waits, and what waits for one key and can share a run becomes one run: its outcome is everybody's. So a burst
/// about one object costs two runs, whatever its length. What is admitted, running or waiting, is bounded.
actor KeyedSerializer<Key: Hashable & Sendable, Input: SerializedInput, Outcome: Sendable> {
  /// Why a submission gets no outcome.
  enum Refusal: Error, Equatable {
    /// More than `limit` submissions are running or waiting; try again later.
    case full(limit: Int)
    /// So many later attempts of the same wait that nobody can still wait for this one.
    case overtaken
  }

  private typealias Waiting = CheckedContinuation<Result<Outcome, Refusal>, Never>

  /// Submissions that one run will answer.
  private struct Batch {
    /// In the order of arrival, one of each identity.
    var inputs: [Input]
    var waiting: [(identity: Input.Identity, continuation: Waiting)]

    func holds(_ identity: Input.Identity) -> Bool { inputs.contains { $0.identity == identity } }
  }

  private struct Lane {
    var running: Batch?
    /// The next runs, in order. If there are some and nothing is running, the key is in `ready`.
    var next: [Batch] = []
  }

  private let maxConcurrent: Int
  private let maxAdmitted: Int
  private let maxAttempts: Int
  private let work: @Sendable ([Input]) async -> Outcome
  private var lanes: [Key: Lane] = [:]
  private var ready: [Key] = []
  private(set) var running = 0
  private(set) var admitted = 0

  /// - Parameters:
  ///   - maxConcurrent: how many keys run at once; the others wait in the order of arrival.
  ///   - maxAdmitted: how many submissions may run or wait.
  ///   - maxAttempts: how many attempts of one thing may wait for its outcome; with one more, the first is refused.
  ///   - work: one run, for inputs that share it, in the order of arrival.
  init(
    maxConcurrent: Int, maxAdmitted: Int, maxAttempts: Int,
    work: @escaping @Sendable ([Input]) async -> Outcome
  ) {
    precondition(
      maxConcurrent > 0 && maxAdmitted > 0 && maxAttempts > 0, "a serializer that admits nothing is a mistake"
    )
    self.maxConcurrent = maxConcurrent
    self.maxAdmitted = maxAdmitted
    self.maxAttempts = maxAttempts
    self.work = work
  }

  /// Returns when a run for this input has ended: one that began after this call, or one that an earlier attempt waits for.
  func submit(_ input: Input, for key: Key) async throws(Refusal) -> Outcome {
    guard admitted < maxAdmitted else { throw .full(limit: maxAdmitted) }
    admitted += 1
    return try await withCheckedContinuation { continuation in
      enqueue(input, for: key, continuation)
    }.get()
  }

  private func enqueue(_ input: Input, for key: Key, _ continuation: Waiting) {
    var lane = lanes[key] ?? Lane()
    if lane.running?.holds(input.identity) == true {
      lane.running = lane.running.map { join($0, input, continuation) }
    } else if let place = lane.next.firstIndex(where: { $0.holds(input.identity) }) {
      lane.next[place] = join(lane.next[place], input, continuation)
    } else if let last = lane.next.last, last.inputs.allSatisfy({ $0.sharesRun(with: input) }) {
      lane.next[lane.next.count - 1] = Batch(
        inputs: last.inputs + [input], waiting: last.waiting + [(input.identity, continuation)])
    } else {
      lane.next.append(Batch(inputs: [input], waiting: [(input.identity, continuation)]))
      if lane.running == nil, lane.next.count == 1 { ready.append(key) }
    }
    lanes[key] = lane
    startReady()
  }

  /// One more attempt of what the batch holds already.
  private func join(_ batch: Batch, _ input: Input, _ continuation: Waiting) -> Batch {
    var batch = batch
    let attempts = batch.waiting.indices.filter { batch.waiting[$0].identity == input.identity }
    if attempts.count >= maxAttempts, let oldest = attempts.first {
      batch.waiting.remove(at: oldest).continuation.resume(returning: .failure(.overtaken))
      admitted -= 1
    }
    batch.waiting.append((input.identity, continuation))
    return batch
  }

  private func startReady() {
    while running < maxConcurrent, !ready.isEmpty {
      let key = ready.removeFirst()
      guard var lane = lanes[key], !lane.next.isEmpty else {
        preconditionFailure("a ready key has a batch")
      }
      let batch = lane.next.removeFirst()
      lane.running = batch
      lanes[key] = lane
      running += 1
      Task {
        let outcome = await work(batch.inputs)
        finish(key, with: outcome)
      }
    }
  }

  private func finish(_ key: Key, with outcome: Outcome) {
    guard var lane = lanes[key], let batch = lane.running else {
      preconditionFailure("what ends was running")
    }
    for (_, continuation) in batch.waiting { continuation.resume(returning: .success(outcome)) }
    admitted -= batch.waiting.count
    running -= 1
    lane.running = nil
    lanes[key] = lane.next.isEmpty ? nil : lane
    if !lane.next.isEmpty { ready.append(key) }
    startReady()
  }
}
