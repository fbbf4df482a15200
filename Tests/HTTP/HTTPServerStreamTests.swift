import Glibc
import HTTP
import Synchronization
import TestSupport
import Testing

/// Answers that come bit by bit, and peers that leave or do not read.
@Suite("HTTP server streams")
struct HTTPServerStreamTests {
  /// Hands each stream that is begun to the test.
  final class Streams: Sendable {
    private let streams = Mutex<[HTTPBodyStream]>([])
    private let closes = Atomic(0)

    var closed: Int { closes.load(ordering: .relaxed) }

    var handler: @Sendable (HTTPRequest, HTTPResponder) -> Void {
      { [self] request, responder in
        if request.path == "/plain" { return responder.send(.text(200, "plain")) }
        let stream = responder.stream(status: 200, headers: ["Content-Type": "application/json"])
        stream.onClose { [self] in closes.add(1, ordering: .relaxed) }
        streams.withLock { $0.append(stream) }
      }
    }

    func next() async throws -> HTTPBodyStream {
      try await waitFor("a stream") { streams.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
    }
  }

  static let request = "GET /watch HTTP/1.1\r\nHost: h\r\n\r\n"

  @Test("A stream is chunked as it is written, and the connection serves on after its end")
  func chunked() async throws {
    let streams = Streams()
    let server = try HTTPServerTests.server(handler: streams.handler)
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    peer.send(Self.request)
    let head = try peer.receive(until: "\r\n\r\n")
    #expect(head.contains("Transfer-Encoding: chunked\r\n"))
    #expect(head.contains("Content-Type: application/json\r\n"))
    let stream = try await streams.next()
    stream.write([UInt8]("hello".utf8))
    stream.write([])
    #expect(try peer.receive(until: "hello\r\n") == "5\r\nhello\r\n")
    stream.end()
    stream.write([1])
    #expect(try peer.receive(until: "0\r\n\r\n") == "0\r\n\r\n")
    #expect(stream.isClosed)
    peer.send("GET /plain HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(try peer.receiveAnswer().body == "plain")
    #expect(streams.closed == 0)
  }

  @Test("To an HTTP/1.0 peer the end of the connection ends the stream; HEAD gets only the head")
  func http10AndHead() async throws {
    let streams = Streams()
    let server = try HTTPServerTests.server(handler: streams.handler)
    defer { server.stop() }
    let old = try RawConnection(port: server.port)
    old.send("GET / HTTP/1.0\r\n\r\n")
    let first = try await streams.next()
    first.write([UInt8]("body".utf8))
    first.end()
    let all = try old.receiveAll()
    #expect(!all.contains("chunked"))
    #expect(all.hasSuffix("\r\n\r\nbody"))

    let head = try RawConnection(port: server.port)
    head.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET /plain HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    let second = try await streams.next()
    second.write([UInt8]("body".utf8))
    second.end()
    let answers = try head.receiveAll()
    #expect(!answers.contains("body"))
    #expect(answers.hasSuffix("\r\n\r\nplain"))
  }

  @Test("A peer that leaves closes the stream and onClose tells it once", arguments: [true, false])
  func peerLeaves(resets: Bool) async throws {
    let streams = Streams()
    let server = try HTTPServerTests.server(handler: streams.handler)
    defer { server.stop() }
    var peer: RawConnection? = try RawConnection(port: server.port)
    peer?.send(Self.request)
    let stream = try await streams.next()
    if resets { peer?.resetOnClose() }
    peer = nil
    try await waitUntil("onClose") { streams.closed == 1 }
    #expect(stream.isClosed)
    stream.end()
    let late = Atomic(false)
    stream.onClose { late.store(true, ordering: .relaxed) }
    try await waitUntil("a late onClose is told too") { late.load(ordering: .relaxed) }
    #expect(streams.closed == 1)
  }

  @Test("A reader that takes nothing is cut once the buffer limit is passed")
  func slowReader() async throws {
    var configuration = HTTPServerConfiguration()
    configuration.maxBufferedOutputBytes = 100_000
    let streams = Streams()
    let server = try HTTPServerTests.server(configuration, handler: streams.handler)
    defer { server.stop() }
    let peer = try RawConnection(port: server.port, receiveBufferBytes: 4096)
    peer.send(Self.request)
    let stream = try await streams.next()
    let chunk = [UInt8](repeating: 120, count: 10_000)
    // The kernel's buffers take some megabytes at most before ours begins to fill; each write waits for the
    // server's thread, so that none of them waits there.
    try await waitUntil("the stream is closed") {
      let arrived = Atomic(false)
      stream.write(chunk)
      server.execute { arrived.store(true, ordering: .releasing) }
      while !arrived.load(ordering: .acquiring) { await Task.yield() }
      return stream.isClosed
    }
    try await waitUntil("onClose") { streams.closed == 1 }
  }

  @Test("A writer that is too far ahead of the server's thread is cut as well")
  func fastWriter() async throws {
    var configuration = HTTPServerConfiguration()
    configuration.maxBufferedOutputBytes = 100_000
    let streams = Streams()
    let server = try HTTPServerTests.server(configuration, handler: streams.handler)
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    peer.send(Self.request)
    let stream = try await streams.next()
    let blocking = Atomic(true)
    server.execute { while blocking.load(ordering: .acquiring) {} }
    // The one that passes the limit is still taken, the next is one too many.
    for size in [100_000, 1, 1] { stream.write([UInt8](repeating: 120, count: size)) }
    blocking.store(false, ordering: .releasing)
    try await waitUntil("onClose") { streams.closed == 1 }
    #expect(stream.isClosed)
  }

  @Test("A writer that keeps within the limit is not cut, however much it writes")
  func steadyWriter() async throws {
    var configuration = HTTPServerConfiguration()
    configuration.maxBufferedOutputBytes = 100_000
    let streams = Streams()
    let server = try HTTPServerTests.server(configuration, handler: streams.handler)
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    peer.send("GET / HTTP/1.0\r\n\r\n")
    let stream = try await streams.next()
    _ = try peer.receive(until: "\r\n\r\n")
    for _ in 0..<50 {
      stream.write([UInt8](repeating: 120, count: 50_000))
      var received = 0
      while received < 50_000 { received += try peer.receive().count }
    }
    stream.end()
    #expect(try peer.receiveAll() == "")
    #expect(streams.closed == 0)
  }

  @Test("A reader that takes nothing is cut after the write timeout, whatever the size")
  func writeTimeout() async throws {
    var configuration = HTTPServerConfiguration()
    configuration.writeTimeoutMilliseconds = 50
    let streams = Streams()
    let server = try HTTPServerTests.server(configuration, handler: streams.handler)
    defer { server.stop() }
    let peer = try RawConnection(port: server.port, receiveBufferBytes: 4096)
    peer.send(Self.request)
    let stream = try await streams.next()
    stream.write([UInt8](repeating: 120, count: 8_000_000))
    try await waitUntil("onClose") { streams.closed == 1 }
    _ = peer
  }

  @Test("An aborted stream ends without its last chunk")
  func abort() async throws {
    let streams = Streams()
    let server = try HTTPServerTests.server(handler: streams.handler)
    defer { server.stop() }
    let peer = try RawConnection(port: server.port)
    peer.send(Self.request)
    let stream = try await streams.next()
    _ = try peer.receive(until: "\r\n\r\n")
    stream.abort()
    #expect(try peer.receiveAll() == "")
    #expect(streams.closed == 0)
  }

  @Test("Stopping the server closes its streams")
  func stop() async throws {
    let streams = Streams()
    let server = try HTTPServerTests.server(handler: streams.handler)
    let peer = try RawConnection(port: server.port)
    peer.send(Self.request)
    let stream = try await streams.next()
    server.stop()
    #expect(streams.closed == 1)
    #expect(stream.isClosed)
    #expect(try peer.receiveAll().hasSuffix("\r\n\r\n"))
  }
}
