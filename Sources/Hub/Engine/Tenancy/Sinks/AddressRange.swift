/// A block of addresses in CIDR form, as `10.0.0.0/8` or `fd00::/8`.
public struct AddressRange: Hashable, Sendable, CustomStringConvertible {
  private let isIPv6: Bool
  private let base: UInt128
  private let mask: UInt128
  /// As it was written.
  public let description: String

  /// Reads ADDRESS/LENGTH; an address alone is itself. The bits behind the length must be zero, so that nobody means less
  /// than is written.
  public init(_ text: String) throws(AddressRangeFault) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let address: UInt128
    let width: Int
    if let value = Self.dotted(parts[0]) {
      (address, width) = (UInt128(value), 32)
    } else if let value = NetworkHost.parseIPv6(parts[0]), parts[0].contains(":") {
      (address, width) = (value, 128)
    } else {
      throw .notAnAddress(text)
    }
    guard parts.count == 1 || Self.isLength(parts[1]), let length = parts.count == 1 ? width : Int(parts[1]),
      length <= width
    else { throw .badLength(text, most: width) }
    let ones = length == 0 ? 0 : ~UInt128(0) << UInt128(width - length)
    mask = width == 32 ? ones & 0xFFFF_FFFF : ones
    guard address & ~mask == 0 else { throw .bitsBeyondLength(text) }
    (base, isIPv6, description) = (address, width == 128, text)
  }

  /// Four decimal parts: other spellings of an address do not belong into a rule.
  private static func dotted(_ text: Substring) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4, parts.allSatisfy({ $0 == "0" || !$0.hasPrefix("0") }) else { return nil }
    return NetworkHost.parseIPv4(String(text))
  }

  private static func isLength(_ text: Substring) -> Bool {
    (1...3).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) }
      && (text == "0" || !text.hasPrefix("0"))
  }

  /// Whether the address is in the block; an IPv4 address that is wrapped in an IPv6 one is none of IPv6. Never for a name.
  public func contains(_ host: NetworkHost) -> Bool {
    switch host {
    case .ipv4(let address): !isIPv6 && UInt128(address) & mask == base
    case .ipv6(let address): isIPv6 && address & mask == base
    case .name: false
    }
  }

  /// Whether an address of this machine itself is in the block.
  var holdsLoopback: Bool {
    isIPv6 ? 1 & mask == base : base & (0xFF00_0000 & mask) == 0x7F00_0000 & mask
  }

  /// This machine, in both forms.
  public static let loopback: [AddressRange] = [
    AddressRange(isIPv6: false, base: 0x7F00_0000, mask: 0xFF00_0000, "127.0.0.0/8"),
    AddressRange(isIPv6: true, base: 1, mask: ~0, "::1/128"),
  ]

  private init(isIPv6: Bool, base: UInt128, mask: UInt128, _ text: String) {
    (self.isIPv6, self.base, self.mask, description) = (isIPv6, base, mask, text)
  }
}

/// Why a text is no block of addresses.
public enum AddressRangeFault: Error, Hashable, Sendable {
  /// What stands before the `/` is neither an IPv4 nor an IPv6 address.
  case notAnAddress(String)
  /// What stands after the `/` is no number of bits that such an address has.
  case badLength(String, most: Int)
  /// The address has bits beyond the length.
  case bitsBeyondLength(String)

  /// What is wrong.
  public var reason: String {
    switch self {
    case .notAnAddress(let text): "\(ShownText.quoted(text)) is not a block of addresses"
    case .badLength(let text, let most):
      "\(ShownText.quoted(text)) has no length from 0 to \(most) after the /"
    case .bitsBeyondLength(let text): "\(ShownText.quoted(text)) has bits beyond its length"
    }
  }

  /// What to do.
  public var remedy: String {
    switch self {
    case .notAnAddress: "write it as 10.0.0.0/8 or fd00::/8"
    case .badLength: "write how many bits are fixed"
    case .bitsBeyondLength: "write the first address of the block"
    }
  }
}
