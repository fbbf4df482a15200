import HTTP
import HubEngine
import Synchronization
import TestSupport
import Testing

@testable import HubRuntime

@Suite("Journal: the loop")
struct JournalLoopTests {
  /// A scripted engine's loop that writes to a place, on a disk that can be made to fail.
  private struct Setting {
    let place: JournalPlace
    let faulty = FaultyDisk()
    let peer: RecordingServer
    let lines = Lines()

    final class Lines: Sendable {
      let all = Mutex<[String]>([])
    }

    init() throws {
      place = try JournalPlace()
      peer = try RecordingServer { _, responder in responder.send(.text(200, "")) }
    }

    var log: Log {
      let lines = lines
      return Log(level: .info) { line in lines.all.withLock { $0.append(line) } }
    }

    func loop(
      _ script: @escaping @Sendable (String, EngineTime) -> [EngineEffect],
      whenStopped: @escaping @Sendable (StopReason) -> Void = { _ in }
    ) throws -> RunningLoop {
      let opened = try JournalDirectory(place.path)
      let end = try JournalPlace.load(opened).end
      var settings = JournalSettings()
      settings.retryMilliseconds = 20
      let (disk, made) = (faulty.disk, settings)
      return RunningLoop(try APIAccess(url: peer.url), log: log, whenStopped: whenStopped, script) { inbox in
        JournalWriter(opened, end, settings: made, disk: disk) { inbox.post(.journal($0)) }
      }
    }

    func send(_ id: UInt64, waits: Bool = false) -> EngineEffect {
      var request = SinkRequest(
        url: "\(peer.url)/\(id)", headers: [], body: [], timeoutMilliseconds: 60_000)
      request.waitsForJournal = waits
      return .send(DeliveryID(rawValue: id), request)
    }

    func lines(_ part: String) -> [String] { lines.all.withLock { $0.filter { $0.contains(part) } } }
  }

  private static func frame(_ text: String, begins: Bool = false, completes: Bool = false) -> EngineEffect {
    .journal(JournalFrame(entries: Array(text.utf8), beginsImage: begins, completesImage: completes))
  }

  @Test("a delivery that waits goes once all that was appended before it is durable; others go at once")
  func waits() async throws {
    let setting = try Setting()
    setting.faulty.become(.hangs)
    let loop = try setting.loop { input, _ in
      input == "start"
        ? [
          Self.frame("a"), setting.send(1, waits: true), Self.frame("b"), setting.send(2, waits: true),
          setting.send(3),
        ] : []
    }
    try await waitUntil("the third") { loop.record.inputs.contains("answer 3 200 nil") }
    let statistics = try #require(await loop.report().journal)
    #expect(statistics.waitingBytes == 74 && statistics.frames == 0 && statistics.problem == nil)
    #expect(setting.peer.requests.map(\.path) == ["/3"])
    setting.faulty.become(.works)
    try await waitUntil("all") { loop.record.inputs.contains("answer 2 200 nil") }
    try await waitUntil("the first") { loop.record.inputs.contains("answer 1 200 nil") }
    await loop.end(milliseconds: 60_000)
    #expect(try setting.place.load().payloads == ["a", "b"])
  }

  @Test("with nothing appended, or nothing that is not durable, nothing waits")
  func nothingToWaitFor() async throws {
    let setting = try Setting()
    let loop = try setting.loop { input, _ in
      switch input {
      case "start": [setting.send(1, waits: true)]
      case "answer 1 200 nil": [Self.frame("a"), setting.send(2, waits: true)]
      case "answer 2 200 nil": [setting.send(3, waits: true)]
      default: []
      }
    }
    try await waitUntil("the third") { loop.record.inputs.contains("answer 3 200 nil") }
  }

  @Test("a delivery that is cancelled while it waits is never sent")
  func cancelled() async throws {
    let setting = try Setting()
    setting.faulty.become(.hangs)
    let loop = try setting.loop { input, _ in
      switch input {
      case "start":
        [Self.frame("a"), setting.send(1, waits: true), setting.send(2, waits: true), setting.send(3)]
      case "answer 3 200 nil": [.cancelSend(DeliveryID(rawValue: 1)), setting.send(4)]
      default: []
      }
    }
    try await waitUntil("the fourth") { loop.record.inputs.contains("answer 4 200 nil") }
    setting.faulty.become(.works)
    try await waitUntil("the second") { loop.record.inputs.contains("answer 2 200 nil") }
    #expect(setting.peer.requests.map(\.path) == ["/3", "/4", "/2"])
  }

  @Test("while the journal fails nothing waits for it; an image is asked for until one is durable")
  func fails() async throws {
    let setting = try Setting()
    setting.faulty.become(.syncFails(5))
    let loop = try setting.loop { input, _ in
      switch input {
      case "start": [Self.frame("lost"), setting.send(1, waits: true)]
      case "answer 1 200 nil": [Self.frame("dropped"), setting.send(2, waits: true)]
      case "write image": [Self.frame("image", begins: true), Self.frame("rest", completes: true)]
      default: []
      }
    }
    try await waitUntil("both") { loop.record.inputs.contains("answer 2 200 nil") }
    try await waitUntil("a few attempts") { loop.record.inputs.count { $0 == "write image" } >= 3 }
    var report = await loop.report()
    #expect(report.journal?.problem?.hasSuffix("Input/output error") == true)
    #expect(setting.lines("ERROR the journal fails").count == 1)
    setting.faulty.become(.works)
    try await waitUntil("the recovery") { setting.lines("INFO the journal is well again").count == 1 }
    report = await loop.report()
    #expect(report.journal?.problem == nil)
    await loop.end(milliseconds: 60_000)
    #expect(try setting.place.load().payloads == ["image", "rest"])
  }

  @Test("the drain sends nothing that was kept back, and what it appends is in the journal at its end")
  func drains() async throws {
    let setting = try Setting()
    let holder = LoopHolder()
    let peer = try RecordingServer { _, responder in holder.hold(responder) }
    let url = peer.url
    setting.faulty.become(.hangs)
    let loop = try setting.loop { input, _ in
      switch input {
      case "start":
        [
          .send(
            DeliveryID(rawValue: 9),
            SinkRequest(url: url, headers: [], body: [], timeoutMilliseconds: 60_000)),
          Self.frame("a"), setting.send(1, waits: true),
        ]
      case "answer 9 200 nil": [Self.frame("acknowledged")]
      default: []
      }
    }
    try await waitUntil("a delivery in flight") { holder.isHeld }
    async let ended: Void = loop.end(milliseconds: 60_000)
    try await waitUntil("the drain") { await loop.report().isDraining }
    setting.faulty.become(.works)
    holder.release(.text(200, ""))
    await ended
    #expect(setting.peer.requests.isEmpty)
    #expect(try setting.place.load().payloads == ["a", "acknowledged"])
  }

  @Test("an engine that cannot go on ends the loop at once, with its reason")
  func stops() async throws {
    let setting = try Setting()
    let reason = Mutex<StopReason?>(nil)
    let loop = try setting.loop(
      { input, _ in input == "start" ? [Self.frame("a"), .stop(.foreignJournal)] : [] },
      whenStopped: { stop in reason.withLock { $0 = stop } })
    try await waitUntil("the end") { reason.withLock { $0 } != nil }
    #expect(reason.withLock { $0 } == .foreignJournal)
    #expect(setting.lines("ERROR the hub stops").count == 1)
    #expect(try setting.place.load().payloads == ["a"])
    #expect(loop.record.inputs == ["start"])
  }
}
