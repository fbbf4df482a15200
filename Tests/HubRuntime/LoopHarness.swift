import HTTP
import HubEngine
import Synchronization

@testable import HubRuntime

/// A server that records requests and answers by path.
final class RecordingServer: Sendable {
  let server: HTTPServer
  private let seen: RequestRecord

  final class RequestRecord: Sendable {
    let requests = Mutex<[HTTPRequest]>([])
  }

  init(_ answer: @escaping @Sendable (HTTPRequest, HTTPResponder) -> Void) throws {
    let seen = RequestRecord()
    server = try HTTPServer(HTTPServerConfiguration()) { request, responder in
      seen.requests.withLock { $0.append(request) }
      answer(request, responder)
    }
    self.seen = seen
    server.start()
  }

  deinit { server.stop() }

  var url: String { "http://127.0.0.1:\(server.port)" }
  var requests: [HTTPRequest] { seen.requests.withLock { $0 } }
  func requests(_ path: String) -> [HTTPRequest] { requests.filter { $0.path == path } }
}

/// A loop on its thread; ended with the value.
final class RunningLoop: Sendable {
  let inbox = LoopInbox()
  let record: ScriptedEngine.Record

  convenience init(
    api: String, log: Log = .silent, _ script: @escaping @Sendable (String, EngineTime) -> [EngineEffect]
  ) throws {
    self.init(try APIAccess(url: api), log: log, script)
  }

  init(
    _ access: APIAccess, log: Log = .silent,
    whenStopped: @escaping @Sendable (StopReason) -> Void = { _ in },
    _ script: @escaping @Sendable (String, EngineTime) -> [EngineEffect],
    journal makeJournal: (LoopInbox) -> JournalWriter? = { _ in nil }
  ) {
    let engine = ScriptedEngine(script)
    record = engine.record
    var configuration = HubConfiguration(api: access)
    configuration.log = log
    configuration.whenStopped = whenStopped
    let (made, inbox, journal) = (configuration, inbox, makeJournal(inbox))
    SystemThread.start("test-loop") {
      EventLoop(engine, configuration: made, inbox: inbox, journal: journal).run()
    }
  }

  deinit { inbox.post(.drain(milliseconds: 0)) }

  func end(milliseconds: Int) async {
    inbox.post(.drain(milliseconds: milliseconds))
    await withCheckedContinuation { continuation in inbox.whenEnded { continuation.resume() } }
  }

  func report() async -> LoopReport {
    await withCheckedContinuation { continuation in
      inbox.post(.report { continuation.resume(returning: $0) })
    }
  }
}

/// Keeps one request of a server waiting.
final class LoopHolder: Sendable {
  private let responder = Mutex<HTTPResponder?>(nil)

  var isHeld: Bool { responder.withLock { $0 != nil } }
  func hold(_ responder: HTTPResponder) { self.responder.withLock { $0 = responder } }
  func release(_ response: HTTPResponse) { responder.withLock { $0?.send(response) } }
}
