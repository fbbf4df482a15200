import Foundation
import Glibc
import Synchronization

/// A TLS server on a free port of 127.0.0.1 whose connections a test serves by hand: one thread each, blocking.
public final class TLSServer: Sendable {
  /// What it shows and asks for.
  public struct Settings: Sendable {
    /// Its certificate and key.
    public var identity: TestCertificates.Pair
    /// A PEM file of the authorities whose client certificates it insists on; nil: it asks for none.
    public var clientAuthority: String?
    /// It chooses HTTP/2 from what the client offers.
    public var speaksHTTP2 = false

    /// A server with this certificate.
    public init(_ identity: TestCertificates.Pair) { self.identity = identity }
  }

  private final class Context: @unchecked Sendable {
    // Proof: after init the pointer is only given to SSL_new, which any thread may call.
    let handle: OpenSSL.Handle
    init(_ handle: OpenSSL.Handle) { self.handle = handle }
  }

  private let listener: Int32
  private let context: Context
  private let openSSL: OpenSSL
  /// The port.
  public let port: Int
  private let connections = Mutex<[Int32]>([])
  private let accepted = Atomic(0)

  /// How many TCP connections came.
  public var connectionCount: Int { accepted.load(ordering: .acquiring) }

  /// Listens, and serves each connection whose handshake succeeds on a thread of its own.
  public init(_ settings: Settings, serve: @escaping @Sendable (TLSConnection) -> Void) throws {
    openSSL = try OpenSSL.shared()
    context = try Self.context(settings, openSSL)
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) | listen(descriptor, 128) | getsockname(descriptor, $0, &length)
      }
    }
    guard result == 0 else { throw TestCertificates.ToolFailed(description: "cannot listen: \(errno)") }
    port = Int(in_port_t(bigEndian: address.sin_port))
    Thread.detachNewThread { [self] in acceptAll(serve) }
  }

  /// Closes the listener and all connections.
  public func stop() {
    Glibc.shutdown(listener, Int32(SHUT_RDWR))
    closeConnections()
  }

  /// Closes all connections, as the end of a process would.
  public func closeConnections() {
    connections.withLock { open in
      for descriptor in open { Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }

  private func acceptAll(_ serve: @escaping @Sendable (TLSConnection) -> Void) {
    // A peer that is gone must not end the test process: SSL_write has no MSG_NOSIGNAL.
    signal(SIGPIPE, SIG_IGN)
    while true {
      let descriptor = Glibc.accept(listener, nil, nil)
      guard descriptor >= 0 else { break }
      let number = accepted.add(1, ordering: .acquiringAndReleasing).newValue
      connections.withLock { $0.append(descriptor) }
      Thread.detachNewThread { [self] in
        if let connection = TLSConnection(descriptor, number: number, context.handle, openSSL) {
          serve(connection)
        }
        connections.withLock { open in open.removeAll { $0 == descriptor } }
        Self.closeInOrder(descriptor)
      }
    }
    close(listener)
  }

  /// A close with bytes unread would be a reset, which overtakes the alert that says why a handshake failed.
  private static func closeInOrder(_ descriptor: Int32) {
    Glibc.shutdown(descriptor, Int32(SHUT_WR))
    var rest = [UInt8](repeating: 0, count: 4096)
    while read(descriptor, &rest, rest.count) > 0 {}
    close(descriptor)
  }

  private static func context(_ settings: Settings, _ openSSL: OpenSSL) throws -> Context {
    guard let handle = openSSL.newContext(openSSL.method()) else {
      throw TestCertificates.ToolFailed(description: "no TLS context")
    }
    let isReady =
      openSSL.useCertificateChainFile(handle, settings.identity.certificate) == 1
      // 1: SSL_FILETYPE_PEM.
      && openSSL.useKeyFile(handle, settings.identity.key, 1) == 1
    guard isReady else { throw TestCertificates.ToolFailed(description: "unusable server certificate") }
    if let authority = settings.clientAuthority {
      // 3: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT.
      guard openSSL.loadAuthorities(handle, authority, nil) == 1 else {
        throw TestCertificates.ToolFailed(description: "unusable client authority")
      }
      openSSL.setVerify(handle, 3, nil)
    }
    if settings.speaksHTTP2 { openSSL.setChooseProtocol(handle, chooseHTTP2, nil) }
    return Context(handle)
  }

  /// Points `out` into the client's own list, where it offers `h2`.
  private static let chooseHTTP2: OpenSSL.ChooseProtocol = { _, out, outLength, offered, count, _ in
    guard let out, let outLength, let offered else { return 3 }
    var index = 0
    while index < Int(count) {
      let length = Int(offered[index])
      // The list was checked by OpenSSL: each length stays within it.
      if length == 2, offered[index + 1] == UInt8(ascii: "h"), offered[index + 2] == UInt8(ascii: "2") {
        out.pointee = UnsafeMutablePointer(mutating: offered + index + 1)
        outLength.pointee = 2
        return 0
      }
      index += 1 + length
    }
    return 3
  }
}

/// One connection of a `TLSServer`, for the thread that serves it.
public final class TLSConnection {
  private let handle: OpenSSL.Handle
  private let openSSL: OpenSSL
  /// 1 for the server's first connection.
  public let number: Int
  /// What the client asked for by SNI.
  public let serverName: String?

  /// Nil if the handshake fails.
  fileprivate init?(_ descriptor: Int32, number: Int, _ context: OpenSSL.Handle, _ openSSL: OpenSSL) {
    guard let handle = openSSL.newConnection(context) else { return nil }
    self.handle = handle
    self.openSSL = openSSL
    self.number = number
    _ = openSSL.setDescriptor(handle, descriptor)
    let isOpen = openSSL.accept(handle) == 1
    // 0: TLSEXT_NAMETYPE_host_name.
    serverName = isOpen ? openSSL.serverName(handle, 0).map { String(cString: $0) } : nil
    if !isOpen { return nil }
  }

  deinit {
    _ = openSSL.shutdown(handle)
    openSSL.free(handle)
  }

  /// The next bytes; empty at the end.
  public func read(max: Int = 16384) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: max)
    let count = buffer.withUnsafeMutableBytes { openSSL.read(handle, $0.baseAddress, Int32($0.count)) }
    return count > 0 ? [UInt8](buffer[..<Int(count)]) : []
  }

  /// Exactly so many bytes, or nil at the end.
  public func read(exactly count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = read(max: count - bytes.count)
      if more.isEmpty { return nil }
      bytes += more
    }
    return bytes
  }

  /// The head of a request that has no body, or nil at the end.
  public func readHead() -> String? {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard let byte = read(exactly: 1) else { return nil }
      bytes += byte
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Sends all.
  public func write(_ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes { openSSL.write(handle, $0.baseAddress, Int32($0.count)) }
  }

  /// Sends all.
  public func write(_ text: String) { write([UInt8](text.utf8)) }
}
