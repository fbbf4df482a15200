import HubEngine
import JSONScan
import Synchronization

/// `hub check --kubeconfig`: tries an access as the hub would use it, on the calling thread.
public struct AccessCheck: Sendable {
  /// How long each request may take, in seconds; an exec plugin has its own time.
  static let deadlineSeconds = 15
  /// The largest answer, in bytes.
  static let maxAnswerBytes = 1 << 20

  /// The server's URL.
  public let url: String
  /// Where the access was found.
  public let origin: String
  /// What an administrator should know about it.
  public let warnings: [String]
  /// What the server calls itself, if it answers.
  public let version: String?
  /// Why the hub would get nothing from it; nil: it would.
  public let problem: String?

  /// Asks, and returns once there is an answer or none can come.
  public init(_ access: APIAccess) {
    let inbox = LoopInbox()
    let found = Held()
    var configuration = HubConfiguration(api: access)
    configuration.log = .silent
    EventLoop(
      Engine(found: found) { inbox.post(.drain(milliseconds: 0)) }, configuration: configuration, inbox: inbox
    ).run()
    let last = Mutex<APIProblem?>(nil)
    // The loop has ended: this calls back at once, with its last report.
    inbox.post(.report { report in last.withLock { $0 = report.api.problem } })
    url = access.baseURL
    origin = access.origin
    warnings = access.warnings
    version = found.state.withLock { $0.version }
    problem = last.withLock { $0?.phrase } ?? found.state.withLock { $0.problem }
  }

  /// One line: who answers, or why nobody does; then the warnings.
  public var lines: [String] {
    let answer = problem ?? "answers" + (version.map { ": Kubernetes \($0)" } ?? "")
    return ["\(url) (\(origin)): the API server \(answer)"] + warnings.map { "warning: \($0)" }
  }

  /// The same for programs.
  public var json: JSONValue {
    [
      "url": .string(url), "origin": .string(origin), "warnings": .array(warnings.map { .string($0) }),
      "version": version.map { .string($0) } ?? .null, "problem": problem.map { .string($0) } ?? .null,
    ]
  }

  private final class Held: Sendable {
    let state = Mutex<(version: String?, problem: String?)>((nil, "has not answered"))
  }

  /// Asks for `/api`, which only those may read whom the server knows, then for `/version`, which anybody may.
  private struct Engine: LoopEngine {
    private enum Request {
      static let groups = RequestID(rawValue: 1)
      static let version = RequestID(rawValue: 2)
    }

    let found: Held
    let whenDone: @Sendable () -> Void
    private var body: [UInt8] = []
    private var status = 0

    init(found: Held, whenDone: @escaping @Sendable () -> Void) {
      self.found = found
      self.whenDone = whenDone
    }

    let nextDeadline: UInt64? = nil

    func snapshot(at now: EngineTime) -> EngineSnapshot { EngineSnapshot() }

    mutating func handle(_ inputs: [EngineInput], at now: EngineTime) -> [EngineEffect] {
      inputs.flatMap { take($0) }
    }

    private mutating func take(_ input: EngineInput) -> [EngineEffect] {
      switch input {
      case .start: return [ask(Request.groups, "/api")]
      case .responseHead(_, let status, _):
        self.status = status
        body = []
      case .responseBytes(_, let bytes): body += bytes
      case .responseEnd(Request.groups, .complete):
        let answer = (try? JSONValue(parsing: body)) ?? .null
        let problem = Self.problem(status, answer)
        found.state.withLock { $0.problem = problem }
        if problem == nil { return [ask(Request.version, "/version")] }
        whenDone()
      case .responseEnd(Request.groups, .failed(let reason)),
        .responseEnd(Request.groups, .refused(let reason)):
        found.state.withLock { $0.problem = "does not answer: \(reason)" }
        whenDone()
      case .responseEnd(let id, let end):
        if id == Request.version, end == .complete,
          let version = (try? JSONValue(parsing: body))?["gitVersion"]?.string
        {
          found.state.withLock { $0.version = version }
        }
        whenDone()
      case .tick, .sinkAnswer, .subscriptionFiles, .writeImage: break
      }
      return []
    }

    private func ask(_ id: RequestID, _ target: String) -> EngineEffect {
      .request(
        id,
        APIRequest(
          get: target, deadlineSeconds: AccessCheck.deadlineSeconds, maxBytes: AccessCheck.maxAnswerBytes))
    }

    private static func problem(_ status: Int, _ answer: JSONValue) -> String? {
      guard status == 200 else {
        let message = answer["message"]?.string.map { ": \($0)" } ?? ""
        return "answers /api with \(status)\(message)"
      }
      return answer["kind"]?.string == "APIVersions"
        ? nil : "answers /api with something else than Kubernetes does: is the URL right?"
    }
  }
}
