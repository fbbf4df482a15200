import Testing

@testable import HubEngine

@Suite("The deliveries under way")
struct DeliveryTableTests {
  private static func delivery(of slot: UInt32, overdueAt: UInt64 = 100) -> Delivery {
    Delivery(
      slot: slot, serial: 1, place: WorkQueue.Place(slot: 0, ticket: 1), operation: .add, role: .events,
      sink: SinkTable.Reference(slot: 0, serial: 1), era: 0, acknowledges: nil,
      sentAt: 0, overdueAt: overdueAt)
  }

  @Test("ids count up and are never used twice")
  func ids() {
    var table = DeliveryTable()
    let first = table.open(Self.delivery(of: 1))
    #expect(table.close(first)?.slot == 1)
    let second = table.open(Self.delivery(of: 2))
    #expect(second.rawValue == first.rawValue + 1)
    #expect(table.count == 1)
  }

  @Test("an answer that comes twice, or to no delivery, finds nothing")
  func unknown() {
    var table = DeliveryTable()
    let id = table.open(Self.delivery(of: 1))
    #expect(table.close(id) != nil)
    #expect(table.close(id) == nil)
    #expect(table.close(DeliveryID(rawValue: 99)) == nil)
  }

  @Test("what is overdue is told at that very time, oldest first")
  func overdue() {
    var table = DeliveryTable()
    let late = table.open(Self.delivery(of: 1, overdueAt: 30))
    let early = table.open(Self.delivery(of: 1, overdueAt: 10))
    let other = table.open(Self.delivery(of: 1, overdueAt: 10))
    #expect(table.overdue(at: 9) == [])
    #expect(table.overdue(at: 10) == [early, other])
    #expect(table.overdue(at: 30) == [late, early, other])
  }

  @Test("a subscription's deliveries are found, oldest first")
  func ofSlot() {
    var table = DeliveryTable()
    let ids = (0..<100).map { table.open(Self.delivery(of: UInt32($0 % 2))) }
    #expect(table.ids(slot: 1) == ids.enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
    #expect(table.ids(slot: 5) == [])
  }
}

@Suite("The requests under way")
struct RequestTableTests {
  private static let purpose = RequestPurpose.discovery("v1")

  @Test("an answer is collected from its pieces")
  func collecting() {
    var table = RequestTable()
    let id = table.open(Self.purpose, maxBytes: 10)
    table.head(id, status: 200, retryAfterSeconds: 3)
    table.collect([1, 2], for: id)
    table.collect([], for: id)
    table.collect([3], for: id)
    let answer = table.close(id, .complete)
    #expect(answer?.status == 200 && answer?.retryAfterSeconds == 3 && answer?.body == [1, 2, 3])
    #expect(answer?.isSuccess == true)
    #expect(table.count == 0 && table.purpose(of: id) == nil)
  }

  @Test("an answer may be as long as its limit; a byte more and it has failed, and nothing of it is kept")
  func limit() {
    var table = RequestTable()
    let full = table.open(Self.purpose, maxBytes: 4)
    let over = table.open(Self.purpose, maxBytes: 4)
    for id in [full, over] {
      table.head(id, status: 200, retryAfterSeconds: nil)
      table.collect([1, 2, 3, 4], for: id)
    }
    table.collect([5], for: over)
    table.collect([6], for: over)
    #expect(table.close(full, .complete)?.body == [1, 2, 3, 4])
    let answer = table.close(over, .complete)
    #expect(answer?.isSuccess == false && answer?.body == [])
    #expect(answer?.problem == "the answer is longer than 4 bytes")
  }

  @Test("only a complete answer of 2xx is a success, and a failure says what went wrong")
  func success() {
    var table = RequestTable()
    func answer(_ status: Int?, _ end: TransferEnd) -> APIAnswer? {
      let id = table.open(Self.purpose, maxBytes: 4)
      if let status { table.head(id, status: status, retryAfterSeconds: nil) }
      return table.close(id, end)
    }
    #expect(answer(204, .complete)?.isSuccess == true)
    #expect(answer(404, .complete)?.problem == "the API server answered 404")
    #expect(answer(nil, .complete)?.problem == "the API server answered 0")
    #expect(answer(200, .failed("cut"))?.isSuccess == false)
    #expect(answer(200, .failed("cut"))?.problem == "cut")
    #expect(answer(nil, .refused("nobody there"))?.problem == "nobody there")
  }

  @Test("what comes for a request that is over is ignored")
  func unknown() {
    var table = RequestTable()
    let id = table.open(Self.purpose, maxBytes: 4)
    _ = table.close(id, .complete)
    table.head(id, status: 200, retryAfterSeconds: nil)
    table.collect([1], for: id)
    #expect(table.close(id, .complete) == nil && table.count == 0)
  }

  @Test("all requests of a purpose close together, in the order in which they were opened")
  func closingAll() {
    var table = RequestTable()
    let ids = (0..<40).map { number in
      table.open(number % 2 == 0 ? .catchUp(feed: number % 4) : .feed(1, request: 7), maxBytes: 1)
    }
    let closed = table.closeAll { if case .catchUp(let feed) = $0 { feed == 0 } else { false } }
    #expect(closed == stride(from: 0, to: 40, by: 4).map { ids[$0] })
    #expect(table.count == 30)
  }
}
