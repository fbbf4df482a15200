/// What a request to the API server is for.
enum RequestPurpose: Sendable {
  case feed(Int, request: UInt32)
  case subscriptions(request: UInt32)
  case kinds(KindRegistry.Source, request: UInt32)
  case namespaces(request: UInt32)
  case catchUp(feed: Int)
  case discovery(GroupVersionName)
  case identity
  case review(AccessQuestion, AccessVerb)
  /// The aggregated document.
  case discoveryOfAll
  case sink(slot: UInt32, serial: UInt64, SinkRole)
  case status(slot: UInt32, serial: UInt64)
  /// An Event on a subscription.
  case announcement
  /// A page of the bodies for a resync.
  case resync(slot: UInt32, serial: UInt64, place: ResyncClock.Place)
  case body(slot: UInt32, serial: UInt64, place: WorkQueue.Place)

  /// Its bytes are handed on as they come; those of the others are collected.
  var isReflectors: Bool {
    switch self {
    case .feed, .subscriptions, .kinds, .namespaces: true
    case .catchUp, .discovery, .discoveryOfAll, .sink, .status, .announcement, .resync, .body, .identity,
      .review:
      false
    }
  }
}

/// A group and version by its `apiVersion`.
typealias GroupVersionName = String

/// The whole answer to a request whose bytes are collected.
struct APIAnswer: Sendable {
  var status: Int?
  var retryAfterSeconds: Int?
  var body: [UInt8]
  /// Nil when the answer is complete.
  var failure: String?

  var isSuccess: Bool { failure == nil && (200..<300).contains(status ?? 0) }

  /// What went wrong, for people.
  var problem: String { failure ?? "the API server answered \(status ?? 0)" }
}

/// The requests under way, and what was collected of their answers.
struct RequestTable: Sendable {
  private struct Entry: Sendable {
    var purpose: RequestPurpose
    var answer = APIAnswer(status: nil, retryAfterSeconds: nil, body: [], failure: nil)
    var maxBytes: Int
  }

  private var entries: [RequestID: Entry] = [:]
  private var last: UInt64 = 0

  var count: Int { entries.count }

  /// How many requests have such a purpose.
  func count(where isMatch: (RequestPurpose) -> Bool) -> Int {
    entries.values.reduce(0) { $0 + (isMatch($1.purpose) ? 1 : 0) }
  }

  mutating func open(_ purpose: RequestPurpose, maxBytes: Int) -> RequestID {
    last += 1
    let id = RequestID(rawValue: last)
    entries[id] = Entry(purpose: purpose, maxBytes: maxBytes)
    return id
  }

  func purpose(of id: RequestID) -> RequestPurpose? { entries[id]?.purpose }

  mutating func head(_ id: RequestID, status: Int, retryAfterSeconds: Int?) {
    entries[id]?.answer.status = status
    entries[id]?.answer.retryAfterSeconds = retryAfterSeconds
  }

  /// Collects; beyond the request's limit the answer counts as failed.
  mutating func collect(_ bytes: [UInt8], for id: RequestID) {
    guard let entry = entries[id], entry.answer.failure == nil else { return }
    if entry.answer.body.count + bytes.count > entry.maxBytes {
      entries[id]?.answer.failure = "the answer is longer than \(entry.maxBytes) bytes"
      entries[id]?.answer.body = []
    } else if entry.answer.body.isEmpty {
      entries[id]?.answer.body = bytes
    } else {
      entries[id]?.answer.body.append(contentsOf: bytes)
    }
  }

  /// Closes a request and returns what was collected.
  mutating func close(_ id: RequestID, _ end: TransferEnd) -> APIAnswer? {
    guard var answer = entries.removeValue(forKey: id)?.answer else { return nil }
    switch end {
    case .complete: break
    case .refused(let text), .failed(let text): answer.failure = answer.failure ?? text
    }
    return answer
  }

  /// Closes all requests of these purposes; returns their ids in the order in which they were opened.
  mutating func closeAll(where isMatch: (RequestPurpose) -> Bool) -> [RequestID] {
    let ids = entries.filter { isMatch($0.value.purpose) }.keys.sorted { $0.rawValue < $1.rawValue }
    for id in ids { entries[id] = nil }
    return ids
  }
}
