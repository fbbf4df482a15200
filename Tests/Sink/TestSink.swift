import Glibc
import HTTP

/// A small HTTP server with faults on demand, for tests that need a real process (see `SinkOptions`).
///
/// It listens on `PORT`, answers probes (GET) with 200, and every other request with the request's own body, its
/// headers as `Got-…`, and `X-Pid`, `X-Method`, `X-Target`, `X-Revision`, so that a test sees who got what.
enum TestSink {
  /// Runs until it is ended; the exit code is 2 for bad arguments or no free `PORT`.
  static func run(_ arguments: [String]) -> Int32 {
    guard let options = SinkOptions(arguments), let port = variable("PORT").flatMap({ Int($0) }) else {
      return 2
    }
    if let code = options.exitAtStart { return code }
    if options.ignoresTermination { signal(SIGTERM, SIG_IGN) }
    usleep(UInt32(options.slowStart) * 1000)
    let gate = Gate()
    guard
      let server = try? HTTPServer(
        HTTPServerConfiguration(port: port),
        handler: { request, responder in
          gate.server?.answer(request, responder, options)
        })
    else { return 2 }
    gate.server = server
    server.start()
    while true { pause() }
  }

  /// Gives the handler its server; set before the server starts, and never after.
  private final class Gate: @unchecked Sendable {
    var server: HTTPServer?
  }

  fileprivate static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}

extension HTTPServer {
  fileprivate func answer(_ request: HTTPRequest, _ responder: HTTPResponder, _ options: SinkOptions) {
    if request.method == "GET" { return responder.send(.text(options.health, "sink\n")) }
    if let path = options.mark { close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)) }
    if let code = options.exitOnRequest { _exit(code) }
    if options.answersOnce {
      responder.send(echo(request, status: options.status))
      return drain(seconds: 5)  // From its own thread it only begins.
    }
    if options.cutsAnswers {
      let stream = responder.stream(status: 200)
      stream.write(Array("the first half".utf8))
      return schedule(after: 20) { stream.abort() }
    }
    let answer = echo(request, status: options.status)
    guard let delay = options.delay else {
      // Kept for ever: a responder that nobody holds would close the connection.
      return schedule(after: 3_600_000) { responder.abort() }
    }
    if delay == 0 { responder.send(answer) } else { schedule(after: delay) { responder.send(answer) } }
  }

  private func echo(_ request: HTTPRequest, status: Int) -> HTTPResponse {
    var headers: HTTPHeaders = [
      "X-Pid": "\(getpid())", "X-Method": request.method, "X-Target": request.target,
      "X-Revision": TestSink.variable("K_REVISION") ?? "",
    ]
    request.headers.forEach { name, value in headers.add("Got-\(name)", value) }
    return HTTPResponse(status: status, headers: headers, body: request.body)
  }
}
