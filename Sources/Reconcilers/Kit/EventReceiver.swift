import CloudEvents
import HTTP
import Synchronization

/// Limits of a receiver.
struct ReceiverLimits: Sendable {
  /// Keys that are reconciled at once.
  var maxConcurrent = 16
  /// Events that run or wait; beyond it the answer is 429.
  var maxAdmitted = 1024
}

/// The HTTP side of a reconciler: events in, and for each an answer once its object is reconciled.
///
/// `POST /` takes events; `GET /healthz` and `GET /readyz` say how the process is.
final class EventReceiver: Sendable {
  let serializer: KeyedSerializer<ReconcileKey, ReconcileRequest, ReconcileAnswer>
  private let log: ReconcilerLog
  private let isDraining = Atomic(false)

  init(
    _ reconciler: some Reconciler, api: KubernetesAPI, limits: ReceiverLimits = ReceiverLimits(),
    log: ReconcilerLog
  ) {
    self.log = log
    serializer = KeyedSerializer(maxConcurrent: limits.maxConcurrent, maxAdmitted: limits.maxAdmitted) {
      request in
      do {
        return ReconcileAnswer(try await reconciler.reconcile(request, using: api))
      } catch {
        return ReconcileAnswer(thrown: error)
      }
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
    // The place to leave out what need not be done: repeated ids, and news older than what was reconciled.
    if requests.count == 1 { return await reconcile(requests[0]) }
    return await withTaskGroup(of: ReconcileAnswer.self) { group in
      for request in requests { group.addTask { await self.reconcile(request) } }
      var answers: [ReconcileAnswer] = []
      for await answer in group { answers.append(answer) }
      return .combined(answers)
    }
  }

  private func reconcile(_ request: ReconcileRequest) async -> ReconcileAnswer {
    let answer: ReconcileAnswer
    do {
      answer = try await serializer.submit(request, for: request.key)
    } catch {
      answer = ReconcileAnswer(
        status: 429, retryAfter: 1, message: "\(error.limit) events are running or waiting already")
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
