import HubEngine

/// What a transfer of the HTTP client is for. Requests and deliveries count from 1 each; the client knows both by one
/// number.
enum Transfer: Hashable, Sendable {
  case request(RequestID)
  case delivery(DeliveryID)

  /// The client's number: the lowest bit tells the two apart.
  var rawValue: UInt64 {
    switch self {
    case .request(let id): id.rawValue << 1
    case .delivery(let id): id.rawValue << 1 | 1
    }
  }

  init(rawValue: UInt64) {
    self =
      rawValue & 1 == 0
      ? .request(RequestID(rawValue: rawValue >> 1)) : .delivery(DeliveryID(rawValue: rawValue >> 1))
  }
}
