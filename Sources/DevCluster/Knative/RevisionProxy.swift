import HTTP

/// Sends a revision's requests to its processes and their answers back, and answers what no process will serve.
/// Home thread only.
struct RevisionProxy {
  let service: ServiceKey
  let template: RevisionTemplate
  let context: ActivatorContext

  /// What became of a request that was forwarded.
  enum Ending {
    /// It is answered.
    case answered
    /// The process accepts no connections, so nothing was sent: another process may have it.
    case notSent
  }

  /// Sends the request and answers it if it could be sent; then calls `finished`, on the home thread.
  func forward(_ held: HeldRequest, port: Int, pid: Int32, finished: @escaping (Ending) -> Void) {
    context.runtime.log.note(service, held.sequence, outcome: .forwarded, pid: pid)
    let outgoing = outgoing(held, port: port)
    let answer = Answering(proxy: self, held: held, finished: finished)
    let client = context.runtime.client
    let home = context.home
    Task {
      let result: Result<HTTPResponse, HTTPClientFailure>
      do throws(HTTPClientFailure) {
        result = .success(try await client.send(outgoing))
      } catch {
        result = .failure(error)
      }
      home.execute { answer.take(result) }
    }
  }

  /// Method, path, query, end-to-end headers and body as they came; the time that is left of the request's.
  private func outgoing(_ held: HeldRequest, port: Int) -> HTTPClientRequest {
    let request = held.request
    var headers = ProxyHeaders.endToEnd(request.headers)
    ProxyHeaders.forbidReuse(&headers)
    return HTTPClientRequest(
      method: request.method, url: "http://127.0.0.1:\(port)\(request.originForm)",
      headers: headers, body: request.body.isEmpty ? nil : request.body,
      deadlineMilliseconds: max(1, Int(timeLeft(of: held) / 1_000_000)))
  }

  /// Nanoseconds; what a request has waited counts.
  private func timeLeft(of held: HeldRequest) -> UInt64 {
    let elapsed = MonotonicClock.now() - held.arrival
    let timeout = template.scaling.requestTimeout
    return timeout > elapsed ? timeout - elapsed : 0
  }

  fileprivate func answer(
    _ held: HeldRequest, _ result: Result<HTTPResponse, HTTPClientFailure>
  ) -> Ending {
    switch result {
    case .failure(.connect) where timeLeft(of: held) > 0:
      context.runtime.log.note(service, held.sequence, outcome: .held)
      return .notSent
    case .success(let answer):
      context.runtime.log.note(service, held.sequence, outcome: .answered(status: answer.status))
      held.responder.send(
        HTTPResponse(
          status: answer.status, headers: ProxyHeaders.endToEnd(answer.headers), body: answer.body))
    case .failure(.timeout), .failure(.stalled):
      context.runtime.log.note(service, held.sequence, outcome: .timedOut)
      let seconds = template.scaling.requestTimeout / 1_000_000_000
      held.responder.send(
        .text(504, "revision \(template.name) did not answer within its timeoutSeconds, \(seconds) s\n"))
    case .failure(let failure):
      context.runtime.log.note(service, held.sequence, outcome: .died)
      held.responder.send(
        .text(502, "the process of revision \(template.name) gave no whole answer: \(failure)\n"))
    }
    return .answered
  }

  /// Answers a request that no process will serve.
  func refuse(_ held: HeldRequest, _ reason: ScalerRefusal, _ problem: StartProblem?) {
    let answer = refusal(reason, problem)
    context.runtime.log.note(service, held.sequence, outcome: .refused(status: answer.status))
    held.responder.send(answer)
  }

  private func refusal(_ reason: ScalerRefusal, _ problem: StartProblem?) -> HTTPResponse {
    switch reason {
    case .startFailed, .startTimedOut:
      let problem = problem.map { "\($0)" } ?? "its process was ended before it was ready"
      return .text(503, "revision \(template.name) cannot serve: \(problem)\n")
    case .waitedTooLong:
      return .text(504, "no process of revision \(template.name) had room in time; raise max-scale\n")
    case .tooManyWaiting:
      let limit = template.scaling.waitingLimit
      return .text(503, "\(limit) requests wait for revision \(template.name) already; send fewer at once\n")
    }
  }
}

/// What is done with one answer.
///
/// `@unchecked Sendable`: it is only carried through the task that waits for the answer; `take` is called on the home
/// thread, as everything it refers to demands.
private final class Answering: @unchecked Sendable {
  private let proxy: RevisionProxy
  private let held: HeldRequest
  private let finished: (RevisionProxy.Ending) -> Void

  init(proxy: RevisionProxy, held: HeldRequest, finished: @escaping (RevisionProxy.Ending) -> Void) {
    self.proxy = proxy
    self.held = held
    self.finished = finished
  }

  func take(_ result: Result<HTTPResponse, HTTPClientFailure>) {
    finished(proxy.answer(held, result))
  }
}

extension HTTPRequest {
  /// Path and query as sent (RFC 9112 section 3.2.1).
  fileprivate var originForm: String {
    rawQuery.map { "\(rawPath)?\($0)" } ?? rawPath
  }
}
