/// Reading and copying bytes of a text.
extension RawSpan {
  /// The byte at an offset; traps beyond the end.
  @inline(__always)
  func byte(at offset: Int) -> UInt8 {
    // "unsafe" speaks of bit patterns, and every one is a UInt8; the bounds are checked.
    unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The eight bytes from an offset on, the first in the lowest bits; traps beyond the end.
  @inline(__always)
  func word(at offset: Int) -> UInt64 {
    // "unsafe" speaks of bit patterns, and every one is a UInt64; the bounds are checked.
    UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Copies the bytes of a range; nil if it is not inside the span.
  func copy(_ range: Range<Int>) -> [UInt8]? {
    guard range.lowerBound >= 0, range.upperBound <= byteCount else { return nil }
    // The buffer is read inside the closure only.
    return extracting(range).withUnsafeBytes { [UInt8]($0) }
  }

  /// The text of a range; wrong UTF-8 becomes U+FFFD. Nil if the range is not inside the span.
  func string(_ range: Range<Int>) -> String? {
    guard range.lowerBound >= 0, range.upperBound <= byteCount else { return nil }
    // The buffer is read inside the closure only.
    return extracting(range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether the bytes of a range are these.
  func holds(_ bytes: [UInt8], in range: Range<Int>) -> Bool {
    guard range.count == bytes.count, range.upperBound <= byteCount else { return false }
    for index in bytes.indices where byte(at: range.lowerBound + index) != bytes[index] { return false }
    return true
  }

  /// Appends the bytes of a range inside the span to an array.
  @inline(__always)
  func append(_ range: Range<Int>, to bytes: inout [UInt8]) {
    // The buffer is read inside the closure only.
    extracting(range).withUnsafeBytes { bytes.append(contentsOf: $0) }
  }
}
