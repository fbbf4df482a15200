import JSONScan

import HubEngine

/// What the sinks of one subscription (one uid) were sent and said yes to, and what is wrong about it.
struct SinkLedger {
  /// What one URL believes to exist, by key: told by adds and updates, taken back by deletes.
  struct Known: Equatable {
    var uid: String
    var last: Sent
  }

  private struct Line: Hashable {
    var url: String
    var key: String
    var uid: String
  }

  let tenant: String
  private(set) var known: [String: [String: Known]] = [:]
  /// The last event of a key that was said yes to, deletes and children's included.
  private(set) var lastTold: [String: [String: Sent]] = [:]
  private var sequences: [Line: String] = [:]
  private var attempted: Set<String> = []
  private var meanings: [String: String] = [:]
  private var done: Set<String> = []
  /// A hub died with a part of its journal: what it had been told, it may tell again.
  private var isForgetful = false
  private(set) var problems: [String] = []

  init(tenant: String) { self.tenant = tenant }

  /// An attempt waits for the journal: to the hub it counts, although it may never leave.
  mutating func noteGated(_ sent: Sent) { attempted.insert(sent.uid) }

  /// The hub died. What its journal had not kept may be told again: answers, and changes that had been seen.
  mutating func hubDied(losing frames: Int) {
    guard frames > 0 else { return }
    isForgetful = true
    sequences = [:]
    done = []
  }

  /// An attempt goes out. `isComplete`: all operations are wanted, so that the type follows from what is known.
  mutating func note(_ sent: Sent, isComplete: Bool) {
    let url = sent.request.url
    let line = Line(url: url, key: sent.key, uid: sent.uid)
    if let sequence = sent.sequence {
      if let before = sequences[line], sequence < before {
        complain("the sequence goes back from \(before)", sent)
      }
      sequences[line] = sequence
    }
    noteID(sent)
    if sent.operation == "delete" {
      if isComplete, !attempted.contains(sent.uid) { complain("a delete of what was never attempted", sent) }
    } else if sent.uid != Owner.uid {
      attempted.insert(sent.uid)
      let expected = known[url]?[sent.key]?.uid == sent.uid ? "update" : "add"
      let isRepeated = isForgetful && sent.operation == "add"
      if isComplete, sent.operation != expected, !isRepeated { complain("should be an \(expected)", sent) }
    } else {
      attempted.insert(sent.uid)
    }
  }

  private mutating func noteID(_ sent: Sent) {
    let meaning = "\(sent.operation) \(sent.key) \(sent.uid) \(sent.sequence ?? "")"
    if let before = meanings[sent.eventID], before != meaning {
      complain("its id was that of \(before)", sent)
    }
    meanings[sent.eventID] = meaning
    if done.contains(sent.eventID) { complain("its id was told successfully before", sent) }
  }

  mutating func acknowledged(_ sent: Sent) {
    let url = sent.request.url
    done.insert(sent.eventID)
    lastTold[url, default: [:]][sent.key] = sent
    if sent.operation == "delete" {
      if known[url]?[sent.key]?.uid == sent.uid { known[url]?[sent.key] = nil }
    } else if sent.uid != Owner.uid {
      known[url, default: [:]][sent.key] = Known(uid: sent.uid, last: sent)
    }
  }

  mutating func complain(_ what: String, _ sent: Sent) {
    problems.append("\(what): \(sent.summary) \(sent.uid) \(sent.sequence ?? "") to \(sent.request.url)")
  }
}
