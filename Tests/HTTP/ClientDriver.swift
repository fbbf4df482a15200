import Foundation
import HTTP

/// Turns of a client's thread until something has happened, and everything that was reported meanwhile.
final class ClientDriver {
  let client: HTTPClient
  private(set) var events: [HTTPClientEvent] = []
  var onEvent: (HTTPClientEvent) -> Void = { _ in }

  init(_ configuration: HTTPClientConfiguration = HTTPClientConfiguration()) {
    client = HTTPClient(configuration)
  }

  /// The deadline only bounds a failing test.
  func run(_ what: String, until isDone: () throws -> Bool) throws {
    let deadline = DispatchTime.now().uptimeNanoseconds + 20_000_000_000
    while true {
      client.perform { event in
        events.append(event)
        onEvent(event)
      }
      if try isDone() { return }
      if DispatchTime.now().uptimeNanoseconds > deadline {
        throw RawConnection.Failed(what: "waited for: \(what)")
      }
      client.poll(milliseconds: 5)
    }
  }

  /// The outcome of one request.
  func outcome(_ request: HTTPClientRequest, id: UInt64 = 1) throws -> Result<HTTPResponse, HTTPClientFailure>
  {
    client.start(request, id: id)
    try run("the end of \(request.url)") { end(of: id) != nil }
    return end(of: id) ?? .failure(.cancelled)
  }

  func end(of id: UInt64) -> Result<HTTPResponse, HTTPClientFailure>? {
    for case .end(id, let result) in events { return result }
    return nil
  }

  /// All bytes of a stream so far.
  func bytes(of id: UInt64) -> [UInt8] {
    events.flatMap { event -> [UInt8] in
      if case .bytes(id, let bytes) = event { bytes } else { [] }
    }
  }
}
