/// Runs work one at a time per key and in parallel over keys.
///
/// What arrives for a key that is running waits, and all that waits for one key becomes one run with the newest
/// input: its outcome is everybody's. So a burst about one object costs two runs, whatever its length. What is
/// admitted, running or waiting, is bounded.
actor KeyedSerializer<Key: Hashable & Sendable, Input: Sendable, Outcome: Sendable> {
  /// More than `limit` submissions are running or waiting; try again later.
  struct Full: Error, Equatable {
    let limit: Int
  }

  /// Submissions that one run will answer.
  private struct Batch {
    var input: Input
    var waiting: [CheckedContinuation<Outcome, Never>]
  }

  private struct Lane {
    var isRunning = false
    /// The next run. Present and not running: the key is in `ready`.
    var next: Batch?
  }

  private let maxConcurrent: Int
  private let maxAdmitted: Int
  private let work: @Sendable (Input) async -> Outcome
  private var lanes: [Key: Lane] = [:]
  private var ready: [Key] = []
  private(set) var running = 0
  private(set) var admitted = 0

  /// - Parameters:
  ///   - maxConcurrent: how many keys run at once; the others wait in the order of arrival.
  ///   - maxAdmitted: how many submissions may run or wait.
  init(maxConcurrent: Int, maxAdmitted: Int, work: @escaping @Sendable (Input) async -> Outcome) {
    precondition(maxConcurrent > 0 && maxAdmitted > 0, "a serializer that admits nothing is a mistake")
    self.maxConcurrent = maxConcurrent
    self.maxAdmitted = maxAdmitted
    self.work = work
  }

  /// Returns when a run that began after this call has ended.
  func submit(_ input: Input, for key: Key) async throws(Full) -> Outcome {
    guard admitted < maxAdmitted else { throw Full(limit: maxAdmitted) }
    admitted += 1
    return await withCheckedContinuation { continuation in
      enqueue(input, for: key, continuation)
    }
  }

  private func enqueue(
    _ input: Input, for key: Key, _ continuation: CheckedContinuation<Outcome, Never>
  ) {
    var lane = lanes[key] ?? Lane()
    if var batch = lane.next {
      batch.input = input
      batch.waiting.append(continuation)
      lane.next = batch
    } else {
      lane.next = Batch(input: input, waiting: [continuation])
      if !lane.isRunning { ready.append(key) }
    }
    lanes[key] = lane
    startReady()
  }

  private func startReady() {
    while running < maxConcurrent, !ready.isEmpty {
      let key = ready.removeFirst()
      guard let batch = lanes[key]?.next else { preconditionFailure("a ready key has a batch") }
      lanes[key] = Lane(isRunning: true, next: nil)
      running += 1
      Task {
        let outcome = await work(batch.input)
        finish(batch, of: key, with: outcome)
      }
    }
  }

  private func finish(_ batch: Batch, of key: Key, with outcome: Outcome) {
    for continuation in batch.waiting { continuation.resume(returning: outcome) }
    admitted -= batch.waiting.count
    running -= 1
    if lanes[key]?.next != nil {
      lanes[key]?.isRunning = false
      ready.append(key)
    } else {
      lanes[key] = nil
    }
    startReady()
  }
}
