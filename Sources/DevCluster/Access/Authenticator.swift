import HTTP

/// Finds out who sends a request: no token is the administrator, a bearer token its service account; then the
/// `Impersonate-` headers, if the sender may.
struct Authenticator {
  static let unauthorized = APIError(code: 401, reason: "Unauthorized", message: "Unauthorized")

  let tokens: TokenIssuer
  let authorizer: RoleAuthorizer

  /// Throws 401 for a token that is not accepted, 403 for an impersonation that is not allowed.
  func user(of headers: HTTPHeaders) throws(APIError) -> UserInfo {
    let sender = try sender(headers)
    let name = headers[first: "Impersonate-User"] ?? ""
    let groups = headers.values(for: "Impersonate-Group")
    let uid = headers[first: "Impersonate-Uid"] ?? ""
    guard !name.isEmpty else {
      guard groups.isEmpty, uid.isEmpty else {
        throw APIError(
          code: 500, reason: "InternalError",
          message: "Internal error occurred: requested \(groups) without impersonating a user")
      }
      return sender
    }
    try check(name: name, groups: groups, by: sender)
    var user = UserInfo.impersonated(name: name, groups: groups)
    user.uid = uid
    headers.forEach { header, value in
      let prefix = "impersonate-extra-"
      let lower = header.lowercased()
      if lower.hasPrefix(prefix) {
        user.extra[Self.decoded(lower.dropFirst(prefix.count)), default: []].append(value)
      }
    }
    return user
  }

  private func sender(_ headers: HTTPHeaders) throws(APIError) -> UserInfo {
    guard let authorization = headers[first: "Authorization"] else { return .administrator }
    let parts = authorization.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer",
      let (user, _) = tokens.review(
        Negotiation.trimmed(parts[1]), audiences: [TokenIssuer.ownAudience])
    else { throw Self.unauthorized }
    return user
  }

  private func check(name: String, groups: [String], by sender: UserInfo) throws(APIError) {
    var requests: [AccessRequest] = []
    func ask(_ resource: String, _ namespace: String, _ name: String) {
      var request = AccessRequest(verb: "impersonate")
      request.resource = resource
      request.namespace = namespace
      request.name = name
      requests.append(request)
    }
    if let account = UserInfo(name: name).serviceAccount {
      ask("serviceaccounts", account.namespace, account.name)
    } else {
      ask("users", "", name)
    }
    for group in groups { ask("groups", "", group) }
    for request in requests {
      let decision = authorizer.decide(request, by: sender)
      if !decision.isAllowed { throw request.forbidden(to: sender, reason: decision.reason) }
    }
  }

  /// Percent-decoding, as the names of extra values are sent.
  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
