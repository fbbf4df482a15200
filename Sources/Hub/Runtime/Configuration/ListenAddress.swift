/// An address to listen on: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, or `:8080` for all addresses.
public struct ListenAddress: Sendable, Equatable {
  /// An IPv4 or IPv6 address without brackets; empty: all addresses.
  public var host: String
  /// The port; 0: any free one.
  public var port: Int

  /// An address from its parts.
  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads ADDR:PORT; nil if it is none.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    guard let port = Self.port(text[text.index(after: colon)...], allowsZero: true) else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard !host.isEmpty, host.utf8.allSatisfy({ Self.isIPv6Character($0) }) else { return nil }
    } else {
      guard host.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || Self.isDigit($0) }) || host == "localhost"
      else { return nil }
    }
    self.host = host == "localhost" ? "127.0.0.1" : String(host)
    self.port = port
  }

  /// A port number in decimal digits.
  static func port(_ text: Substring, allowsZero: Bool) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy(isDigit), let port = UInt16(text) else { return nil }
    return port == 0 && !allowsZero ? nil : Int(port)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  private static func isIPv6Character(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".") || (byte | 0x20) &- 0x61 < 6
  }
}
