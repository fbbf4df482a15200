/// The keys of one work queue that may be sent now, in two lines: fresh changes, and behind them stale work (initial
/// lists and resyncs), which gets one dispatch in ten while there is any (SEMANTICS 18).
///
/// A key that leaves before its turn leaves its place behind. Who takes a place says whether the key still waits there.
struct DispatchLines: Sendable {
  /// Of this many dispatches one goes to stale work while there is any (SEMANTICS 18).
  static let staleShare = 10

  enum Line: Sendable { case fresh, stale, letter }

  private var fresh = RingQueue<WorkQueue.Place>()
  private var stale = RingQueue<WorkQueue.Place>()
  /// What is to be told to the dead letter sink, which keeps a pace of its own.
  private var letters = RingQueue<WorkQueue.Place>()
  private var sinceStale = 0

  /// Places in all lines, those that were left too.
  var count: Int { fresh.count + stale.count + letters.count }

  mutating func append(_ place: WorkQueue.Place, to line: Line) {
    switch line {
    case .fresh: fresh.append(place)
    case .stale: stale.append(place)
    case .letter: letters.append(place)
    }
  }

  /// The place is the next of its line.
  mutating func prepend(_ place: WorkQueue.Place, to line: Line) {
    switch line {
    case .fresh: fresh.prepend(place)
    case .stale: stale.prepend(place)
    case .letter: letters.prepend(place)
    }
  }

  /// Takes the place whose turn it is: fresh before stale, but one in ten from the stale ones.
  mutating func next(where waits: (WorkQueue.Place, Line) -> Bool) -> WorkQueue.Place? {
    if sinceStale >= Self.staleShare - 1, let place = nextStale(waits) {
      sinceStale = 0
      return place
    }
    while let place = fresh.popFirst() {
      guard waits(place, .fresh) else { continue }
      sinceStale += 1
      return place
    }
    sinceStale = 0
    return nextStale(waits)
  }

  /// Takes the next place of the letters.
  mutating func nextLetter(where waits: (WorkQueue.Place, Line) -> Bool) -> WorkQueue.Place? {
    while let place = letters.popFirst() {
      if waits(place, .letter) { return place }
    }
    return nil
  }

  private mutating func nextStale(_ waits: (WorkQueue.Place, Line) -> Bool) -> WorkQueue.Place? {
    while let place = stale.popFirst() {
      if waits(place, .stale) { return place }
    }
    return nil
  }

  /// Forgets the places that were left.
  mutating func sweep(keeping waits: (WorkQueue.Place, Line) -> Bool) {
    var seen: Set<WorkQueue.Place> = []
    fresh.filter { waits($0, .fresh) && seen.insert($0).inserted }
    stale.filter { waits($0, .stale) && seen.insert($0).inserted }
    letters.filter { waits($0, .letter) && seen.insert($0).inserted }
  }
}
