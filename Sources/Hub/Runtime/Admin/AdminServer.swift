import HTTP

/// The admin port: health, readiness, metrics, status. What the pages show is made on the loop's thread and rendered
/// on the server's; a request waits for the loop, so that a loop that hangs fails the liveness probe too.
final class AdminServer: Sendable {
  /// Requests have no bodies and small heads; scrapers and probes are few.
  private static func serverConfiguration(_ host: String, _ port: Int) -> HTTPServerConfiguration {
    var configuration = HTTPServerConfiguration(host: host, port: port)
    configuration.maxHeaderBytes = 16 << 10
    configuration.maxBodyBytes = 16 << 10
    configuration.maxConnections = 256
    configuration.bodyTimeoutMilliseconds = 10_000
    return configuration
  }

  private let server: HTTPServer
  /// How people on this machine reach it.
  let url: String

  /// Binds the address. Requests are answered once `start` is called.
  init(_ listen: ListenAddress, source: String, inbox: LoopInbox) throws(HubError) {
    let handler: @Sendable (HTTPRequest, HTTPResponder) -> Void = { request, responder in
      Self.handle(request, responder, source: source, inbox: inbox)
    }
    server = try Self.bind(listen, handler)
    let host = ["", "0.0.0.0", "::"].contains(listen.host) ? "127.0.0.1" : listen.host
    url = host.contains(":") ? "http://[\(host)]:\(server.port)" : "http://\(host):\(server.port)"
  }

  /// All addresses: those of IPv6, which take IPv4 too, else (on a machine without it) those of IPv4.
  private static func bind(
    _ listen: ListenAddress, _ handler: @escaping @Sendable (HTTPRequest, HTTPResponder) -> Void
  ) throws(HubError) -> HTTPServer {
    if listen.host.isEmpty,
      let server = try? HTTPServer(serverConfiguration("::", listen.port), handler: handler)
    {
      return server
    }
    do throws(HTTPServerError) {
      let host = listen.host.isEmpty ? "0.0.0.0" : listen.host
      return try HTTPServer(serverConfiguration(host, listen.port), handler: handler)
    } catch {
      throw .adminPort(error)
    }
  }

  /// Begins to answer.
  func start() { server.start() }

  /// Ends at once.
  func stop() { server.stop() }

  /// Finishes requests in flight, then ends. Blocks for up to a second.
  func drainAndStop() {
    server.drain(seconds: 1)
    server.stop()
  }

  private enum Page {
    case health
    case readiness
    case metrics(MetricsFormat)
    case statusJSON
    case status

    init?(_ request: HTTPRequest) {
      switch request.path {
      case "/healthz": self = .health
      case "/readyz": self = .readiness
      case "/metrics":
        self = .metrics(ContentNegotiation.metricsFormat(accept: request.headers[first: "Accept"]))
      case "/api/v1/status": self = .statusJSON
      case "/": self = .status
      default: return nil
      }
    }
  }

  private static func handle(
    _ request: HTTPRequest, _ responder: HTTPResponder, source: String, inbox: LoopInbox
  ) {
    guard let page = Page(request) else {
      responder.send(
        .text(404, "no such page; there are / /healthz /readyz /metrics /api/v1/status\n"))
      return
    }
    guard request.method == "GET" || request.method == "HEAD" else {
      var response = HTTPResponse.text(405, "only GET and HEAD\n")
      response.headers.add("Allow", "GET, HEAD")
      responder.send(response)
      return
    }
    inbox.post(
      .report { report in
        // The loop only hands its report over; the page is made on the server's thread.
        responder.execute { responder.send(answer(page, report, source: source)) }
      })
  }

  private static func answer(_ page: Page, _ report: LoopReport, source: String) -> HTTPResponse {
    switch page {
    case .health: return withoutCache(.text(200, "ok\n"))
    case .readiness:
      let missing = Readiness.missing(report)
      return withoutCache(.text(missing.isEmpty ? 200 : 503, Readiness.body(missing)))
    case .metrics(let format):
      let body = MetricsPage.render(report, process: .read(), format: format)
      return HTTPResponse(
        status: 200, headers: ["Content-Type": format.contentType, "Vary": "Accept"], body: body)
    case .statusJSON: return withoutCache(.json(200, StatusJSON.render(report, source: source)))
    case .status:
      let headers: HTTPHeaders = [
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        "X-Content-Type-Options": "nosniff",
      ]
      return withoutCache(
        HTTPResponse(status: 200, headers: headers, body: StatusPage.render(report, source: source)))
    }
  }

  private static func withoutCache(_ response: HTTPResponse) -> HTTPResponse {
    var response = response
    response.headers.add("Cache-Control", "no-store")
    return response
  }
}
