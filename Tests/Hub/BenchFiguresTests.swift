import JSONScan
import Testing

@testable import hub

@Suite("Figures of hub bench")
struct BenchFiguresTests {
  @Test("of several rounds the middle one counts, whatever their order, and the outer two are told")
  func spread() {
    let odd = Spread([5, 1, 9])
    #expect((odd.median, odd.least, odd.most) == (5, 1, 9))
    #expect(Spread([4, 3, 2, 1]).median == 3)
    #expect(Spread([7]) == Spread([7, 7]))
    #expect(Spread([]).median == 0)
  }

  @Test(
    "numbers are rounded to the nearest, and zeros are kept",
    arguments: [
      (0.0, 2, "0.00"), (1.005, 1, "1.0"), (1.06, 1, "1.1"), (9.996, 2, "10.00"), (-1.25, 1, "-1.3"),
      (-0.001, 2, "0.00"), (30_000.4, 0, "30000"), (0.5, 0, "1"), (3.04, 2, "3.04"),
    ])
  func decimals(value: Double, digits: Int, text: String) {
    #expect(decimal(value, digits: digits) == text)
  }

  @Test("a bound holds at its limit, and not beyond it")
  func bounds() {
    #expect(BenchMeasure.Bound.atMost(30).holds(30))
    #expect(!BenchMeasure.Bound.atMost(30).holds(30.01))
    #expect(BenchMeasure.Bound.atLeast(30).holds(30))
    #expect(!BenchMeasure.Bound.atLeast(30).holds(29.99))
  }

  private var figures: BenchFigures {
    var figures = BenchFigures()
    figures[.latencyP99] = Spread([2.5])
    figures[.eventsPerSecond] = Spread([28_000, 29_000, 31_000])
    figures[.resident] = Spread([31.74])
    return figures
  }

  @Test("JSON has a member for each figure that was measured, its median, and the outer rounds apart")
  func json() {
    var figures = figures
    figures.curve = [BenchCurve.Point(subscriptions: 100, matches: 2, cpu: Spread([77.5]))]
    let object = figures.json(machine: "a machine", load: 0.5)
    #expect(object["events_per_second"] == 29_000)
    #expect(object["latency_p99_ms"] == .number("2.500"))
    #expect(object["rss_mb"] == .number("31.740"))
    #expect(object["least"] == ["events_per_second": 28_000])
    #expect(object["most"] == ["events_per_second": 31_000])
    #expect(object["machine"] == "a machine")
    #expect(object["cpu_us_per_event"] == nil)
    #expect(
      object["curve"]
        == [["subscriptions": 100, "matches": 2, "cpu_us_per_change": .number("77.500")]])
  }

  @Test("every figure that the JSON must have is one that can be measured")
  func names() {
    let names = Set(BenchMeasure.allCases.map(\.rawValue))
    #expect(
      names.isSuperset(of: [
        "events_per_second", "cpu_us_per_event", "cpu_us_per_unwanted_event", "latency_p50_ms",
        "latency_p99_ms", "rss_mb", "bytes_per_object", "yardstick_cpu_us_per_event",
        "journal_cpu_us_per_event",
      ]))
  }

  @Test("the table says what each figure must hold, and whether it does")
  func table() {
    #expect(
      figures.table == """
        figure                                     measured                  must
        events delivered                           29000/s (28000 to 31000)  ≥ 30000/s  not held
        latency at 200/s, p99                      2.50 ms                   ≤ 4 ms     held
        RSS, 10,000 objects and 100 subscriptions  31.7 MB                   ≤ 32 MB    held
        """)
  }

  @Test("memory per object is a slope, so that what a hub takes anyway does not count")
  func slope() {
    let slope = BenchMeasurements.slope(from: (10_000, 25_000_000), to: (110_000, 47_000_000))
    #expect(slope == 220)
  }

  @Test("the journal's share is its part of all")
  func share() {
    #expect(BenchJournal.share(of: 40, without: 30) == 25)
    #expect(BenchJournal.share(of: 0, without: 0) == 0)
  }
}
