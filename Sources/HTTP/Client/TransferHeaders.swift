import CCurl

/// The header fields of a request as libcurl wants them.
///
/// libcurl searches the whole list once for each of the names that it has an opinion about, and sends each entry as it
/// is, with a line end. So all fields with other names are one entry of many lines, which costs a tenth of one entry
/// for each; `TransferOptions.check` has seen that no field has a line end of its own.
enum TransferHeaders {
  /// The names that libcurl looks for among the fields given to it, or adds by itself, by their length.
  private static let known: [[String]] = {
    let names = [
      "accept", "accept-encoding", "alt-used", "authorization", "connection", "content-length",
      "content-range",
      "content-type", "cookie", "expect", "host", "if-modified-since", "if-unmodified-since", "last-modified",
      "mime-version", "proxy-authorization", "proxy-connection", "range", "referer", "te", "trailer",
      "transfer-encoding", "upgrade", "user-agent",
    ]
    let longest = names.map(\.utf8.count).max() ?? 0
    return (0...longest).map { length in names.filter { $0.utf8.count == length } }
  }()

  /// For each length of those names, the letters that they begin with, a bit each: most names are told apart by these.
  private static let initials: [UInt32] = known.map { names in
    names.reduce(0) { $0 | bit($1.utf8.first ?? 0) }
  }

  private static func bit(_ letter: UInt8) -> UInt32 { 1 << (UInt32(letter) & 31) }

  /// The list, to be freed by the caller after the transfer. The two that libcurl would add by itself are suppressed:
  /// `Expect`, and `Content-Type` where the request has none.
  static func list(_ request: HTTPClientRequest) -> UnsafeMutablePointer<curl_slist>? {
    var list = curl_slist_append(nil, "Expect:")
    if let detour = ServerNameDetour.needed(by: request) {
      list = curl_slist_append(list, "Host: " + detour.authority)
    }
    var hasContentType = false
    var others: [UInt8] = []
    others.reserveCapacity(1024)
    for field in request.headers.fields {
      if field.value.isEmpty {
        // libcurl's way to send a field without a value.
        list = curl_slist_append(list, field.name + ";")
      } else if isKnown(field.name) {
        list = curl_slist_append(list, field.name + ": " + field.value)
      } else {
        append(field, to: &others)
        continue
      }
      if ASCII.equalIgnoringCase(field.name, "Content-Type") { hasContentType = true }
    }
    if !hasContentType { list = curl_slist_append(list, "Content-Type:") }
    return others.isEmpty ? list : append(&others, to: list)
  }

  private static func isKnown(_ name: String) -> Bool {
    let bytes = name.utf8.span
    guard !bytes.isEmpty, bytes.count < initials.count, initials[bytes.count] & bit(bytes[0]) != 0 else {
      return false
    }
    return known[bytes.count].contains { ASCII.equalIgnoringCase($0, name) }
  }

  private static func append(_ field: HTTPHeaders.Field, to lines: inout [UInt8]) {
    if !lines.isEmpty {
      lines.append(ASCII.cr)
      lines.append(ASCII.lf)
    }
    lines.append(contentsOf: field.name.utf8)
    lines.append(ASCII.colon)
    lines.append(ASCII.space)
    lines.append(contentsOf: field.value.utf8)
  }

  private static func append(
    _ lines: inout [UInt8], to list: UnsafeMutablePointer<curl_slist>?
  ) -> UnsafeMutablePointer<curl_slist>? {
    lines.append(0)
    return lines.withUnsafeBytes { bytes in
      // libcurl copies the text up to its first 0, which is its last byte at the latest.
      curl_slist_append(list, bytes.bindMemory(to: CChar.self).baseAddress)
    }
  }
}
