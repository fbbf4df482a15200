import Foundation
import Glibc

/// A blocking TCP connection for tests that say exactly which bytes go over the wire. Reads give up after a while,
/// which only bounds a failing test.
final class RawConnection: Sendable {
  struct Failed: Error { let what: String }

  let descriptor: Int32

  init(port: Int, receiveBufferBytes: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if var size = receiveBufferBytes {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    var timeout = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failed(what: "connect: \(errno)") }
  }

  /// An accepted connection.
  init(adopting descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  @discardableResult
  func send(_ text: String) -> Bool { send([UInt8](text.utf8)) }

  /// Sends all; false if the peer has closed.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  func shutdownWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Closes with a reset instead of an orderly end, once this object goes.
  func resetOnClose() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
  }

  /// The next bytes; empty at the end of the connection.
  func receive(max: Int = 65536) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: max)
    let count = recv(descriptor, &buffer, max, 0)
    if count < 0 {
      if errno == ECONNRESET { return [] }
      throw Failed(what: "recv: \(errno)")
    }
    return [UInt8](buffer[..<count])
  }

  func receive(until end: String) throws -> String {
    var text = ""
    while !text.hasSuffix(end) {
      let bytes = try receive(max: 1)
      guard !bytes.isEmpty else { throw Failed(what: "ended after: \(text)") }
      text += String(decoding: bytes, as: UTF8.self)
    }
    return text
  }

  func receiveAll() throws -> String {
    var all: [UInt8] = []
    while true {
      let bytes = try receive()
      if bytes.isEmpty { return String(decoding: all, as: UTF8.self) }
      all += bytes
    }
  }

  /// One answer with Content-Length: its head and body.
  func receiveAnswer() throws -> (head: String, body: String) {
    let head = try receive(until: "\r\n\r\n")
    let length =
      head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
      .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
    var body: [UInt8] = []
    while body.count < length {
      let bytes = try receive(max: length - body.count)
      guard !bytes.isEmpty else { throw Failed(what: "cut body") }
      body += bytes
    }
    return (head, String(decoding: body, as: UTF8.self))
  }
}

/// A listener whose answers a test writes by hand.
final class RawListener: Sendable {
  let descriptor: Int32
  let port: Int

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) | listen(descriptor, 128) | getsockname(descriptor, $0, &length)
      }
    }
    guard result == 0 else { throw RawConnection.Failed(what: "listen: \(errno)") }
    port = Int(in_port_t(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }

  /// Ends an `accept` that waits.
  func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// The next connection.
  func accept() throws -> RawConnection {
    let accepted = Glibc.accept(descriptor, nil, nil)
    guard accepted >= 0 else { throw RawConnection.Failed(what: "accept: \(errno)") }
    var timeout = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(accepted, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    return RawConnection(adopting: accepted)
  }
}
