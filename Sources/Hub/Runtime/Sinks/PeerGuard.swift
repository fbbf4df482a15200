import HTTP
import HubEngine
import Synchronization

/// The addresses under which the API server was reached: none of them is a sink, whatever name leads there.
final class APIPeers: Sendable {
  /// A server behind a name whose addresses change shows at most so many; the oldest are forgotten.
  static let most = 64

  private let known = Mutex<[HTTPPeer]>([])

  /// Takes down where a request to the API server goes.
  func note(_ peer: HTTPPeer) {
    known.withLock { known in
      guard !known.contains(peer) else { return }
      known.append(peer)
      if known.count > Self.most { known.removeFirst() }
    }
  }

  /// Whether the API server was reached there.
  func contains(_ peer: HTTPPeer) -> Bool { known.withLock { $0.contains(peer) } }
}

/// Judges where a delivery's connection leads.
struct PeerGuard: Sendable {
  let route: SinkRoute
  let apiPeers: APIPeers

  /// Why nothing may be sent there, or nil if it may.
  func objection(to peer: HTTPPeer) -> String? {
    if apiPeers.contains(peer) { return "\(peer) is the API server" }
    switch peer.address {
    case .ipv4(let address): return route.objection(to: .ipv4(address))
    case .ipv6(let high, let low): return route.objection(to: .ipv6(UInt128(high) << 64 | UInt128(low)))
    }
  }
}
