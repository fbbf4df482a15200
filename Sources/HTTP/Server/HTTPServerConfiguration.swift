/// Where a server listens and what it allows. Every limit is enforced; times are in milliseconds.
public struct HTTPServerConfiguration: Sendable {
  /// The IPv4 or IPv6 address to bind.
  public var host = "127.0.0.1"
  /// The port; 0 takes any free one.
  public var port = 0
  /// Request line and header fields together (and trailers again): beyond it 414 or 431.
  public var maxHeaderBytes = 32 * 1024
  /// A request body, decoded: beyond it 413.
  public var maxBodyBytes = 4 * 1024 * 1024
  /// Open connections: while there are so many, further ones wait in the listen queue.
  public var maxConnections = 4096
  /// How long a connection may stay open without a request.
  public var idleTimeoutMilliseconds = 90_000
  /// How long the head of a request may take from its first byte (or from the start of the connection): then 408.
  public var headerTimeoutMilliseconds = 10_000
  /// How long a request body may take after its head: then 408.
  public var bodyTimeoutMilliseconds = 60_000
  /// How long a peer may take no byte of output that waits for it: then the connection is closed.
  public var writeTimeoutMilliseconds = 60_000
  /// Bytes of a stream that its peer has not taken yet: beyond it the connection is closed (a slow watcher).
  public var maxBufferedOutputBytes = 8 * 1024 * 1024

  /// The defaults: any free port of the loopback address.
  public init(host: String = "127.0.0.1", port: Int = 0) {
    self.host = host
    self.port = port
  }
}

/// Why a server could not listen.
public enum HTTPServerError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The host is no IPv4 or IPv6 address, or the port is not in 0...65535.
  case badAddress(String)
  /// The address is in use or not allowed; with the system's reason.
  case cannotListen(address: String, reason: String)
  /// The system refused a descriptor that every server needs.
  case outOfResources(String)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .badAddress(let address): "\(address) is not an address to listen on"
    case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason)"
    case .outOfResources(let reason): "cannot set up a server: \(reason)"
    }
  }
}
