import CloudEvents
import JSONScan
import Testing

@testable import HubEngine
@testable import Simulator

@Suite("Rules of dead letters")
struct DeadLetterTests {
  private static let letters = "http://127.0.0.1:9000/letters"
  private static let sink = "http://127.0.0.1:9000/foo"

  private func world(
    retry: Int? = 0, mode: String = "Reference", sink: JSONValue = ["uri": .string(letters)],
    keepsJournal: Bool = false
  ) -> World {
    var world = World { $0.keepsJournal = keepsJournal }
    world.begin()
    var delivery: JSONValue = ["deadLetterSink": sink, "backoffDelay": "100ms"]
    if let retry { delivery["retry"] = .number(String(retry)) }
    world.subscribe("s", Specs.spec([Specs.foos], ["mode": .string(mode), "delivery": delivery]))
    return world
  }

  private func urls(_ world: World) -> [String] { world.sent.map(\.request.url) }

  private func data(_ sent: Sent) -> String? {
    sent.header("ce-knativeerrordata").flatMap { Base64.decode($0) }.map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  @Test(
    "SEMANTICS 24: a rejection goes to the dead letter sink with Knative's three extensions, then it is parked"
  )
  func rejected() {
    var world = world()
    world.put("x")
    let event = world.sent[0]
    #expect(event.request.keepsAnswer)
    world.answer(event.id, .failed(422, retryAfterSeconds: nil, body: Array("no such \u{1}colour".utf8)))
    #expect(urls(world) == [Self.letters])
    let letter = world.sent[0]
    #expect(letter.eventID == event.eventID && letter.body == event.body && letter.type == event.type)
    #expect(letter.header("ce-hubattempt") == "1")
    #expect(letter.header("ce-knativeerrordest") == Self.sink)
    #expect(letter.header("ce-knativeerrorcode") == "422")
    #expect(data(letter) == "no such colour")
    #expect(world.snapshot.letters == 1 && world.snapshot.parked == 0)
    world.answer(202)
    #expect(world.snapshot.letters == 0 && world.snapshot.parked == 1 && world.counters.parked == 1)
    #expect(world.counters.deadLetters == 1 && world.counters.deadLettersDelivered == 1)
    world.advance(seconds: 1000)
    #expect(world.sent.isEmpty)
    #expect(world.condition("Delivering", of: "s") == "False Parked")
    world.put("x")
    #expect(urls(world) == [Self.sink])
    world.answer(200)
    #expect(world.snapshot.parked == 0)
  }

  @Test(
    "SEMANTICS 24: exhausted retries go there too, of the sink or of the key, with or without an answer",
    arguments: [500, 503, 0])
  func exhausted(status: Int) {
    var world = world(retry: 2)
    world.put("x")
    for attempt in 1...3 {
      #expect(world.summaries == ["add Foo a/x change \(attempt)"] && urls(world) == [Self.sink])
      if status == 0 {
        world.answer(world.sent[0].id, .noAnswer("connection refused"))
      } else {
        world.answer(world.sent[0].id, .failed(status, retryAfterSeconds: nil, body: []))
      }
      if attempt < 3 { world.advance(seconds: 5) }
    }
    #expect(urls(world) == [Self.letters])
    #expect(world.sent[0].header("ce-knativeerrorcode") == (status == 0 ? "500" : String(status)))
    #expect(data(world.sent[0]) == (status == 0 ? "dispatch error: connection refused" : nil))
    world.answer(200)
    #expect(world.snapshot.parked == 1)
  }

  /// Answers everything with this status until nothing more is sent. Returns how often something was.
  private func exhaust(_ world: inout World, _ status: Int) -> Int {
    var attempts = 0
    for _ in 0..<1000 {
      while !world.sent.isEmpty {
        #expect(urls(world) == [Self.letters])
        attempts += 1
        world.answer(status)
      }
      world.advance(seconds: 1)
    }
    return attempts
  }

  @Test(
    "SEMANTICS 24: a dead letter sink that fails is retried within bounds; then the key is parked all the same",
    arguments: [500, 503])
  func failing(status: Int) {
    var bounded = world(retry: 3)
    bounded.put("x")
    bounded.answer(400)
    #expect(exhaust(&bounded, status) == 4)
    #expect(bounded.snapshot.parked == 1 && bounded.counters.deadLettersFailed == 1)
    // Without a number of retries there is one of the hub's.
    var endless = world(retry: nil)
    endless.put("x")
    endless.answer(400)
    #expect(exhaust(&endless, status) == 1 + DeadLetter.retries)
    #expect(endless.snapshot.parked == 1)
  }

  @Test("a dead letter sink that rejects, or wants no more, has had its letter", arguments: [400, 302, 410])
  func refusing(status: Int) {
    var world = world()
    world.put("x")
    world.answer(400)
    world.answer(status)
    #expect(world.sent.isEmpty && world.snapshot.parked == 1 && world.counters.deadLettersFailed == 1)
    world.put("x")
    #expect(urls(world) == [Self.sink], "the subscription's own sink goes on")
  }

  @Test("a dead letter sink that hangs holds up no event")
  func hanging() {
    var world = world()
    for index in 0..<50 { world.put("x\(index)") }
    while let event = world.sent.first(where: { $0.request.url == Self.sink }) {
      world.answer(event.id, .status(400, retryAfterSeconds: nil))
    }
    #expect(world.sent.count == DeadLetter.concurrency && world.snapshot.letters == 50)
    world.put("new")
    #expect(world.summaries.contains("add Foo a/new change 1"))
    while !world.sent.isEmpty { world.answer(200) }
    #expect(world.snapshot.parked == 50 && world.snapshot.letters == 0)
  }

  @Test(
    "SEMANTICS 26: a change while the letter flies, backs off or waits is told to the sink, and nothing is parked"
  )
  func changed() {
    var world = world(retry: 1)
    world.put("x")
    world.answer(400)
    world.put("x")
    #expect(urls(world) == [Self.letters])
    world.answer(200)
    #expect(world.summaries == ["add Foo a/x change 1"] && urls(world) == [Self.sink])
    world.answer(400)
    world.answer(500)
    world.put("x")
    world.advance(seconds: 10)
    #expect(urls(world) == [Self.sink])
    world.answer(200)
    world = self.world(sink: ["ref": ["apiVersion": "v1", "kind": "Service", "name": "none"]])
    world.put("x")
    world.answer(400)
    #expect(world.sent.isEmpty && world.snapshot.letters == 1)
    #expect(world.condition("SinkResolved", of: "s") == "False DeadLetterSinkKindNotServed")
    world.put("x")
    #expect(urls(world) == [Self.sink])
    world.answer(200)
    #expect(world.snapshot.letters == 0 && world.snapshot.parked == 0)
  }

  @Test("a deleted object's letter is its delete's")
  func deletes() {
    var world = world()
    world.put("x")
    world.answer(200)
    world.delete("x")
    world.answer(400)
    #expect(urls(world) == [Self.letters] && world.sent[0].operation == "delete")
    world.answer(200)
    #expect(world.snapshot.parked == 1)
    // It goes while the letter of its add is out: whoever was tried to be told hears of its end.
    world.put("y")
    world.answer(400)
    world.delete("y")
    world.answer(200)
    #expect(world.summaries == ["delete Foo a/y change 1"] && urls(world) == [Self.sink])
  }

  @Test("in Resource mode the letter holds the object")
  func bodies() {
    var world = world(mode: "Resource")
    world.put("x")
    let body = world.sent[0].body
    world.answer(400)
    #expect(urls(world) == [Self.letters] && world.sent[0].body == body && body["metadata"] != nil)
  }

  @Test("an edit, also one that takes the dead letter sink away, sends again what was not yet told to it")
  func edited() throws {
    var world = world()
    for name in ["x", "y", "z"] {
      world.put(name)
      let event = try #require(world.sent.first { $0.request.url == Self.sink })
      world.answer(event.id, .status(400, retryAfterSeconds: nil))
    }
    #expect(urls(world) == [Self.letters, Self.letters] && world.snapshot.letters == 3)
    world.subscribe("s", Specs.spec([Specs.foos]))
    world.advance(seconds: 1)
    #expect(urls(world) == [Self.sink, Self.sink, Self.sink])
    world.acknowledgeAll()
    #expect(world.snapshot.letters == 0 && world.snapshot.parked == 0)
  }

  @Test("SEMANTICS 24: an edit while a letter is under way sends the key again, though the letter is taken")
  func editedDuringLetter() throws {
    var world = world()
    world.put("x")
    world.answer(400)
    let letter = try #require(world.sent.first)
    #expect(letter.request.url == Self.letters)
    world.subscribe("s", Specs.spec([Specs.foos], ["delivery": ["retry": 1]]))
    world.answer(letter.id, .status(202, retryAfterSeconds: nil))
    #expect(urls(world) == [Self.sink] && world.snapshot.parked == 0)
    world.answer(200)
    #expect(world.snapshot.letters == 0 && world.sent.isEmpty)
  }

  @Test("SEMANTICS 36: after a crash what was not yet told to the dead letter sink goes to the sink again")
  func restarted() {
    var world = world(keepsJournal: true)
    world.syncJournal()
    world.put("x")
    world.syncJournal()
    let id = world.sent[0].eventID
    world.answer(400)
    #expect(urls(world) == [Self.letters])
    world.syncJournal()
    world.crash()
    #expect(urls(world) == [Self.sink] && world.sent[0].eventID == id)
    world.answer(400)
    world.answer(200)
    #expect(world.snapshot.parked == 1)
  }

  @Test("errors are kept within bounds, and the query of the sink is kept out of its name")
  func bounds() {
    func letter(_ count: Int, from url: String = "http://a.b.svc/hook") -> DeadLetter {
      DeadLetter(
        .failed(400, retryAfterSeconds: nil, body: [UInt8](repeating: 65, count: count)), from: url)
    }
    #expect(letter(1, from: "http://a.b.svc/hook?token=secret").destination == "http://a.b.svc/hook")
    #expect(letter(DeadLetter.maxBodyBytes).data.utf8.count == DeadLetter.maxDataBytes)
    #expect(letter(100_000) == letter(DeadLetter.maxBodyBytes))
    #expect(DeadLetter(.status(404, retryAfterSeconds: nil), from: "").headers.count == 2)
  }
}
