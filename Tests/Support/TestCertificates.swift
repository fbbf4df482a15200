import Foundation

/// A certificate authority and certificates made with the `openssl` command, for tests of TLS.
public final class TestCertificates: Sendable {
  /// A PEM certificate, its chain ending there, and its key.
  public struct Pair: Sendable {
    /// The certificate's file.
    public let certificate: String
    /// The key's file.
    public let key: String

    /// The certificate as PEM text.
    public var certificateText: [UInt8] { TestCertificates.bytes(certificate) }
    /// The key as PEM text.
    public var keyText: [UInt8] { TestCertificates.bytes(key) }
  }

  /// What to do where a tool is missing: the tests fail with it.
  public struct ToolFailed: Error, CustomStringConvertible {
    /// The command, what it said, and the remedy.
    public let description: String
  }

  private let directory: URL
  /// The authority that signs all others.
  public let authority: Pair
  /// An authority that signed nothing here.
  public let otherAuthority: Pair
  /// For 127.0.0.1 and localhost.
  public let server: Pair
  /// For `api.example` only.
  public let namedServer: Pair
  /// For 127.0.0.1, but it ended a day ago.
  public let expiredServer: Pair
  /// For a client.
  public let client: Pair
  /// For a client, but it ended a day ago.
  public let expiredClient: Pair

  private static let made = Result { try TestCertificates() }

  /// The certificates of this test process, made at the first use.
  public static func shared() throws -> TestCertificates { try made.get() }

  private init() throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "hub-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let maker = Maker(directory: directory)
    authority = try maker.authority("authority")
    otherAuthority = try maker.authority("other")
    let loopback = "subjectAltName=IP:127.0.0.1,DNS:localhost"
    server = try maker.signed("server", by: authority, days: 2, extensions: loopback)
    namedServer = try maker.signed(
      "named", by: authority, days: 2, extensions: "subjectAltName=DNS:api.example")
    expiredServer = try maker.signed("expired", by: authority, days: -1, extensions: loopback)
    let usage = "extendedKeyUsage=clientAuth"
    client = try maker.signed("client", by: authority, days: 2, extensions: usage)
    expiredClient = try maker.signed("expired-client", by: authority, days: -1, extensions: usage)
  }

  /// Not called for the shared ones, which stay with the machine's temporary files.
  deinit { try? FileManager.default.removeItem(at: directory) }

  fileprivate static func bytes(_ path: String) -> [UInt8] {
    [UInt8]((try? Data(contentsOf: URL(filePath: path))) ?? Data())
  }
}

/// Runs `openssl`.
private struct Maker {
  let directory: URL

  func authority(_ name: String) throws -> TestCertificates.Pair {
    let pair = pair(name)
    try run(
      ["req", "-x509"] + newKey(pair) + ["-out", pair.certificate, "-subj", "/CN=\(name)", "-days", "2"])
    return pair
  }

  func signed(
    _ name: String, by authority: TestCertificates.Pair, days: Int, extensions: String
  ) throws -> TestCertificates.Pair {
    let (pair, request, file) = (pair(name), path(name + ".csr"), path(name + ".ext"))
    try Data(extensions.utf8).write(to: URL(filePath: file))
    try run(["req"] + newKey(pair) + ["-out", request, "-subj", "/CN=\(name)"])
    try run(
      ["x509", "-req", "-in", request, "-CA", authority.certificate, "-CAkey", authority.key]
        + ["-set_serial", "\(name.utf8.reduce(1) { ($0 * 31 + Int($1)) % 1_000_003 })", "-days", "\(days)"]
        + ["-extfile", file, "-out", pair.certificate])
    return pair
  }

  private func newKey(_ pair: TestCertificates.Pair) -> [String] {
    ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", pair.key]
  }

  private func pair(_ name: String) -> TestCertificates.Pair {
    TestCertificates.Pair(certificate: path(name + ".pem"), key: path(name + ".key"))
  }

  private func path(_ name: String) -> String { directory.appending(path: name).path }

  private func run(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = arguments
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw TestCertificates.ToolFailed(
        description:
          "/usr/bin/openssl cannot be run (\(error)); install it: make deps, or apt-get install openssl")
    }
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw TestCertificates.ToolFailed(description: "openssl \(arguments.joined(separator: " ")): \(text)")
    }
  }
}
