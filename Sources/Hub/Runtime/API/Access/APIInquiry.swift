import HubEngine
import Synchronization

/// Some questions to an API server on the calling thread, for commands that end: batch after batch over one set of
/// connections and credentials, each batch made of the answers to the one before.
public struct APIInquiry {
  /// What came back.
  public struct Answer: Sendable {
    /// The HTTP status; 0: there was no answer, and `failure` says why.
    public var status = 0
    /// The body, as far as it came.
    public var body: [UInt8] = []
    /// Why there is no answer.
    public var failure: String?
  }

  /// How long each request may take, in seconds.
  public static let deadlineSeconds = 15
  /// The largest answer, in bytes.
  public static let maxAnswerBytes = 16 << 20

  /// A GET of a path.
  public static func get(_ target: String) -> APIRequest {
    APIRequest(get: target, deadlineSeconds: deadlineSeconds, maxBytes: maxAnswerBytes)
  }

  /// A POST of a JSON object to a path.
  public static func post(_ body: [UInt8], to target: String) -> APIRequest {
    var request = get(target)
    request.method = "POST"
    request.contentType = "application/json"
    request.body = body
    return request
  }

  /// Asks until `next` asks no more, and returns then. `next` gets the answers in the order of the questions; first none.
  /// The result is what is wrong with the access itself (TLS, credentials), if that is known.
  @discardableResult
  public static func run(
    _ access: APIAccess, _ next: ([Answer]) -> [APIRequest]
  ) -> String? {
    // The engine is used on this thread alone, by a loop that ends before this function does.
    withoutActuallyEscaping(next) { next in
      let inbox = LoopInbox()
      var configuration = HubConfiguration(api: access)
      configuration.log = .silent
      let engine = Engine(next: next) { inbox.post(.drain(milliseconds: 0)) }
      EventLoop(engine, configuration: configuration, inbox: inbox).run()
      let problem = Mutex<String?>(nil)
      // The loop has ended: this calls back at once, with its last report.
      inbox.post(.report { report in problem.withLock { $0 = report.api.problem?.phrase } })
      return problem.withLock { $0 }
    }
  }

  private struct Engine: LoopEngine {
    let next: ([Answer]) -> [APIRequest]
    let whenDone: @Sendable () -> Void
    private var answers: [Answer] = []
    private var open = 0
    private var first: UInt64 = 1

    init(next: @escaping ([Answer]) -> [APIRequest], whenDone: @escaping @Sendable () -> Void) {
      self.next = next
      self.whenDone = whenDone
    }

    let nextDeadline: UInt64? = nil

    func snapshot(at now: EngineTime) -> EngineSnapshot { EngineSnapshot() }

    mutating func handle(_ inputs: [EngineInput], at now: EngineTime) -> [EngineEffect] {
      inputs.flatMap { take($0) }
    }

    private mutating func take(_ input: EngineInput) -> [EngineEffect] {
      switch input {
      case .start: return ask()
      case .responseHead(let id, let status, _): change(id) { $0.status = status }
      case .responseBytes(let id, let bytes): change(id) { $0.body += bytes }
      case .responseEnd(let id, let end):
        switch end {
        case .complete: break
        case .failed(let reason), .refused(let reason):
          change(id) {
            $0.status = 0
            $0.failure = reason
          }
        }
        open -= 1
        if open == 0 { return ask() }
      case .tick, .sinkAnswer, .subscriptionFiles, .writeImage: break
      }
      return []
    }

    private mutating func change(_ id: RequestID, _ body: (inout Answer) -> Void) {
      body(&answers[Int(id.rawValue - first)])
    }

    private mutating func ask() -> [EngineEffect] {
      let requests = next(answers)
      guard !requests.isEmpty else {
        whenDone()
        return []
      }
      first += UInt64(answers.count)
      answers = requests.map { _ in Answer() }
      open = requests.count
      return requests.enumerated().map { index, request in
        .request(RequestID(rawValue: first + UInt64(index)), request)
      }
    }
  }
}
