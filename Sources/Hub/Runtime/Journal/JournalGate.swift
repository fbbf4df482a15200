import HubEngine

/// The loop's side of the journal: appends its frames, and keeps back the deliveries that may go only once what was
/// appended before them is durable. While the journal fails they go at once: available before strict.
struct JournalGate {
  private struct Held {
    let frame: UInt64
    let id: DeliveryID
    let request: SinkRequest
  }

  private let writer: JournalWriter?
  private let log: Log
  /// The newest frame that was appended; 0: none was by this process.
  private var newest: UInt64 = 0
  private var held: [Held] = []
  private var problem: String?

  /// Without a writer nothing is kept, and nothing is kept back.
  init(_ writer: JournalWriter?, log: Log) {
    self.writer = writer
    self.log = log
  }

  /// How many deliveries are kept back.
  var heldCount: Int { held.count }

  /// What is known of the journal; nil without one.
  var statistics: JournalStatistics? { writer?.statistics }

  /// Appends a frame. Never waits.
  mutating func append(_ frame: JournalFrame) {
    guard let writer else { return }
    newest = writer.append(frame)
  }

  /// True: the delivery may go. False: it is kept, until `take` gives it back.
  mutating func admits(_ id: DeliveryID, _ request: SinkRequest) -> Bool {
    guard request.waitsForJournal, let writer, problem == nil, newest > 0 else { return true }
    // Behind others it waits its turn: the report that lets them go looks for more.
    if held.isEmpty, writer.reportDurable(newest) { return true }
    held.append(Held(frame: newest, id: id, request: request))
    return false
  }

  /// The delivery was given up.
  mutating func forget(_ id: DeliveryID) {
    if !held.isEmpty { held.removeAll { $0.id == id } }
  }

  /// Nothing new is begun any more. What was kept back was never sent: it is told after the next start.
  mutating func forgetAll() { held.removeAll() }

  /// Takes a report; returns the deliveries that may go now, in their order.
  mutating func take(_ report: JournalReport) -> [(DeliveryID, SinkRequest)] {
    switch report {
    case .durable(let frame): return release(upTo: frame)
    case .failed(let reason):
      if reason != problem {
        log.write(
          .error, "the journal fails: what happens now is not remembered if the hub ends",
          ["reason": reason])
      }
      problem = reason
      return release(upTo: .max)
    case .recovered:
      log.write(.info, "the journal is well again")
      problem = nil
      return []
    case .imageWanted: return []
    }
  }

  private mutating func release(upTo frame: UInt64) -> [(DeliveryID, SinkRequest)] {
    var end = held.firstIndex { $0.frame > frame } ?? held.endIndex
    while end < held.endIndex, writer?.reportDurable(held[end].frame) == true { end += 1 }
    let released = held[..<end].map { ($0.id, $0.request) }
    held.removeSubrange(..<end)
    return released
  }

  /// Ends the journal: what was appended is written and synced, for at most so long.
  func close(milliseconds: Int) {
    guard let writer, !writer.close(milliseconds: milliseconds) else { return }
    log.write(
      .warn, "the end of the journal could not be written in time; what it says is told again",
      ["milliseconds": String(milliseconds)])
  }
}
