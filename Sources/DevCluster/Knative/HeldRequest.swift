import HTTP

/// A request that came to a Service, from its arrival until it is answered.
struct HeldRequest: Sendable {
  let id: RequestID
  /// Its place in the request log.
  let sequence: Int
  let request: HTTPRequest
  let responder: HTTPResponder
  /// When it came (monotonic nanoseconds).
  let arrival: UInt64
}

/// What a proxy may pass on of a message's headers (RFC 9110 section 7.6.1).
enum ProxyHeaders {
  /// Hop-by-hop fields, and those that client and server write by themselves.
  private static let dropped = [
    "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te",
    "trailer",
    "transfer-encoding", "upgrade", "host", "content-length", "expect", "date",
  ]

  /// The headers for the next hop, in order.
  static func endToEnd(_ headers: HTTPHeaders) -> HTTPHeaders {
    var passed = HTTPHeaders()
    headers.forEach { name, value in
      if dropped.contains(name.lowercased()) || headers.listContains("Connection", name) { return }
      passed.add(name, value)
    }
    return passed
  }

  /// Asks for a connection of its own. libcurl repeats a request by itself, a POST too, when a connection that it has
  /// used before closes without an answer; a process that died with the request would then look like one that was
  /// never reached, and the request would be handed to its successor instead of being answered 502.
  static func forbidReuse(_ headers: inout HTTPHeaders) {
    headers.set("Connection", "close")
  }

  /// The CloudEvent attributes among the headers.
  static func cloudEvent(_ headers: HTTPHeaders) -> [ProxiedRequest.Header] {
    var found: [ProxiedRequest.Header] = []
    headers.forEach { name, value in
      let name = name.lowercased()
      if name.hasPrefix("ce-") { found.append(ProxiedRequest.Header(name: name, value: value)) }
    }
    return found
  }
}
