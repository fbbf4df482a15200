import CCurl
import Glibc

/// The sockets of one client: made here so that child processes do not inherit them, and known here so that a connection
/// can be closed under its transfers, which libcurl has no call for. Confined to the client's thread.
///
/// libcurl gets this object as an unretained pointer. That is safe because the client holds it until after the multi
/// handle, and with it the last connection, is gone.
final class SocketTable {
  private var open: Set<Int32> = []
  /// When bytes last came, by local port; of connections that may be shared.
  private var received: [Int32: UInt64] = [:]

  func setCallbacks(_ handle: UnsafeMutableRawPointer) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    frugal_curl_setopt_close_socket_callback(handle) { context, socket in
      guard let context else { return 1 }
      return Unmanaged<SocketTable>.fromOpaque(context).takeUnretainedValue().close(socket)
    }
    frugal_curl_setopt_pointer(handle, CURLOPT_CLOSESOCKETDATA, context)
  }

  /// A new socket; -1 if there is none.
  func make(_ family: Int32, _ type: Int32, _ proto: Int32) -> Int32 {
    let descriptor = socket(family, type | Int32(SOCK_CLOEXEC.rawValue), proto)
    if descriptor >= 0 { open.insert(descriptor) }
    return descriptor
  }

  private func close(_ descriptor: Int32) -> Int32 {
    open.remove(descriptor)
    if !received.isEmpty, let port = Self.port(of: descriptor) { received[port] = nil }
    return Glibc.close(descriptor)
  }

  /// Bytes came on the connection at this local port.
  func noteReceived(localPort: Int32, at now: UInt64) { received[localPort] = now }

  /// Whether bytes came on the connection at this local port after a moment.
  func hasReceived(localPort: Int32, after moment: UInt64) -> Bool {
    received[localPort, default: 0] > moment
  }

  /// Ends the connection at this local port: its transfers find it closed.
  func shutDown(localPort: Int32) {
    for descriptor in open.sorted() where Self.port(of: descriptor) == localPort {
      shutdown(descriptor, Int32(SHUT_RDWR))
    }
  }

  private static func port(of descriptor: Int32) -> Int32? {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutableBytes(of: &address) { bytes -> Int32? in
      // The kernel writes at most `length` bytes, the size of the storage, which is aligned for every kind of address.
      guard let base = bytes.baseAddress,
        getsockname(descriptor, base.assumingMemoryBound(to: sockaddr.self), &length) == 0
      else { return nil }
      // IPv4 and IPv6 addresses both have the port, in network order, after the family.
      return Int32(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
    }
  }
}
