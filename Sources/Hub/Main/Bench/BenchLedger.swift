/// Which of the expected objects an event has come for.
struct BenchLedger {
  private let first: Int
  private let step: Int
  private let times: Int
  /// How many events have come about each object.
  private var come: [Int]
  private var distinct = 0
  private var others = 0
  private var latencies: [Int] = []

  /// Expects nothing.
  init() { self.init(first: 0, count: 0, step: 1, times: 1) }

  /// Each object counts when so many events have come about it.
  init(first: Int, count: Int, step: Int, times: Int) {
    self.first = first
    self.step = step
    self.times = times
    come = [Int](repeating: 0, count: count)
  }

  /// An event about the object with this number has come. Returns what is to be said of it.
  mutating func count(_ number: Int, written: Int, at now: Int) -> String? {
    let index = number - first
    guard come.indices.contains(index), come[index] < times else {
      others += 1
      return nil
    }
    come[index] += 1
    guard come[index] == times else { return nil }
    distinct += 1
    if written > 0 { latencies.append(now - written) }
    if distinct == come.count {
      latencies.sort()
      return "done \(distinct) \(others) \(percentile(50)) \(percentile(99)) \(percentile(100))"
    }
    return distinct % step == 0 ? "received \(distinct)" : nil
  }

  /// The latency that this share of events did not exceed (nearest rank).
  private func percentile(_ percent: Int) -> Int {
    guard !latencies.isEmpty else { return 0 }
    return latencies[max(0, (latencies.count * percent + 99) / 100 - 1)]
  }
}
