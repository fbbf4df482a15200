import JSONScan

/// A user: who the hub says it is.
struct UserReading {
  private let user: KubeconfigNode

  init(_ user: KubeconfigNode) { self.user = user }

  func identity(_ access: APIAccess, cluster: KubeconfigNode) throws(KubeconfigError) -> APIIdentity {
    var identity = APIIdentity()
    identity.token = try sendable("token")
    identity.tokenFile = try tokenFile()
    identity.basic = try basic()
    identity.certificate = try PEMReading.source(user, "client-certificate", wanted: .certificate)
    identity.key = try PEMReading.source(user, "client-key", wanted: .key)
    try checkPair(identity)
    if let exec = user["exec"] {
      identity.plugin = try ExecReading(exec.object()).plugin(access, cluster: cluster)
    }
    if user["auth-provider"] != nil {
      throw user.error(.notServed(remedy: "use an exec plugin of your provider"), at: "auth-provider")
    }
    if identity.basic != nil, identity.token != nil || identity.tokenFile != nil {
      throw user.error(.conflict(with: "a token", remedy: "keep one of the two"), at: "username")
    }
    identity.impersonation = try impersonation()
    return identity
  }

  /// Where it was read.
  func addPlaces(of identity: APIIdentity, to places: inout AccessPlaces) {
    if identity.certificate != nil {
      let data = "client-certificate-data"
      places.certificate = user.shown(user[data] == nil ? "client-certificate" : data)
    }
    let fields = ["exec", "tokenFile", "token", "username"]
    places.identity = fields.first { user[$0] != nil }.map { user.shown($0) } ?? places.certificate
  }

  private func sendable(_ name: String) throws(KubeconfigError) -> String? {
    guard let text = try user.string(name) else { return nil }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw user.error(.notSendable, at: name) }
    return text
  }

  private func tokenFile() throws(KubeconfigError) -> String? {
    guard let file = try user.string("tokenFile") else { return nil }
    let path = user.text.resolve(file)
    let bytes: [UInt8]
    do throws(FileContentError) {
      bytes = try FileContent.read(path, limit: TokenFile.maxBytes)
    } catch {
      throw user.error(.unreadableFile(path: path, reason: "\(error)"), at: "tokenFile")
    }
    guard TokenFile.token(in: bytes) != nil else { throw user.error(.noToken(path: path), at: "tokenFile") }
    return path
  }

  private func basic() throws(KubeconfigError) -> APIIdentity.Basic? {
    let (name, password) = (try user.string("username"), try user.string("password"))
    guard let name else {
      if password != nil { throw user.error(.missing(remedy: "it belongs to password"), at: "username") }
      return nil
    }
    if name.utf8.contains(UInt8(ascii: ":")) { throw user.error(.notSendable, at: "username") }
    return APIIdentity.Basic(user: name, password: password ?? "")
  }

  private func checkPair(_ identity: APIIdentity) throws(KubeconfigError) {
    switch (identity.certificate, identity.key) {
    case (.some, nil):
      throw user.error(
        .missing(remedy: "client-certificate needs client-key or client-key-data"), at: "client-key")
    case (nil, .some):
      throw user.error(
        .missing(remedy: "client-key needs client-certificate or client-certificate-data"),
        at: "client-certificate")
    case (nil, nil), (.some, .some): break
    }
  }

  /// `as`, `as-uid`, `as-groups`, `as-user-extra`.
  private func impersonation() throws(KubeconfigError) -> [APIIdentity.Header] {
    var headers: [APIIdentity.Header] = []
    func add(_ header: String, _ value: String, at name: String) throws(KubeconfigError) {
      guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
        throw user.error(.notSendable, at: name)
      }
      headers.append(APIIdentity.Header(name: header, value: value))
    }
    let name = try user.string("as")
    if let name { try add("Impersonate-User", name, at: "as") }
    if let uid = try user.string("as-uid") { try add("Impersonate-Uid", uid, at: "as-uid") }
    for group in try user.strings("as-groups") { try add("Impersonate-Group", group, at: "as-groups") }
    if let extra = try user["as-user-extra"]?.object(), let keys = extra.value.object?.keys {
      for key in keys {
        let isToken = key.utf8.allSatisfy {
          $0 > 0x20 && $0 < 0x7F && !"()<>@,;:\\\"/[]?={}%".utf8.contains($0)
        }
        guard isToken else { throw extra.error(.notSendable, at: key) }
        for value in try extra.strings(key) {
          try add("Impersonate-Extra-" + key, value, at: "as-user-extra")
        }
      }
    }
    if name == nil, !headers.isEmpty {
      throw user.error(.missing(remedy: "as-uid, as-groups and as-user-extra belong to a user"), at: "as")
    }
    return headers
  }
}
