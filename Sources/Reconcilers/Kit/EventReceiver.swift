import CloudEvents
import HTTP
import Synchronization

/// Limits of a receiver.
struct ReceiverLimits: Sendable {
  /// Keys that are reconciled at once.
  var maxConcurrent = 16
  /// Events that run or wait; beyond it the answer is 429.
  var maxAdmitted = 1024
  /// Attempts of one event that wait for its reconcile. A hub gives up one before it sends the next, so more are not
  /// awaited by anybody; the first of them is answered 409.
  var maxAttempts = 4
}

/// The HTTP side of a reconciler: events in, and for each an answer once its object is reconciled.
///
/// `POST /` takes events; `GET /healthz` and `GET /readyz` say how the process is.
final class EventReceiver: Sendable {
  let serializer: KeyedSerializer<ReconcileKey, ReconcileRequest, ReconcileAnswer>
  private let log: ReconcilerLog
  private let isDraining = Atomic(false)
  private let news: News

  init(
    _ reconciler: some Reconciler, api: KubernetesAPI, limits: ReceiverLimits = ReceiverLimits(),
    log: ReconcilerLog
  ) {
    self.log = log
    let news = News()
    self.news = news
    serializer = KeyedSerializer(
      maxConcurrent: limits.maxConcurrent, maxAdmitted: limits.maxAdmitted, maxAttempts: limits.maxAttempts
    ) { requests in
      // Again, as what they waited for may have been the same or newer.
      let (fresh, known) = news.sort(requests)
      guard let newest = fresh.newest else { return known ?? .done }
      let answer: ReconcileAnswer
      do {
        answer = ReconcileAnswer(try await reconciler.reconcile(newest, using: api))
      } catch {
        answer = ReconcileAnswer(thrown: error)
      }
      news.remember(fresh, answer)
      return answer
    }
  }

  /// From now on `/readyz` answers 503; what comes is still taken.
  func beginDraining() {
    isDraining.store(true, ordering: .relaxed)
  }

  /// The server's handler: it does not block.
  func handle(_ request: HTTPRequest, _ responder: HTTPResponder) {
    switch (request.path, request.method) {
    case ("/healthz", "GET"), ("/healthz", "HEAD"): responder.send(.text(200, "ok\n"))
    case ("/readyz", "GET"), ("/readyz", "HEAD"):
      responder.send(
        isDraining.load(ordering: .relaxed) ? .text(503, "shutting down\n") : .text(200, "ok\n"))
    case ("/healthz", _), ("/readyz", _): responder.send(Self.notAllowed(request.method, allow: "GET, HEAD"))
    case ("/", "POST"): receive(request, responder)
    case ("/", _): responder.send(Self.notAllowed(request.method, allow: "POST"))
    default: responder.send(.text(404, "nothing here: POST events to /, GET /healthz or /readyz\n"))
    }
  }

  private static func notAllowed(_ method: String, allow: String) -> HTTPResponse {
    var response = HTTPResponse.text(405, "this path takes \(allow) only\n")
    response.headers.set("Allow", allow)
    return response
  }

  private func receive(_ request: HTTPRequest, _ responder: HTTPResponder) {
    let requests: [ReconcileRequest]
    do {
      requests = try Self.decode(request)
    } catch {
      log.log(.warning, "refused a request", ["status": "\(error.status)", "reason": error.message])
      responder.send(error.response)
      return
    }
    Task {
      responder.send(await reconcile(requests).response)
    }
  }

  private func reconcile(_ requests: [ReconcileRequest]) async -> ReconcileAnswer {
    if requests.count == 1 { return await reconcile(requests[0]) }
    return await withTaskGroup(of: [ReconcileAnswer].self) { group in
      // What is said of one object stays in order.
      for requests in Dictionary(grouping: requests, by: \.key).values {
        group.addTask {
          var answers: [ReconcileAnswer] = []
          for request in requests { answers.append(await self.reconcile(request)) }
          return answers
        }
      }
      var answers: [ReconcileAnswer] = []
      for await some in group { answers += some }
      return .combined(answers)
    }
  }

  private func reconcile(_ request: ReconcileRequest) async -> ReconcileAnswer {
    if let known = news.answer(to: request) {
      log.log(
        .debug, "reconciled already",
        ["object": request.key.description, "id": request.event.id, "attempt": "\(request.event.attempt)"])
      return known
    }
    let answer: ReconcileAnswer
    do {
      answer = try await serializer.submit(request, for: request.key)
    } catch {
      answer = ReconcileAnswer(error)
    }
    log.log(
      answer.status == 200 ? .debug : .warning, answer.status == 200 ? "reconciled" : "not reconciled",
      [
        "object": request.key.description, "id": request.event.id, "attempt": "\(request.event.attempt)",
        "status": "\(answer.status)", "reason": answer.message,
      ])
    return answer
  }
}

/// The memory of a receiver, shared by its threads.
private final class News: Sendable {
  private let memory = Mutex(NewsMemory())

  func answer(to request: ReconcileRequest) -> ReconcileAnswer? {
    memory.withLock { $0.answer(to: request) }
  }

  /// What is news of these; and the answer to the last of those that are none.
  func sort(_ requests: [ReconcileRequest]) -> (fresh: [ReconcileRequest], known: ReconcileAnswer?) {
    memory.withLock { memory in
      var (fresh, known): ([ReconcileRequest], ReconcileAnswer?) = ([], nil)
      for request in requests {
        if let answer = memory.answer(to: request) { known = answer } else { fresh.append(request) }
      }
      return (fresh, known)
    }
  }

  /// One reconcile did for all of them.
  func remember(_ requests: [ReconcileRequest], _ answer: ReconcileAnswer) {
    memory.withLock { memory in
      for request in requests { memory.remember(request, answer) }
    }
  }
}

extension ReconcileAnswer {
  /// The answer to what the serializer does not take.
  fileprivate init(_ refusal: KeyedSerializer<ReconcileKey, ReconcileRequest, ReconcileAnswer>.Refusal) {
    switch refusal {
    case .full(let limit):
      self.init(status: 429, retryAfter: 1, message: "\(limit) events are running or waiting already")
    case .overtaken:
      self.init(status: 409, message: "later attempts of this event wait for its reconcile")
    }
  }
}
