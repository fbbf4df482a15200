import CCurl

/// TLS settings as libcurl options.
enum TLSOptions {
  static func set(_ tls: HTTPClientTLS?, on handle: UnsafeMutableRawPointer) {
    let verifies = tls?.verifiesServer ?? true
    frugal_curl_setopt_long(handle, CURLOPT_SSL_VERIFYPEER, verifies ? 1 : 0)
    frugal_curl_setopt_long(handle, CURLOPT_SSL_VERIFYHOST, verifies ? 2 : 0)
    guard let tls else { return }
    if tls.caCertificates != nil || tls.caFile != nil {
      if let authorities = tls.caCertificates {
        set(authorities, CURLOPT_CAINFO_BLOB, on: handle)
      } else {
        frugal_curl_setopt_string(handle, CURLOPT_CAINFO, tls.caFile)
      }
      // Without this the system's directory of authorities would be trusted as well.
      frugal_curl_setopt_string(handle, CURLOPT_CAPATH, nil)
    }
    setClientCertificate(tls, on: handle)
  }

  private static func setClientCertificate(_ tls: HTTPClientTLS, on handle: UnsafeMutableRawPointer) {
    if let certificate = tls.clientCertificate {
      set(certificate, CURLOPT_SSLCERT_BLOB, on: handle)
    } else if let file = tls.clientCertificateFile {
      frugal_curl_setopt_string(handle, CURLOPT_SSLCERT, file)
    }
    if let key = tls.clientKey {
      set(key, CURLOPT_SSLKEY_BLOB, on: handle)
    } else if let file = tls.clientKeyFile {
      frugal_curl_setopt_string(handle, CURLOPT_SSLKEY, file)
    }
    // Without a passphrase OpenSSL would ask for that of an encrypted key at the terminal, and wait.
    if tls.clientKey != nil || tls.clientKeyFile != nil {
      frugal_curl_setopt_string(handle, CURLOPT_KEYPASSWD, "")
    }
  }

  private static func set(_ text: [UInt8], _ option: CURLoption, on handle: UnsafeMutableRawPointer) {
    // The pointer is used for the length of the call only: libcurl copies.
    text.withUnsafeBytes { bytes in
      _ = frugal_curl_setopt_blob(handle, option, bytes.baseAddress, bytes.count)
    }
  }
}

/// How a peer is reached under another name than its URL's: libcurl takes the name for SNI and verification from the
/// URL. So the URL gets the wanted name, the connection is diverted to the real host, and `Host` names that.
struct ServerNameDetour {
  /// The URL with the other name for its host.
  let url: String
  /// The real host and port, as the URL has them.
  let authority: String
  /// For CURLOPT_CONNECT_TO: any host and port to the real ones.
  let connectTo: String

  /// Nil if the request's URL is used as it is. Asked for every request, which a function borrows and an initializer
  /// would copy.
  static func needed(by request: HTTPClientRequest) -> ServerNameDetour? {
    guard request.isHTTPS, let name = request.tls?.serverName, !name.isEmpty else { return nil }
    let rest = request.url.dropFirst("https://".count)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    // The port follows the last colon, unless that is within the brackets of an IPv6 address.
    let tail = authority.hasSuffix("]") ? nil : authority.lastIndex(of: ":")
    let host = tail.map { authority[..<$0] } ?? authority
    guard !host.isEmpty, host != name else { return nil }
    let port = tail.map { authority[authority.index(after: $0)...] } ?? "443"
    let shownName = name.utf8.contains(ASCII.colon) && !name.hasPrefix("[") ? "[\(name)]" : name
    return ServerNameDetour(
      url: "https://\(shownName):\(port)" + rest.dropFirst(authority.count), authority: String(authority),
      connectTo: "::\(host):\(port)")
  }
}

extension HTTPClientRequest {
  /// The URL has been checked to be of one of two schemes.
  var isHTTPS: Bool { url.utf8.dropFirst(4).first != ASCII.colon }
}
