import Glibc

/// Where a connection leads: the address and port that it is made to, whatever name was asked for.
public struct HTTPPeer: Hashable, Sendable, CustomStringConvertible {
  /// An address, as a number.
  public enum Address: Hashable, Sendable {
    /// IPv4.
    case ipv4(UInt32)
    /// IPv6, its first half and its second. Not one UInt128, whose alignment of 16 bytes the frames of tasks do not keep: an
    /// error thrown through one crashed (Swift 6.3).
    case ipv6(UInt64, UInt64)
  }

  /// The address.
  public let address: Address
  /// The port.
  public let port: UInt16

  /// A peer out of its parts.
  public init(_ address: Address, port: UInt16) {
    self.address = address
    self.port = port
  }

  /// What a socket is about to be connected to; nil if it is neither IPv4 nor IPv6. `bytes` are those of a `sockaddr`.
  init?(family: Int32, _ bytes: UnsafeRawBufferPointer) {
    // In both forms the port follows the family; the address follows it, or it and the flow label.
    switch family {
    case AF_INET where bytes.count >= 8:
      address = .ipv4(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
    case AF_INET6 where bytes.count >= 24:
      address = .ipv6(
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
    default: return nil
    }
    port = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
  }

  /// The address as libcurl tells it; nil if it is neither IPv4 nor IPv6.
  init?(_ text: UnsafePointer<CChar>, port: Int32) {
    var (four, six) = (UInt32(0), UInt128(0))
    // Each writes the size of the number given to it, in network order.
    if inet_pton(AF_INET, text, &four) == 1 {
      address = .ipv4(UInt32(bigEndian: four))
    } else if inet_pton(AF_INET6, text, &six) == 1 {
      let value = UInt128(bigEndian: six)
      address = .ipv6(UInt64(truncatingIfNeeded: value >> 64), UInt64(truncatingIfNeeded: value))
    } else {
      return nil
    }
    self.port = UInt16(truncatingIfNeeded: port)
  }

  /// The address, as `10.0.0.1` or `fd00::1`.
  public var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let length = socklen_t(text.count)
    switch address {
    case .ipv4(let value):
      var bytes = value.bigEndian
      inet_ntop(AF_INET, &bytes, &text, length)
    case .ipv6(let high, let low):
      var bytes = (UInt128(high) << 64 | UInt128(low)).bigEndian
      inet_ntop(AF_INET6, &bytes, &text, length)
    }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
