import Synchronization
import TestSupport
import Testing

@testable import ReconcilerKit

@Suite("Keyed serializer")
struct KeyedSerializerTests {
  typealias Serializer = KeyedSerializer<String, Work, Int>

  /// Runs `work` with the last of the inputs that share the run.
  private func serializer(
    maxConcurrent: Int = 4, maxAdmitted: Int = 100, maxAttempts: Int = 3,
    _ work: @escaping @Sendable (Int) async -> Int
  ) -> Serializer {
    Serializer(maxConcurrent: maxConcurrent, maxAdmitted: maxAdmitted, maxAttempts: maxAttempts) { inputs in
      await work(inputs.last?.number ?? -1)
    }
  }

  @Test("A key runs once at a time, and what came meanwhile becomes one run with the newest input")
  func mergesWaiting() async throws {
    let (gate, runs) = (Gate(), Recorder<Int>())
    let serializer = serializer { input in
      runs.append(input)
      await gate.pass()
      return input
    }
    async let first = serializer.submit(Work(number: 1), for: "a")
    try await waitUntil("the first runs") { await gate.waitingCount == 1 }
    var others: [Task<Int, any Error>] = []
    for input in 2...5 {
      others.append(Task { try await serializer.submit(Work(number: input), for: "a") })
      try await waitUntil("it waits") { await serializer.admitted == input }
    }
    #expect(runs.values == [1])
    await gate.releaseAll()
    #expect(try await first == 1)
    try await waitUntil("the merged run runs") { await gate.waitingCount == 1 }
    await gate.open()
    for other in others { #expect(try await other.value == 5) }
    #expect(runs.values == [1, 5])
    #expect(await serializer.admitted == 0)
  }

  @Test("Different keys run at once, up to the limit; the next begins when one ends")
  func runsKeysInParallel() async throws {
    let (gate, runs) = (Gate(), Recorder<Int>())
    let serializer = serializer(maxConcurrent: 3) { input in
      runs.append(input)
      await gate.pass()
      return input
    }
    let tasks = (1...5).map { input in
      Task { try await serializer.submit(Work(number: input), for: "key \(input)") }
    }
    try await waitUntil("three run") { await gate.waitingCount == 3 }
    try await waitUntil("all are admitted") { await serializer.admitted == 5 }
    #expect(runs.values.count == 3)
    #expect(await serializer.running == 3)
    await gate.open()
    for (index, task) in tasks.enumerated() { #expect(try await task.value == index + 1) }
    #expect(Set(runs.values) == [1, 2, 3, 4, 5])
  }

  @Test("What is admitted is bounded: one more is refused, and taken again when there is room")
  func isBounded() async throws {
    let gate = Gate()
    let serializer = serializer(maxConcurrent: 1, maxAdmitted: 2) { input in
      await gate.pass()
      return input
    }
    let tasks = (1...2).map { input in Task { try await serializer.submit(Work(number: input), for: "a") } }
    try await waitUntil("both are admitted") { await serializer.admitted == 2 }
    await #expect(throws: Serializer.Refusal.full(limit: 2)) {
      try await serializer.submit(Work(number: 3), for: "b")
    }
    await gate.open()
    for task in tasks { _ = try await task.value }
    #expect(try await serializer.submit(Work(number: 3), for: "b") == 3)
  }

  @Test(
    "SEMANTICS 16: a second attempt joins the first that runs, and gets its outcome; what is newer runs after"
  )
  func joinsRunning() async throws {
    let (gate, runs) = (Gate(), Recorder<Int>())
    let serializer = serializer { input in
      runs.append(input)
      await gate.pass()
      return runs.values.count * 10
    }
    let first = Task { try await serializer.submit(Work(number: 1), for: "a") }
    try await waitUntil("the first runs") { await gate.waitingCount == 1 }
    let newer = Task { try await serializer.submit(Work(number: 2), for: "a") }
    try await waitUntil("the newer one waits") { await serializer.admitted == 2 }
    let second = Task { try await serializer.submit(Work(number: 1), for: "a") }
    try await waitUntil("the second attempt waits") { await serializer.admitted == 3 }
    #expect(runs.values == [1])
    await gate.releaseAll()
    #expect(try await first.value == 10)
    #expect(try await second.value == 10)
    try await waitUntil("the newer one runs") { await gate.waitingCount == 1 }
    await gate.open()
    #expect(try await newer.value == 20)
    #expect(runs.values == [1, 2])
    #expect(try await serializer.submit(Work(number: 1), for: "a") == 30, "ended runs are joined no more")
  }

  @Test("What cannot share a run has one of its own, in the order of arrival; attempts join theirs")
  func keepsApart() async throws {
    let (gate, runs) = (Gate(), Recorder<Int>())
    let serializer = serializer { input in
      runs.append(input)
      await gate.pass()
      return input
    }
    var tasks: [Task<Int, any Error>] = []
    for (number, kind) in [(0, 0), (1, 1), (2, 1), (3, 2), (4, 1), (1, 1), (3, 2)] {
      tasks.append(Task { try await serializer.submit(Work(number: number, kind: kind), for: "a") })
      let count = tasks.count
      try await waitUntil("it is admitted") { await serializer.admitted == count }
    }
    await gate.open()
    var outcomes: [Int] = []
    for task in tasks { outcomes.append(try await task.value) }
    #expect(outcomes == [0, 2, 2, 3, 4, 2, 3])
    #expect(runs.values == [0, 2, 3, 4])
  }

  @Test("So many attempts of one thing wait for it and no more: the first of them is let go")
  func boundsAttempts() async throws {
    let gate = Gate()
    let serializer = serializer(maxAttempts: 2) { input in
      await gate.pass()
      return input
    }
    let overtaken = Task { try await serializer.submit(Work(number: 1), for: "a") }
    try await waitUntil("it runs") { await gate.waitingCount == 1 }
    let second = Task { try await serializer.submit(Work(number: 1), for: "a") }
    try await waitUntil("two wait") { await serializer.admitted == 2 }
    let third = Task { try await serializer.submit(Work(number: 1), for: "a") }
    await #expect(throws: Serializer.Refusal.overtaken) { try await overtaken.value }
    #expect(await serializer.admitted == 2)
    await gate.open()
    #expect(try await second.value == 1)
    #expect(try await third.value == 1)
    #expect(await serializer.admitted == 0)
  }

  @Test(
    "Under random load no key overlaps itself, and everyone is answered by a run of the own key")
  func keepsItsPromises() async throws {
    let (problems, running) = (Recorder<String>(), Depths())
    let serializer = serializer(maxAdmitted: 10_000) { input in
      let key = input % 7
      if running.enter(key) != 1 { problems.append("overlap of \(key)") }
      await Task.yield()
      running.leave(key)
      return input
    }
    await withTaskGroup(of: Void.self) { group in
      for input in 0..<2_000 {
        group.addTask {
          let outcome = try? await serializer.submit(Work(number: input), for: "\(input % 7)")
          // Merged inputs are of the same key.
          if outcome.map({ $0 % 7 }) != input % 7 { problems.append("\(input) got \(outcome ?? -1)") }
        }
      }
    }
    #expect(problems.values == [])
    #expect(await serializer.running == 0)
    #expect(await serializer.admitted == 0)
  }
}

/// A number; of a kind with others or not.
struct Work: SerializedInput {
  var number: Int
  var kind = 0

  var identity: Int { number }
  func sharesRun(with later: Work) -> Bool { kind == later.kind }
}

/// How many runs of each key there are at this moment.
private final class Depths: Sendable {
  private let depths = Mutex<[Int: Int]>([:])

  func enter(_ key: Int) -> Int {
    depths.withLock { depths in
      depths[key, default: 0] += 1
      return depths[key] ?? 0
    }
  }

  func leave(_ key: Int) { depths.withLock { $0[key, default: 0] -= 1 } }
}
