import Synchronization

/// One request that came to a Service of the dev cluster, as tests and the demo look at it.
public struct ProxiedRequest: Sendable, Equatable {
  /// What became of a request.
  public enum Outcome: Sendable, Equatable {
    /// Held until a process is ready.
    case held
    /// On its way to the process or in it; not answered yet.
    case forwarded
    /// The process answered with this status.
    case answered(status: Int)
    /// The process ended, or closed the connection, before its answer was whole: 502.
    case died
    /// The process did not answer in time: 504.
    case timedOut
    /// No process served it; the activator answered with this status.
    case refused(status: Int)
  }

  /// Its place among the requests of the Service: 1, 2, …
  public let sequence: Int
  /// The headers whose names begin with `ce-`, names in lower case, in the order they came.
  public let cloudEvent: [Header]
  /// The process that got it; nil until one did.
  public internal(set) var pid: Int32?
  /// What became of it so far.
  public internal(set) var outcome: Outcome

  /// A header that was recorded.
  public struct Header: Sendable, Equatable {
    /// The name, in lower case.
    public let name: String
    /// The value as sent.
    public let value: String
  }

  /// The event's `id`, if it is a CloudEvent in binary mode.
  public var id: String? { attribute("ce-id") }

  /// The event's `hubattempt`: the number of the attempt, from 1.
  public var hubAttempt: Int? { attribute("ce-hubattempt").flatMap { Int($0) } }

  /// The value of a recorded header; `name` in lower case.
  public func attribute(_ name: String) -> String? {
    cloudEvent.first { $0.name == name }?.value
  }
}

/// The last requests of each Service, readable from any thread.
final class RequestLog: Sendable {
  private struct Entries {
    var next = 1
    /// In order of their sequence numbers, which have no gaps.
    var requests: [ProxiedRequest] = []
  }

  /// What is remembered of each Service unless something else is asked for.
  static let standardLimit = 1024

  private let limit: Int
  private let entries = Mutex<[ServiceKey: Entries]>([:])

  /// Keeps the last `limit` requests of each Service.
  init(limit: Int = standardLimit) {
    precondition(limit >= 1, "a log of no requests")
    self.limit = limit
  }

  /// Notes a new request and gives its sequence number.
  func arrived(at service: ServiceKey, cloudEvent: [ProxiedRequest.Header]) -> Int {
    entries.withLock { entries in
      var own = entries[service] ?? Entries()
      let sequence = own.next
      own.next += 1
      own.requests.append(
        ProxiedRequest(sequence: sequence, cloudEvent: cloudEvent, pid: nil, outcome: .held))
      if own.requests.count > limit { own.requests.removeFirst() }
      entries[service] = own
      return sequence
    }
  }

  /// Notes what became of a request; nothing if it is no longer kept.
  func note(_ service: ServiceKey, _ sequence: Int, outcome: ProxiedRequest.Outcome, pid: Int32? = nil) {
    entries.withLock { entries in
      guard let first = entries[service]?.requests.first?.sequence, sequence >= first else { return }
      let index = sequence - first
      entries[service]?.requests[index].outcome = outcome
      if let pid { entries[service]?.requests[index].pid = pid }
    }
  }

  /// The requests that are kept, oldest first.
  func requests(of service: ServiceKey) -> [ProxiedRequest] {
    entries.withLock { $0[service]?.requests ?? [] }
  }
}
