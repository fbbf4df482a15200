/// A file that is read again after a while, or when it is suspected to have changed. What cannot be read or used leaves
/// the last good content in force.
struct RenewedFile {
  private let path: String
  private let limit: Int
  /// How long a content is used, in nanoseconds.
  private let lifetime: UInt64
  /// The part of the content that is used, or what is wrong with it.
  private let check: @Sendable ([UInt8]) -> Result<[UInt8], Unusable>

  private var content: [UInt8]?
  private var readAt: UInt64?
  private var isStale = false
  /// What is wrong with the file, if anything is.
  private(set) var problem: String?

  /// The end of a sentence that begins with the file's name.
  struct Unusable: Error {
    let reason: String
  }

  init(
    _ path: String, limit: Int, lifetimeSeconds: UInt64,
    check: @escaping @Sendable ([UInt8]) -> Result<[UInt8], Unusable>
  ) {
    self.path = path
    self.limit = limit
    lifetime = lifetimeSeconds * 1_000_000_000
    self.check = check
  }

  /// The content; nil if it was never readable.
  mutating func content(at monotonic: UInt64) -> [UInt8]? {
    let isDue = readAt.map { monotonic &- $0 >= lifetime } ?? true
    // One that was never there is looked for at every use.
    guard isDue || isStale || content == nil else { return content }
    isStale = false
    readAt = monotonic
    do throws(FileContentError) {
      switch check(try FileContent.read(path, limit: limit)) {
      case .success(let good):
        content = good
        problem = nil
      case .failure(let fault): problem = "\(path) \(fault.reason)"
      }
    } catch {
      problem = "cannot read \(path): \(error)"
    }
    return content
  }

  /// Reads it again at the next use.
  mutating func suspect() { isStale = true }
}

/// Bearer tokens in files. The kubelet renews its files; they are read again every minute and after a 401.
enum TokenFile {
  /// The longest file, in bytes.
  static let maxBytes = 64 << 10
  static let lifetimeSeconds: UInt64 = 60

  static func renewed(_ path: String) -> RenewedFile {
    RenewedFile(path, limit: maxBytes, lifetimeSeconds: lifetimeSeconds) { bytes in
      token(in: bytes).map { .success($0) } ?? .failure(.init(reason: "does not hold a token"))
    }
  }

  /// The file's content without white space at its ends, if it can stand in a header.
  static func token(in bytes: [UInt8]) -> [UInt8]? {
    let isSpace: (UInt8) -> Bool = { $0 <= 0x20 }
    guard let first = bytes.firstIndex(where: { !isSpace($0) }),
      let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return nil }
    let token = bytes[first...last]
    return token.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? Array(token) : nil
  }
}

/// Certificates and keys, whose files are read again every five minutes and after a failed handshake.
struct RenewedPEM {
  static let lifetimeSeconds: UInt64 = 300

  private var text: [UInt8]?
  private var file: RenewedFile?

  init(_ source: PEMSource, wanted: PEMReading.Wanted) {
    switch source {
    case .text(let bytes): text = bytes
    case .file(let path):
      file = RenewedFile(path, limit: PEMReading.maxBytes, lifetimeSeconds: Self.lifetimeSeconds) { bytes in
        let name = wanted == .key ? "unencrypted private key" : "certificate"
        return PEMReading.fault(bytes, wanted, where: "") == nil
          ? .success(bytes) : .failure(.init(reason: "holds no \(name) in PEM form"))
      }
    }
  }

  mutating func content(at monotonic: UInt64) -> [UInt8]? { text ?? file?.content(at: monotonic) }
  var problem: String? { file?.problem }
  mutating func suspect() { file?.suspect() }
}
