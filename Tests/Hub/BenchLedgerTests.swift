import Testing

@testable import hub

@Suite("What the sink of hub bench counts")
struct BenchLedgerTests {
  @Test("each object counts once, what comes again or is not expected does not")
  func distinct() {
    var ledger = BenchLedger(first: 10, count: 2, step: 10, times: 1)
    #expect(ledger.count(10, written: 0, at: 1) == nil)
    #expect(ledger.count(10, written: 0, at: 2) == nil)
    #expect(ledger.count(9, written: 0, at: 3) == nil)
    #expect(ledger.count(12, written: 0, at: 3) == nil)
    #expect(ledger.count(-1, written: 0, at: 3) == nil)
    #expect(ledger.count(11, written: 0, at: 4) == "done 2 4 0 0 0")
    #expect(ledger.count(11, written: 0, at: 5) == nil)
  }

  @Test("progress is told after each step, and the end once")
  func steps() {
    var ledger = BenchLedger(first: 0, count: 5, step: 2, times: 1)
    let said = (0..<5).map { ledger.count($0, written: 0, at: 0) }
    #expect(said == [nil, "received 2", nil, "received 4", "done 5 0 0 0 0"])
  }

  @Test("an object that several subscriptions are told of counts when all have been")
  func times() {
    var ledger = BenchLedger(first: 0, count: 1, step: 1, times: 3)
    let said = (0..<3).map { _ in ledger.count(0, written: 0, at: 0) }
    #expect(said == [nil, nil, "done 1 0 0 0 0"])
  }

  @Test("latencies run from the writing of the line, in nanoseconds, by nearest rank")
  func latencies() {
    var ledger = BenchLedger(first: 0, count: 200, step: 1_000, times: 1)
    var last: String?
    // 200, 199, … 1.
    for number in 0..<200 { last = ledger.count(number, written: 1_000, at: 1_200 - number) }
    #expect(last == "done 200 0 100 198 200")
  }

  @Test("one latency is all of them")
  func single() {
    var ledger = BenchLedger(first: 0, count: 1, step: 1, times: 1)
    #expect(ledger.count(0, written: 5, at: 12) == "done 1 0 7 7 7")
  }

  @Test("requests are found whole, byte by byte, joined and truncated")
  func requests() {
    let text =
      "POST /events HTTP/1.1\r\nContent-Length: 52\r\nce-name: c00000042\r\n\r\n"
      + #"{"bench.frugalhub.dev/written":"0000000000000000123"}"#.dropLast()
    let bytes = [UInt8](text.utf8)
    for end in 0..<bytes.count { #expect(BenchRequest(in: Array(bytes[..<end]), from: 0) == nil) }
    let joined = bytes + bytes
    let first = BenchRequest(in: joined, from: 0)
    #expect(first?.number == 42 && first?.written == 123 && first?.end == bytes.count)
    #expect(BenchRequest(in: joined, from: bytes.count)?.end == 2 * bytes.count)
    let other = BenchRequest(in: [UInt8]("GET / HTTP/1.1\r\n\r\n".utf8), from: 0)
    #expect(other?.number == -1 && other?.written == 0 && other?.end == 18)
  }
}
