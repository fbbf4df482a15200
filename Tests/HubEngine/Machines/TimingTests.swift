import Testing

@testable import HubEngine

@Suite("Deadlines")
struct DeadlineHeapTests {
  @Test("what is due comes earliest first, and nothing before its time")
  func order() {
    var heap = DeadlineHeap<String>()
    heap.set("late", due: 30)
    heap.set("early", due: 10)
    heap.set("middle", due: 20)
    #expect(heap.next == 10)
    #expect(heap.popDue(at: 9) == nil)
    #expect(heap.popDue(at: 20) == "early")
    #expect(heap.popDue(at: 20) == "middle")
    #expect(heap.popDue(at: 20) == nil)
    #expect(heap.next == 30)
    #expect(heap.popDue(at: .max) == "late")
    #expect(heap.next == nil && heap.count == 0)
  }

  @Test("equal deadlines come in the order they were set")
  func equalDeadlines() {
    var heap = DeadlineHeap<Int>()
    for number in 0..<100 { heap.set(number, due: 7) }
    #expect((0..<100).map { _ in heap.popDue(at: 7) } == Array(0..<100))
  }

  @Test("agrees with a sorted list in 20,000 random steps", arguments: [1, 2, 3] as [UInt64])
  func model(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var heap = DeadlineHeap<Int>()
    var model: [(due: UInt64, number: Int)] = []
    var now: UInt64 = 0
    for number in 0..<20_000 {
      if random.number(from: 0, through: 2) > 0 {
        let due = now + random.number(from: 0, through: 50)
        heap.set(number, due: due)
        let place = model.firstIndex { $0.due > due } ?? model.count
        model.insert((due, number), at: place)
      } else {
        now += random.number(from: 0, through: 20)
        while let first = model.first, first.due <= now {
          #expect(heap.popDue(at: now) == first.number)
          model.removeFirst()
        }
        #expect(heap.popDue(at: now) == nil)
      }
      #expect(heap.count == model.count)
      #expect(heap.next == model.first?.due)
    }
  }
}

@Suite("The ring queue")
struct RingQueueTests {
  @Test("agrees with an array in 20,000 random steps", arguments: [1, 2, 3] as [UInt64])
  func model(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var queue = RingQueue<Int>()
    var model: [Int] = []
    for number in 0..<20_000 {
      switch random.number(from: 0, through: 99) {
      case 0..<45:
        queue.append(number)
        model.append(number)
      case 45..<55:
        queue.prepend(number)
        model.insert(number, at: 0)
      case 55..<99:
        #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
      default:
        queue.filter { $0 % 3 != 0 }
        model = model.filter { $0 % 3 != 0 }
      }
      #expect(queue.count == model.count)
      #expect(queue.isEmpty == model.isEmpty)
    }
    while let element = queue.popFirst() { #expect(element == model.removeFirst()) }
    #expect(model.isEmpty)
  }

  @Test("an empty one gives nothing")
  func empty() {
    var queue = RingQueue<Int>()
    #expect(queue.popFirst() == nil)
    queue.filter { _ in true }
    #expect(queue.isEmpty)
  }
}

@Suite("Randomness from a seed")
struct SeededRandomTests {
  /// The first outputs of SplitMix64 for the seed 1234567, as the reference implementation prints them.
  @Test("is SplitMix64")
  func splitMix() {
    var random = SeededRandom(seed: 1_234_567)
    let reference: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    #expect((0..<5).map { _ in random.next() } == reference)
  }

  @Test("numbers stay in their range and reach both ends")
  func range() {
    var random = SeededRandom(seed: 1)
    let numbers = (0..<1000).map { _ in random.number(from: 5, through: 8) }
    #expect(Set(numbers) == [5, 6, 7, 8])
    #expect(random.number(from: 9, through: 9) == 9)
    #expect(random.number(from: 9, through: 3) == 9)
  }

  @Test("the whole range is a range too")
  func wholeRange() {
    var random = SeededRandom(seed: 1)
    var same = SeededRandom(seed: 1)
    #expect(random.number(from: 0, through: .max) == same.next())
  }
}
