import Foundation
import Glibc
import Synchronization

/// An HTTP proxy on a free port of 127.0.0.1 that does nothing but CONNECT, to ports of 127.0.0.1.
public final class TunnelProxy: Sendable {
  private let listener: Int32
  /// The port.
  public let port: Int
  private let state = Mutex<(targets: [String], open: [Int32])>(([], []))

  /// What tunnels were asked for, in order: `host:port`.
  public var targets: [String] { state.withLock { $0.targets } }

  /// Listens.
  public init() throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = Self.loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) | listen(descriptor, 16) | getsockname(descriptor, $0, &length)
      }
    }
    guard result == 0 else { throw TestCertificates.ToolFailed(description: "cannot listen: \(errno)") }
    port = Int(in_port_t(bigEndian: address.sin_port))
    Thread.detachNewThread { [self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { break }
        state.withLock { $0.open.append(client) }
        Thread.detachNewThread { [self] in serve(client) }
      }
      close(listener)
    }
  }

  /// Closes the listener and ends all tunnels.
  public func stop() {
    Glibc.shutdown(listener, Int32(SHUT_RDWR))
    state.withLock { state in
      for descriptor in state.open { Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }

  private func serve(_ client: Int32) {
    defer {
      state.withLock { state in state.open.removeAll { $0 == client } }
      close(client)
    }
    var head: [UInt8] = []
    var byte: UInt8 = 0
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard read(client, &byte, 1) == 1 else { return }
      head.append(byte)
    }
    let words = String(decoding: head, as: UTF8.self).split(separator: " ")
    guard words.count > 2, words[0] == "CONNECT",
      let port = words[1].split(separator: ":").last.flatMap({ UInt16($0) })
    else { return }
    state.withLock { $0.targets.append(String(words[1])) }
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(server) }
    var address = Self.loopback(port: port)
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    let answer =
      connected == 0 ? "HTTP/1.1 200 OK\r\n\r\n" : "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
    guard Self.send([UInt8](answer.utf8)[...], to: client), connected == 0 else { return }
    Self.tunnel(client, server)
  }

  /// Moves bytes both ways until one side ends.
  private static func tunnel(_ one: Int32, _ other: Int32) {
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      var waits = [one, other].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&waits, 2, -1) > 0 else { return }
      for (from, to) in [(0, other), (1, one)] where waits[from].revents != 0 {
        let count = read(waits[from].fd, &buffer, buffer.count)
        guard count > 0, send(buffer[..<count], to: to) else { return }
      }
    }
  }

  private static func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { bytes in
      Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }
  }

  private static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }
}
