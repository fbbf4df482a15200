import HubEngine

/// What the loop and its engine know at one moment: the matter of all pages of the admin port.
struct LoopReport: Sendable {
  /// The engine's part.
  var engine: EngineSnapshot
  /// When it was made.
  var time: EngineTime
  /// Requests to the API server.
  var api = APIStatistics()
  /// Deliveries on the wire.
  var sinks = SinkStatistics()
  /// The journal; nil without a state directory.
  var journal: JournalStatistics?
  /// The loop is on its way out: nothing new is taken.
  var isDraining = false
}
