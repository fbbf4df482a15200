import JSONScan

/// An object's or list's `resourceVersion`. By KEP-5504 it is comparable if it is a decimal number of at most
/// 128 bits without a leading zero (so "0" is none); anything else is opaque: different only means changed.
/// Compare only versions of one resource, within one feed and epoch.
public struct ResourceVersion: Hashable, Sendable, CustomStringConvertible {
  /// How one version stands to another.
  public enum Order: Sendable {
    /// This one was written before the other.
    case older
    /// They are the same.
    case same
    /// This one was written after the other.
    case newer
  }

  /// As it came.
  public let text: String

  /// Takes a version as it came; never fails, since opaque versions are versions too.
  public init(_ text: String) {
    self.text = text
  }

  /// Its number, or nil if it is opaque.
  public var decimal: UInt128? {
    let digits = text.utf8
    guard let first = digits.first, first != UInt8(ascii: "0"), digits.count <= 39 else { return nil }
    var value: UInt128 = 0
    for digit in digits {
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
      let (scaled, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowedAgain) = scaled.addingReportingOverflow(UInt128(digit - UInt8(ascii: "0")))
      if overflowed || overflowedAgain { return nil }
      value = sum
    }
    return value
  }

  /// How this version stands to `other`, or nil if either is opaque.
  public func compare(_ other: ResourceVersion) -> Order? {
    guard let mine = decimal, let theirs = other.decimal else { return nil }
    if mine == theirs { return .same }
    return mine < theirs ? .older : .newer
  }

  /// The number of a version in a text, without making a String; nil if it is opaque.
  public static func decimal(_ slice: JSONSlice, in text: RawSpan) -> UInt128? {
    guard slice.kind == .string, slice.end - slice.start > 2, slice.end <= text.byteCount else { return nil }
    // Up to 19 digits fit a UInt64, which is every version that etcd makes.
    guard !slice.hasEscapes, slice.end - slice.start - 2 <= 19 else {
      return slice.string(in: text).flatMap { ResourceVersion($0).decimal }
    }
    var value: UInt64 = 0
    for offset in slice.start + 1..<slice.end - 1 {
      // A byte has no invalid bit patterns, and the load checks its bounds.
      let digit = unsafe text.unsafeLoad(fromByteOffset: offset, as: UInt8.self) &- UInt8(ascii: "0")
      guard digit <= 9, value != 0 || digit != 0 else { return nil }
      value = value &* 10 &+ UInt64(digit)
    }
    return UInt128(value)
  }

  /// The text.
  public var description: String { text }
}
