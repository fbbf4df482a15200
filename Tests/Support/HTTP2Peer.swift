import Synchronization

/// The least that a client takes for an HTTP/2 server (RFC 9113): frames, no flow control, and no reading of header
/// fields; what to do with a request is decided by its number.
public final class HTTP2Peer: Sendable {
  /// A request: which one, and on which connection.
  public struct Request: Sendable, Hashable {
    /// Counts from 1 over all connections.
    public let number: Int
    /// Counts from 1.
    public let connection: Int
  }

  /// What is done with a request.
  public enum Answer: Sendable {
    /// 200 with this body.
    case body(String)
    /// 200 and the beginning of a body that goes on.
    case open(String)
    /// Nothing.
    case nothing
    /// The connection is to end: GOAWAY, with this request as the last one answered, or refused by it.
    case goAway(answersThis: Bool)
    /// The connection ends at once.
    case hangUp
  }

  private let seen = Mutex<[Request]>([])
  /// The requests that have come, in order.
  public var requests: [Request] { seen.withLock { $0 } }

  private let maxStreams: UInt32
  private let answer: @Sendable (Request) -> Answer

  /// Allows a client so many streams on a connection at once.
  public init(maxStreams: UInt32 = 100, answer: @escaping @Sendable (Request) -> Answer) {
    self.maxStreams = maxStreams
    self.answer = answer
  }

  private enum Kind {
    static let data: UInt8 = 0
    static let headers: UInt8 = 1
    static let settings: UInt8 = 4
    static let ping: UInt8 = 6
    static let goAway: UInt8 = 7
  }

  /// Serves one connection to its end.
  public func serve(_ connection: TLSConnection) {
    guard connection.read(exactly: 24) != nil else { return }
    // SETTINGS_MAX_CONCURRENT_STREAMS.
    connection.write(frame(Kind.settings, 0, 0, [0, 3] + Self.bytes(maxStreams)))
    var isGoingAway = false
    while let head = connection.read(exactly: 9) {
      let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
      guard let payload = length == 0 ? [] : connection.read(exactly: length) else { return }
      let stream = head[5...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      switch (head[3], head[4] & 1) {
      case (Kind.settings, 0): connection.write(frame(Kind.settings, 1, 0, []))
      case (Kind.ping, 0): connection.write(frame(Kind.ping, 1, 0, payload))
      case (Kind.headers, _) where !isGoingAway:
        switch respond(to: stream, on: connection) {
        case .hangUp: return
        case .goAway: isGoingAway = true
        case .body, .open, .nothing: break
        }
      default: break
      }
    }
  }

  private func respond(to stream: UInt32, on connection: TLSConnection) -> Answer {
    let request = seen.withLock { all in
      all.append(Request(number: all.count + 1, connection: connection.number))
      return all[all.count - 1]
    }
    // 0x88 is `:status: 200` of the static table (RFC 7541).
    let head = frame(Kind.headers, 4, stream, [0x88])
    let answer = answer(request)
    switch answer {
    case .body(let text): connection.write(head + frame(Kind.data, 1, stream, [UInt8](text.utf8)))
    case .open(let text): connection.write(head + frame(Kind.data, 0, stream, [UInt8](text.utf8)))
    case .nothing, .hangUp: break
    case .goAway(let answersThis):
      let last = answersThis ? stream : stream - min(stream, 2)
      if answersThis { connection.write(head + frame(Kind.data, 1, stream, [UInt8]("last".utf8))) }
      connection.write(frame(Kind.goAway, 0, 0, Self.bytes(last) + Self.bytes(0)))
    }
    return answer
  }

  private func frame(_ kind: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
    [UInt8(payload.count >> 16), UInt8(payload.count >> 8 & 255), UInt8(payload.count & 255), kind, flags]
      + Self.bytes(stream) + payload
  }

  private static func bytes(_ value: UInt32) -> [UInt8] {
    (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}
