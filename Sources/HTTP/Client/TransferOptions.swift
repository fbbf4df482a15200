import CCurl

/// A request as libcurl options.
enum TransferOptions {
  /// Refuses what would be sent as something else than was meant.
  static func check(_ request: HTTPClientRequest) throws(HTTPClientFailure) {
    let start = request.url.utf8.prefix(8).map(ASCII.lowercased)
    guard start.starts(with: "http://".utf8) || start.starts(with: "https://".utf8) else {
      throw .badURL("not an http or https URL: \(request.url.prefix(200))")
    }
    guard ASCII.all(of: request.url, { $0 > 0x20 && $0 != 0x7F }) else {
      throw .badURL("a space or control character in the URL")
    }
    guard !request.method.isEmpty, ASCII.all(of: request.method, ASCII.isToken) else {
      throw .badHeader("malformed method")
    }
    for field in request.headers.fields {
      guard !field.name.isEmpty, ASCII.all(of: field.name, ASCII.isToken),
        ASCII.all(of: field.value, ASCII.isFieldValue)
      else { throw .badHeader("malformed header field \(field.name.prefix(100))") }
    }
  }

  static func setCallbacks(
    _ handle: UnsafeMutableRawPointer, context: UnsafeMutableRawPointer,
    errorText: UnsafeMutablePointer<CChar>
  ) {
    // The context is a Transfer that outlives every callback: see there.
    frugal_curl_setopt_data_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      guard let bytes, let context else { return 0 }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      let buffer = UnsafeRawBufferPointer(start: bytes, count: size * count)
      return transfer.receiveBody(buffer) ? buffer.count : 0
    }
    frugal_curl_setopt_pointer(handle, CURLOPT_WRITEDATA, context)
    frugal_curl_setopt_data_callback(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      guard let bytes, let context else { return 0 }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      let buffer = UnsafeRawBufferPointer(start: bytes, count: size * count)
      return transfer.receiveHeader(buffer) ? buffer.count : 0
    }
    frugal_curl_setopt_pointer(handle, CURLOPT_HEADERDATA, context)
    frugal_curl_setopt_prerequest_callback(handle) { context, address, _, port, localPort in
      guard let context else { return CURL_PREREQFUNC_ABORT }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      let isWanted = transfer.willSend(to: address.flatMap { HTTPPeer($0, port: port) }, from: localPort)
      return isWanted ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }
    frugal_curl_setopt_pointer(handle, CURLOPT_PREREQDATA, context)
    frugal_curl_setopt_open_socket_callback(handle) { context, _, address in
      guard let context, let address else { return -1 }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      let wanted = address.pointee
      return transfer.openSocket(
        wanted.family, wanted.socktype, wanted.protocol, to: HTTPPeer(connectingTo: address))
    }
    frugal_curl_setopt_pointer(handle, CURLOPT_OPENSOCKETDATA, context)
    frugal_curl_setopt_pointer(handle, CURLOPT_PRIVATE, context)
    frugal_curl_setopt_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
  }

  /// Everything but the lists. Redirects are off; deadlines are the client's own.
  static func set(_ request: HTTPClientRequest, on handle: UnsafeMutableRawPointer) {
    frugal_curl_setopt_long(handle, CURLOPT_NOSIGNAL, 1)
    frugal_curl_set_quick_exit(handle)
    // An empty proxy, or an empty list of exceptions, keeps libcurl from looking into the environment.
    frugal_curl_setopt_string(handle, CURLOPT_PROXY, request.proxyURL ?? "")
    if request.proxyURL != nil { frugal_curl_setopt_string(handle, CURLOPT_NOPROXY, "") }
    setVersion(request, on: handle)
    frugal_curl_setopt_long(handle, CURLOPT_BUFFERSIZE, request.readBufferBytes)
    frugal_curl_setopt_long(handle, CURLOPT_PATH_AS_IS, 1)
    frugal_curl_setopt_string(handle, CURLOPT_URL, ServerNameDetour.needed(by: request)?.url ?? request.url)
    frugal_curl_setopt_long(
      handle, CURLOPT_CONNECTTIMEOUT_MS, max(1, request.connectTimeoutMilliseconds))
    setMethod(request, on: handle)
    if request.isHTTPS { TLSOptions.set(request.tls, on: handle) }
    if request.streaming { setKeepAlive(on: handle) }
  }

  private static func setVersion(_ request: HTTPClientRequest, on handle: UnsafeMutableRawPointer) {
    guard request.allowsHTTP2, request.isHTTPS else {
      frugal_curl_setopt_long(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
      return
    }
    frugal_curl_setopt_long(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
    // Wait for a connection that is being made, to share it if it turns out to be HTTP/2.
    frugal_curl_setopt_long(handle, CURLOPT_PIPEWAIT, 1)
  }

  /// A stream may be silent for long: the kernel notices within 75 s that the peer's machine is gone.
  private static func setKeepAlive(on handle: UnsafeMutableRawPointer) {
    frugal_curl_setopt_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
    frugal_curl_setopt_long(handle, CURLOPT_TCP_KEEPIDLE, 30)
    frugal_curl_setopt_long(handle, CURLOPT_TCP_KEEPINTVL, 5)
  }

  private static func setMethod(_ request: HTTPClientRequest, on handle: UnsafeMutableRawPointer) {
    switch request.method {
    case "GET" where request.body == nil:
      frugal_curl_setopt_long(handle, CURLOPT_HTTPGET, 1)
    case "HEAD":
      frugal_curl_setopt_long(handle, CURLOPT_NOBODY, 1)
    case "POST":
      setBody(request.body ?? [], on: handle)
    default:
      if let body = request.body ?? (["PUT", "PATCH"].contains(request.method) ? [] : nil) {
        setBody(body, on: handle)
      }
      frugal_curl_setopt_string(handle, CURLOPT_CUSTOMREQUEST, request.method)
    }
  }

  /// libcurl copies the body, whose length it must know before.
  private static func setBody(_ body: [UInt8], on handle: UnsafeMutableRawPointer) {
    frugal_curl_setopt_long(handle, CURLOPT_POST, 1)
    frugal_curl_setopt_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
    body.withUnsafeBytes { bytes in
      // An empty array may have no address, and without one libcurl would ask a read callback for the body.
      var empty: UInt8 = 0
      withUnsafeMutablePointer(to: &empty) { empty in
        let address =
          bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) } ?? UnsafeMutableRawPointer(empty)
        frugal_curl_setopt_pointer(handle, CURLOPT_COPYPOSTFIELDS, address)
      }
    }
  }
}

extension HTTPPeer {
  /// The address that libcurl is about to connect a socket to.
  fileprivate init?(connectingTo address: UnsafeMutablePointer<curl_sockaddr>) {
    guard let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return nil }
    // libcurl writes `addrlen` bytes of address there, more than the declared type has for IPv6.
    let bytes = UnsafeRawBufferPointer(
      start: UnsafeRawPointer(address).advanced(by: offset), count: Int(address.pointee.addrlen))
    self.init(family: address.pointee.family, bytes)
  }
}
