/// What the policy says of one subscription's sink, ready to judge the addresses that it turns out to have: a name may lead
/// anywhere, and elsewhere next time, so each connection is judged anew.
public struct SinkRoute: Hashable, Sendable {
  /// A rule that is about this sink, if the address is in its blocks; without blocks, whatever the address.
  struct Clause: Hashable, Sendable {
    /// As messages name it: `sinkPolicy.deny[2]`.
    var name: String
    var cidrs: [AddressRange]

    func concerns(_ forms: [NetworkHost]) -> Bool {
      cidrs.isEmpty || forms.contains { form in cidrs.contains { $0.contains(form) } }
    }
  }

  /// Nil: the administrator's own sink, which needs none.
  var allow: [Clause]?
  var deny: [Clause]

  /// Why nothing may be sent to this address, or nil if it may.
  public func objection(to address: NetworkHost) -> String? {
    let address = address.reached
    if address.isLinkLocal { return "\(address) is link-local, which is never allowed" }
    if address.isMetadata { return "\(address) is the metadata service of a cloud, which is never allowed" }
    // Forbidden is an address in any wrapping, allowed only as it is.
    let forms = [address] + [address.embedded].compactMap { $0 }
    if let rule = deny.first(where: { $0.concerns(forms) }) { return "\(rule.name) forbids \(address)" }
    guard let allow else { return nil }
    if address.isLoopback {
      let isAllowed = allow.contains { !$0.cidrs.isEmpty && $0.concerns([address]) }
      return isAllowed ? nil : Self.loopbackProblem(address)
    }
    if allow.contains(where: { $0.concerns([address]) }) { return nil }
    let names = allow.map(\.name).joined(separator: ", ")
    return names.isEmpty
      ? "no rule of sinkPolicy.allow holds \(address)" : "\(address) is not in the cidrs of \(names)"
  }

  static func loopbackProblem(_ host: NetworkHost) -> String {
    "\(host) is loopback, no place in the cluster, and in the cidrs of no rule of sinkPolicy.allow"
  }
}

extension NetworkHost: CustomStringConvertible {
  /// As it stands in a URL.
  public var description: String {
    switch self {
    case .name(let name): name
    case .ipv4(let address):
      [24, 16, 8, 0].map { String(address >> UInt32($0) & 0xFF) }.joined(separator: ".")
    case .ipv6(let address):
      "[" + IPv6Text.text(address) + "]"
    }
  }

  /// Where a connection to it leads: an IPv4 address that is written as an IPv6 one is what it is, and the address of no
  /// machine is this one.
  var reached: NetworkHost {
    switch self {
    case .ipv6(let address) where address >> 32 == 0xFFFF:
      NetworkHost.ipv4(UInt32(truncatingIfNeeded: address)).reached
    case .ipv6(0): .ipv6(1)
    case .ipv4(0): .ipv4(0x7F00_0001)
    case .ipv4, .ipv6, .name: self
    }
  }

  /// Whether it is this machine itself; also where it is wrapped in an IPv6 address.
  var isLoopback: Bool {
    switch self {
    case .ipv4(let address): address >> 24 == 127 || address == 0
    case .ipv6(let address): address <= 1 || (embedded?.isLoopback ?? false)
    case .name(let name): name == "localhost" || name.hasSuffix(".localhost")
    }
  }

  /// Whether a cloud's metadata service is there that has no link-local address (Amazon and Google by IPv6, Alibaba,
  /// Azure, Oracle).
  var isMetadata: Bool {
    switch self {
    case .ipv4(let address): [0x6464_64C8, 0xA83F_8110, 0xC000_00C0].contains(address)
    case .ipv6(let address):
      [0xFD00_0EC2 << 96 | 0x254, 0xFD20_00CE << 96 | 0x254].contains(address)
        || (embedded?.isMetadata ?? false)
    case .name: false
    }
  }
}

/// An IPv6 address in the form of RFC 5952.
enum IPv6Text {
  static func text(_ address: UInt128) -> String {
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: address >> UInt128(112 - 16 * $0)) }
    guard let gap = longestGap(groups) else { return hexadecimal(groups[...]) }
    return hexadecimal(groups[..<gap.lowerBound]) + "::" + hexadecimal(groups[gap.upperBound...])
  }

  private static func hexadecimal(_ groups: ArraySlice<UInt16>) -> String {
    groups.map { String($0, radix: 16) }.joined(separator: ":")
  }

  /// The first of the longest runs of zeros, from two on.
  private static func longestGap(_ groups: [UInt16]) -> Range<Int>? {
    var longest: Range<Int>?
    var start = 0
    while start < groups.count {
      let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
      if end - start > max(1, longest?.count ?? 1) { longest = start..<end }
      start = max(end, start + 1)
    }
    return longest
  }
}
