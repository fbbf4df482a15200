import Synchronization

/// A small file that others renew: it is read again when it is old, and at once after it was suspected. What can't be
/// read or used leaves the last good content in force.
final class RereadFile: Sendable {
  private struct State {
    var content: [UInt8]?
    var readAt: UInt64?
  }

  let path: String
  private let maxBytes: Int
  private let maxAgeNanoseconds: UInt64
  private let usable: @Sendable ([UInt8]) -> [UInt8]?
  private let state = Mutex(State())

  /// `usable` makes of the bytes what is wanted, or nil of those that are of no use.
  init(
    _ path: String, maxBytes: Int, maxAgeNanoseconds: UInt64,
    usable: @escaping @Sendable ([UInt8]) -> [UInt8]?
  ) {
    self.path = path
    self.maxBytes = maxBytes
    self.maxAgeNanoseconds = maxAgeNanoseconds
    self.usable = usable
  }

  /// The content at monotonic time `now` (nanoseconds); nil if it could never be read.
  func content(at now: UInt64) -> [UInt8]? {
    state.withLock { state in
      if let readAt = state.readAt, now &- readAt < maxAgeNanoseconds { return state.content }
      if let fresh = SmallFile.read(path, maxBytes: maxBytes).flatMap(usable) {
        state = State(content: fresh, readAt: now)
      }
      return state.content
    }
  }

  /// It may be outdated: the next use reads it again.
  func suspect() {
    state.withLock { $0.readAt = nil }
  }
}

/// A token kept in a file by the kubelet. It is read again when it is a minute old, as client-go does, because
/// service account tokens expire; and at once after it was refused.
struct BearerToken: Sendable {
  static let maxAgeNanoseconds: UInt64 = 60_000_000_000
  /// A token is a few kilobytes; anything larger is some other file.
  static let maxBytes = 64 << 10

  private let file: RereadFile

  init(path: String) {
    file = RereadFile(path, maxBytes: Self.maxBytes, maxAgeNanoseconds: Self.maxAgeNanoseconds) { bytes in
      // A token is printable ASCII; white space around it, or a header smuggled in behind it, is not.
      let trimmed = bytes.filter { $0 > 0x20 && $0 < 0x7F }
      return trimmed.isEmpty ? nil : trimmed
    }
  }

  /// The token at monotonic time `now` (nanoseconds). If the file can't be read, the last token that could.
  func value(at now: UInt64) -> String? {
    file.content(at: now).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The server refused the token: the next use reads the file again.
  func invalidate() { file.suspect() }
}

/// The certificates of the authorities that the API server is trusted by, in a file that is renewed: read again when it is
/// five minutes old, and after a handshake that failed.
struct AuthorityFile: Sendable {
  static let maxAgeNanoseconds: UInt64 = 300_000_000_000
  /// A certificate is a few kilobytes, and there are a few.
  static let maxBytes = 1 << 20

  private let file: RereadFile
  var path: String { file.path }

  init(path: String) {
    file = RereadFile(path, maxBytes: Self.maxBytes, maxAgeNanoseconds: Self.maxAgeNanoseconds) { bytes in
      String(decoding: bytes, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") ? bytes : nil
    }
  }

  /// The PEM text at monotonic time `now` (nanoseconds).
  func certificates(at now: UInt64) -> [UInt8]? { file.content(at: now) }

  /// The server could not be trusted: the next use reads the file again.
  func invalidate() { file.suspect() }
}
