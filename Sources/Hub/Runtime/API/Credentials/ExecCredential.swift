import CloudEvents
import JSONScan

/// What an exec plugin gave: a token, a client certificate, or both, perhaps until a moment.
struct ExecCredential: Sendable, Equatable {
  var token: String?
  var certificate: [UInt8]?
  var key: [UInt8]?
  /// Nanoseconds since 1970; nil: until a 401.
  var expires: Int64?

  /// Reads an ExecCredential object. Throws what is wrong with it, without its content.
  init(_ bytes: [UInt8], version: ExecPlugin.Version) throws(ExecFailure) {
    guard let root = try? JSONValue(parsing: bytes), root.object != nil else {
      throw .notACredential(bytes.isEmpty ? "nothing at all" : "not a JSON object")
    }
    guard root["kind"]?.string == "ExecCredential" else {
      throw .notACredential("kind is not ExecCredential")
    }
    guard root["apiVersion"]?.string == version.rawValue else {
      throw .notACredential("apiVersion is not \(version.rawValue)")
    }
    guard let status = root["status"], status.object != nil else {
      throw .notACredential("status is missing")
    }
    token = try Self.string("token", of: status)
    certificate = try Self.string("clientCertificateData", of: status).map { Array($0.utf8) }
    key = try Self.string("clientKeyData", of: status).map { Array($0.utf8) }
    try checkContent()
    if let text = try Self.string("expirationTimestamp", of: status) {
      guard let moment = RFC3339.parse(text) else {
        throw .notACredential("status.expirationTimestamp is not an RFC 3339 time")
      }
      expires = moment
    }
  }

  private static func string(_ name: String, of status: JSONValue) throws(ExecFailure) -> String? {
    guard let value = status[name], value != .null else { return nil }
    guard let text = value.string else { throw .notACredential("status.\(name) is not a string") }
    return text.isEmpty ? nil : text
  }

  private func checkContent() throws(ExecFailure) {
    guard token != nil || certificate != nil else {
      throw .notACredential("status has neither token nor clientCertificateData")
    }
    guard (certificate == nil) == (key == nil) else {
      throw .notACredential("status has one of clientCertificateData and clientKeyData without the other")
    }
    if let token, !token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
      throw .notACredential("status.token cannot be sent in a header")
    }
    if let certificate, PEMReading.fault(certificate, .certificate, where: "") != nil {
      throw .notACredential("status.clientCertificateData holds no certificate in PEM form")
    }
    if let key, PEMReading.fault(key, .key, where: "") != nil {
      throw .notACredential("status.clientKeyData holds no unencrypted private key in PEM form")
    }
  }
}
