/// Certificates and keys that a kubeconfig holds or names. Files are looked at now, so that a fault is told at the
/// start, and read again later.
enum PEMReading {
  /// The largest file, in bytes.
  static let maxBytes = 1 << 20

  enum Wanted {
    case certificate
    case key
  }

  /// `NAME-data` counts before `NAME`, as in kubectl.
  static func source(
    _ node: KubeconfigNode, _ name: String, wanted: Wanted
  ) throws(KubeconfigError) -> PEMSource? {
    if let bytes = try node.data(name + "-data") {
      if let fault = fault(bytes, wanted, where: "the value") { throw node.error(fault, at: name + "-data") }
      return .text(bytes)
    }
    guard let file = try node.string(name) else { return nil }
    let path = node.text.resolve(file)
    let bytes: [UInt8]
    do throws(FileContentError) {
      bytes = try FileContent.read(path, limit: maxBytes)
    } catch {
      throw node.error(.unreadableFile(path: path, reason: "\(error)"), at: name)
    }
    if let fault = fault(bytes, wanted, where: path) { throw node.error(fault, at: name) }
    return .file(path)
  }

  /// What is wrong with a text that should be a certificate or a key.
  static func fault(_ bytes: [UInt8], _ wanted: Wanted, where place: String) -> KubeconfigError.Fault? {
    let text = String(decoding: bytes, as: UTF8.self)
    switch wanted {
    case .certificate:
      let isCertificate =
        text.contains("-----BEGIN CERTIFICATE-----") || text.contains("-----BEGIN TRUSTED CERTIFICATE-----")
      return isCertificate ? nil : .notPEM(wanted: "certificate", where: place)
    case .key:
      if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED") {
        return .encryptedKey(where: place)
      }
      return text.contains("PRIVATE KEY-----") ? nil : .notPEM(wanted: "private key", where: place)
    }
  }
}
