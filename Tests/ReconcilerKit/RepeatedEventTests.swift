import HTTP
import TestSupport
import Testing

@testable import ReconcilerKit

/// What the hub does after a time-out or a crash, over real sockets.
@Suite("Events that come again")
struct RepeatedEventTests {
  private static func sequence(_ version: Int) -> String {
    let text = "\(version)"
    return "00000000." + String(repeating: "0", count: 39 - text.count) + text
  }

  private static func headers(
    _ id: String, version: Int, attempt: Int = 1, type: String = "update", uid: String = "u-1",
    cause: String = "change"
  ) -> HTTPHeaders {
    Events.headers(
      id: id, type: "dev.knative.apiserver.ref." + type,
      extra: [
        ("ce-uid", uid), ("ce-sequence", sequence(version)), ("ce-hubcause", cause),
        ("ce-hubattempt", "\(attempt)"),
      ])
  }

  @Test(
    "SEMANTICS 16: the hub gave up waiting: its second attempt gets the outcome of the first, which still runs"
  )
  func joins() async throws {
    let (gate, runs) = (Gate(), Recorder<String>())
    let harness = try Harness { request in
      runs.append(request.event.id)
      await gate.pass()
      return .requeue(afterSeconds: 7)
    }
    let impatient = HTTPClientThread()
    let first = Task {
      try await impatient.send(
        HTTPClientRequest(
          method: "POST", url: "http://127.0.0.1:\(harness.server.port)/",
          headers: Self.headers("a", version: 7), body: Events.reference, deadlineMilliseconds: 30_000))
    }
    try await waitUntil("the reconcile runs") { await gate.waitingCount == 1 }
    // As the hub after its time-out: the connection is closed, nobody waits for the answer.
    impatient.stop()
    await #expect(throws: (any Error).self) { try await first.value }
    let second = Task { try await harness.post(Self.headers("a", version: 7, attempt: 2), Events.reference) }
    try await waitUntil("the second attempt has joined") { await harness.receiver.serializer.admitted == 2 }
    let newer = Task { try await harness.post(Self.headers("b", version: 8), Events.reference) }
    try await waitUntil("the newer event waits") { await harness.receiver.serializer.admitted == 3 }
    #expect(runs.values == ["a"])
    await gate.releaseAll()
    let answer = try await second.value
    #expect(answer.status == 200)
    #expect(answer.headers[first: "Hub-Requeue-After"] == "7")
    try await waitUntil("the newer one runs by itself") { await gate.waitingCount == 1 }
    await gate.open()
    #expect(try await newer.value.status == 200)
    #expect(runs.values == ["a", "b"])
  }

  @Test("A failure is shared with the attempts that joined, and is not remembered")
  func sharesFailures() async throws {
    let (gate, runs) = (Gate(), Recorder<Int>())
    let harness = try Harness { request in
      runs.append(request.event.attempt)
      await gate.pass()
      if runs.values.count == 1 { throw ReconcilerError.conflict("not now") }
      return .done
    }
    let attempts = [1, 2].map { attempt in
      Task {
        try await harness.post(Self.headers("a", version: 7, attempt: attempt), Events.reference).status
      }
    }
    try await waitUntil("both wait for one run") { await harness.receiver.serializer.admitted == 2 }
    await gate.open()
    for attempt in attempts { #expect(try await attempt.value == 409) }
    #expect(try await harness.post(Self.headers("a", version: 7, attempt: 3), Events.reference).status == 200)
    #expect(runs.values.count == 2)
  }

  @Test("SEMANTICS 19: what was reconciled is acknowledged by its id, even while all reconciles are taken")
  func duplicates() async throws {
    let (gate, runs) = (Gate(), Recorder<String>())
    let harness = try Harness(limits: ReceiverLimits(maxConcurrent: 1, maxAdmitted: 1)) { request in
      runs.append(request.event.id)
      if request.name == "slow" { await gate.pass() }
      return .requeue(after: .milliseconds(1500))
    }
    #expect(try await harness.post(Self.headers("a", version: 7), Events.reference).status == 200)
    let slow = Task { try await harness.post(Events.headers(name: "slow", id: "s"), Events.reference).status }
    try await waitUntil("all reconciles are taken") { await gate.waitingCount == 1 }
    let again = try await harness.post(Self.headers("a", version: 7, attempt: 2), Events.reference)
    #expect(again.status == 200)
    #expect(again.headers[first: "Hub-Requeue-After"] == "1.5")
    #expect(try await harness.post(Self.headers("b", version: 8), Events.reference).status == 429)
    await gate.open()
    #expect(try await slow.value == 200)
    #expect(runs.values == ["a", "s"])
  }

  @Test("SEMANTICS 20: news that comes late is dropped, also if it waited while the newer one ran")
  func olderNews() async throws {
    let (gate, runs) = (Gate(), Recorder<String>())
    let harness = try Harness { request in
      runs.append("\(request.event.operation) \(request.event.id)")
      await gate.pass()
      return .done
    }
    let newer = Task { try await harness.post(Self.headers("b", version: 8), Events.reference).status }
    try await waitUntil("the newer one runs") { await gate.waitingCount == 1 }
    let older = Task { try await harness.post(Self.headers("a", version: 7), Events.reference).status }
    try await waitUntil("the older one waits") { await harness.receiver.serializer.admitted == 2 }
    await gate.open()
    #expect(try await newer.value == 200)
    #expect(try await older.value == 200)
    #expect(try await harness.post(Self.headers("c", version: 6), Events.reference).status == 200)
    #expect(runs.values == ["update b"])
    // The rest is news: a resync, the end, another incarnation.
    for headers in [
      Self.headers("d", version: 6, cause: "resync"), Self.headers("e", version: 8, type: "delete"),
      Self.headers("f", version: 5, type: "add", uid: "u-2"),
    ] { #expect(try await harness.post(headers, Events.reference).status == 200) }
    #expect(runs.values == ["update b", "update d", "delete e", "add f"])
  }

  @Test(
    "The end of one incarnation and the add of the next are two reconciles, in order, even if both waited")
  func incarnations() async throws {
    let (gate, runs) = (Gate(), Recorder<String>())
    let harness = try Harness { request in
      runs.append("\(request.event.operation) \(request.event.uid ?? "")")
      await gate.pass()
      return .done
    }
    var sent: [Task<Int, any Error>] = []
    for headers in [
      Self.headers("a", version: 7), Self.headers("b", version: 8, type: "delete"),
      Self.headers("c", version: 9, type: "add", uid: "u-2"),
    ] {
      sent.append(Task { try await harness.post(headers, Events.reference).status })
      let count = sent.count
      try await waitUntil("it is admitted") { await harness.receiver.serializer.admitted == count }
    }
    await gate.open()
    for task in sent { #expect(try await task.value == 200) }
    #expect(runs.values == ["update u-1", "delete u-1", "add u-2"])
  }

  @Test("Of attempts without end the last few wait; the first is told so, and the reconcile runs once")
  func boundsAttempts() async throws {
    let (gate, runs) = (Gate(), Recorder<String>())
    let harness = try Harness { request in
      runs.append(request.event.id)
      await gate.pass()
      return .done
    }
    let limit = ReceiverLimits().maxAttempts
    var sent: [Task<Int, any Error>] = []
    for attempt in 1...limit {
      sent.append(
        Task {
          try await harness.post(Self.headers("a", version: 7, attempt: attempt), Events.reference).status
        })
      try await waitUntil("it waits") { await harness.receiver.serializer.admitted == attempt }
    }
    sent.append(
      Task {
        try await harness.post(Self.headers("a", version: 7, attempt: limit + 1), Events.reference).status
      })
    #expect(try await sent.removeFirst().value == 409)
    await gate.open()
    for task in sent { #expect(try await task.value == 200) }
    #expect(runs.values == ["a"])
  }
}
