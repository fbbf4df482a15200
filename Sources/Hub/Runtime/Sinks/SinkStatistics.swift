/// Deliveries on the wire at one moment.
struct SinkStatistics: Sendable, Equatable {
  /// How many wait for their answer.
  var inFlight = 0
  /// The sum of their ages in seconds.
  var unfinishedSeconds = 0.0
  /// The age of the oldest in seconds.
  var longestSeconds = 0.0
}
