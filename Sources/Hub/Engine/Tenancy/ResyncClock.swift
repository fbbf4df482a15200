/// When the next part of a subscription's resync is due, and what of the present round is still to be read (SEMANTICS 32).
struct ResyncClock: Sendable {
  /// Parts of a round that is spread over its period.
  static let mostSlices = 60
  /// A round that reads bodies goes on reading when no more keys than this wait.
  static let pageSize = 500
  static let pageDeadlineSeconds = 60
  /// How often it is looked whether they have gone.
  static let pagePause = Duration64.second

  /// A placement of the subscription, which an edit may end.
  struct Place: Equatable, Sendable {
    var feed: Int
    var member: UInt32
  }

  /// What is still to be read in Resource mode.
  struct Reading: Sendable {
    /// The placements whose lists are to come; the first is being read.
    var places: [Place]
    /// Of the next page of the first; nil for its first page.
    var continueToken: String?
    /// A page is asked for.
    var isAsking = false
  }

  private(set) var spec: ResyncSpec?
  /// Tells the deadlines of this form from those of an earlier one.
  private(set) var edition: UInt64 = 0
  /// The part that is due next.
  private(set) var slice = 0
  /// What tells the events of this round from all others (SEMANTICS 19).
  private(set) var token = ""
  var reading: Reading?

  /// Takes a form; true if it is another one, and a deadline is to be set.
  mutating func set(_ spec: ResyncSpec?) -> Bool {
    guard spec != self.spec else { return false }
    self.spec = spec
    edition += 1
    slice = 0
    reading = nil
    return spec != nil
  }

  var slices: Int {
    guard let spec, spec.spread else { return 1 }
    return max(1, min(Self.mostSlices, spec.periodMilliseconds / 1000))
  }

  /// From now to the next part: up to a tenth shorter than it could be, so that subscriptions with one period drift apart.
  func wait(random: inout SeededRandom) -> UInt64 {
    guard let spec else { return 0 }
    let whole = Duration64.milliseconds(spec.periodMilliseconds) / UInt64(slices)
    return whole - random.number(from: 0, through: whole / 10)
  }

  /// Takes the part that is due. The first begins a round, known by the time of its beginning: rounds are no two at a
  /// time, not after a restart of the hub either.
  mutating func next(at now: EngineTime) -> Int {
    let due = slice
    if due == 0 { token = "resync/\(now.wall / 1_000_000)" }
    slice = (slice + 1) % slices
    return due
  }
}
