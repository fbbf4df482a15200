import HubEngine

/// The bearer token of the hub's service account. The kubelet renews the file; it is read again every minute and
/// after a 401. The token is in no message, log line or description.
struct APICredentials {
  /// How long a token that was read is used, in nanoseconds.
  static let lifetime: UInt64 = 60 * 1_000_000_000
  /// The longest token file, in bytes.
  static let maxBytes = 64 << 10

  private let file: String?
  private var value: String?
  private var readAt: UInt64?
  private var isStale = false
  /// What the last reading ended with, to be logged once.
  private(set) var problem: String?

  init(file: String?) { self.file = file }

  /// The token, read again if it is due. If the file cannot be read, the last token is used on.
  mutating func token(at monotonic: UInt64) -> String? {
    guard let file else { return nil }
    let isDue = readAt.map { monotonic &- $0 >= Self.lifetime } ?? true
    guard isDue || isStale else { return value }
    isStale = false
    readAt = monotonic
    do throws(FileContentError) {
      let text = try FileContent.read(file, limit: Self.maxBytes)
      if let token = Self.token(in: text) {
        value = token
        problem = nil
      } else {
        problem = "\(file) does not hold a token"
      }
    } catch {
      problem = "cannot read \(file): \(error)"
    }
    return value
  }

  /// The API server did not accept the token: read it again before the next request.
  mutating func refuse() { isStale = true }

  /// The file's content without white space at its ends, if it can stand in a header.
  private static func token(in bytes: [UInt8]) -> String? {
    let isSpace: (UInt8) -> Bool = { $0 <= 0x20 }
    guard let first = bytes.firstIndex(where: { !isSpace($0) }),
      let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return nil }
    let token = bytes[first...last]
    return token.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? String(decoding: token, as: UTF8.self) : nil
  }
}
