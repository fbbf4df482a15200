import Synchronization
import TestSupport
import Testing

@testable import ReconcilerKit

@Suite("Keyed serializer")
struct KeyedSerializerTests {
  typealias Serializer = KeyedSerializer<String, Int, Int>

  @Test("A key runs once at a time, and what came meanwhile becomes one run with the newest input")
  func mergesWaiting() async throws {
    let (gate, runs) = (Gate(), Recorder<Int>())
    let serializer = Serializer(maxConcurrent: 4, maxAdmitted: 100) { input in
      runs.append(input)
      await gate.pass()
      return input
    }
    async let first = serializer.submit(1, for: "a")
    try await waitUntil("the first runs") { await gate.waitingCount == 1 }
    var others: [Task<Int, any Error>] = []
    for input in 2...5 {
      others.append(Task { try await serializer.submit(input, for: "a") })
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
    let serializer = Serializer(maxConcurrent: 3, maxAdmitted: 100) { input in
      runs.append(input)
      await gate.pass()
      return input
    }
    let tasks = (1...5).map { input in Task { try await serializer.submit(input, for: "key \(input)") } }
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
    let serializer = Serializer(maxConcurrent: 1, maxAdmitted: 2) { input in
      await gate.pass()
      return input
    }
    let tasks = (1...2).map { input in Task { try await serializer.submit(input, for: "a") } }
    try await waitUntil("both are admitted") { await serializer.admitted == 2 }
    await #expect(throws: Serializer.Full(limit: 2)) { try await serializer.submit(3, for: "b") }
    await gate.open()
    for task in tasks { _ = try await task.value }
    #expect(try await serializer.submit(3, for: "b") == 3)
  }

  @Test(
    "Under random load no key overlaps itself, and everyone is answered by a run of the own key")
  func keepsItsPromises() async throws {
    let (problems, running) = (Recorder<String>(), Depths())
    let serializer = KeyedSerializer<Int, Int, Int>(maxConcurrent: 4, maxAdmitted: 10_000) { input in
      let key = input % 7
      if running.enter(key) != 1 { problems.append("overlap of \(key)") }
      await Task.yield()
      running.leave(key)
      return input
    }
    await withTaskGroup(of: Void.self) { group in
      for input in 0..<2_000 {
        group.addTask {
          let outcome = try? await serializer.submit(input, for: input % 7)
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
