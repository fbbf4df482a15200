import Glibc

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
