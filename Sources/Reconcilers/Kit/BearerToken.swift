import Glibc
import Synchronization

/// A token kept in a file by the kubelet. It is read again when it is a minute old, as client-go does, because
/// service account tokens expire; and at once after it was refused.
final class BearerToken: Sendable {
  private struct Cached {
    var value: String
    var readAt: UInt64
  }

  static let maxAgeNanoseconds: UInt64 = 60_000_000_000
  /// A token is a few kilobytes; anything larger is some other file.
  static let maxBytes = 64 << 10

  private let path: String
  private let cached = Mutex<Cached?>(nil)

  init(path: String) {
    self.path = path
  }

  /// The token at monotonic time `now` (nanoseconds). If the file can't be read, the last token that could.
  func value(at now: UInt64) -> String? {
    cached.withLock { cached in
      if let current = cached, now &- current.readAt < Self.maxAgeNanoseconds { return current.value }
      if let fresh = Self.read(path) { cached = Cached(value: fresh, readAt: now) }
      return cached?.value
    }
  }

  /// The server refused the token: the next request reads the file again.
  func invalidate() {
    cached.withLock { $0?.readAt = 0 }
  }

  private static func read(_ path: String) -> String? {
    guard let bytes = SmallFile.read(path, maxBytes: maxBytes) else { return nil }
    // A token is printable ASCII; white space around it, or a header smuggled in behind it, is not.
    let trimmed = bytes.filter { $0 > 0x20 && $0 < 0x7F }
    return trimmed.isEmpty ? nil : String(decoding: trimmed, as: UTF8.self)
  }
}

/// Files that are read whole.
enum SmallFile {
  /// The file's bytes; nil if it can't be read or is larger than `maxBytes`.
  static func read(_ path: String, maxBytes: Int) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while bytes.count <= maxBytes {
      let chunk = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
        // read(2) fills at most the buffer's length and says how much.
        count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
      }
      if chunk.isEmpty { return bytes }
      bytes += chunk
    }
    return nil
  }
}
