import HTTP
import Synchronization
import TestSupport
import Testing

/// The client for async/await.
@Suite("HTTP client thread")
struct HTTPClientThreadTests {
  @Test("Many tasks send at once and each gets its own answer")
  func concurrent() async throws {
    let server = try HTTPServerTests.server()
    defer { server.stop() }
    let client = HTTPClientThread()
    defer { client.stop() }
    let url = HTTPClientTests.url(server, "/x")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<50 {
        group.addTask {
          let body = [UInt8]("\(number)".utf8)
          let answer = try await client.send(HTTPClientRequest(method: "POST", url: url, body: body))
          #expect(String(decoding: answer.body, as: UTF8.self) == "POST /x \(number)")
        }
      }
      try await group.waitForAll()
    }
  }

  @Test("Cancelling the task cancels the transfer, also before it has begun")
  func cancel() async throws {
    let arrived = Atomic(0)
    let server = try HTTPServerTests.server { _, responder in
      arrived.add(1, ordering: .relaxed)
      Later.keep(responder)
    }
    defer { server.stop() }
    let client = HTTPClientThread()
    defer { client.stop() }
    let request = HTTPClientRequest(url: HTTPClientTests.url(server))
    let task = Task { () throws(HTTPClientFailure) in try await client.send(request) }
    try await waitUntil("the request arrives") { arrived.load(ordering: .relaxed) == 1 }
    task.cancel()
    await #expect(throws: HTTPClientFailure.cancelled) { try await task.value }
    let early = Task { () throws(HTTPClientFailure) in
      withUnsafeCurrentTask { $0?.cancel() }
      return try await client.send(request)
    }
    await #expect(throws: HTTPClientFailure.cancelled) { try await early.value }
  }

  @Test("A stream gives head, bytes and end; its failure is thrown")
  func stream() async throws {
    let server = try HTTPServerTests.server { request, responder in
      let stream = responder.stream(status: 200)
      stream.write([1, 2])
      if request.path == "/cut" { stream.abort() } else { stream.end() }
    }
    defer { server.stop() }
    let client = HTTPClientThread()
    defer { client.stop() }
    var bytes: [UInt8] = []
    var ends = 0
    for try await event in client.stream(HTTPClientRequest(url: HTTPClientTests.url(server))) {
      if case .bytes(_, let more) = event { bytes += more }
      if case .end = event { ends += 1 }
    }
    #expect(bytes == [1, 2])
    #expect(ends == 1)
    await #expect(throws: HTTPClientFailure.self) {
      for try await _ in client.stream(HTTPClientRequest(url: HTTPClientTests.url(server, "/cut"))) {}
    }
  }

  @Test("Letting a stream go ends its transfer")
  func letGo() async throws {
    let left = Atomic(false)
    let server = try HTTPServerTests.server { _, responder in
      let stream = responder.stream(status: 200)
      stream.onClose { left.store(true, ordering: .relaxed) }
      stream.write([1])
    }
    defer { server.stop() }
    let client = HTTPClientThread()
    defer { client.stop() }
    let request = HTTPClientRequest(url: HTTPClientTests.url(server))
    for try await event in client.stream(request) {
      if case .bytes = event { break }
    }
    try await waitUntil("the server sees the end") { left.load(ordering: .relaxed) }
  }

  @Test("A stopped client fails what is in flight and what comes later")
  func stopped() async throws {
    let arrived = Atomic(0)
    let server = try HTTPServerTests.server { _, responder in
      arrived.add(1, ordering: .relaxed)
      Later.keep(responder)
    }
    defer { server.stop() }
    let client = HTTPClientThread()
    let request = HTTPClientRequest(url: HTTPClientTests.url(server))
    let task = Task { () throws(HTTPClientFailure) in try await client.send(request) }
    try await waitUntil("the request arrives") { arrived.load(ordering: .relaxed) == 1 }
    client.stop()
    await #expect(throws: HTTPClientFailure.cancelled) { try await task.value }
    await #expect(throws: HTTPClientFailure.cancelled) { try await client.send(request) }
  }
}
