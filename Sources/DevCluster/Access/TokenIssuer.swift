import JSONScan

/// Tokens of service accounts: made on request and remembered until they expire. They look like those of a real
/// server (JSON web tokens), but it is the memory that vouches for them, not a signature. Confined to the
/// cluster's thread.
final class TokenIssuer {
  /// For whom a token is.
  struct Claims: Equatable {
    var namespace: String
    var name: String
    /// Of the service account: a token does not outlive it.
    var uid: String
    var audiences: [String]
    /// Seconds since 1970.
    var expires: Int64
    var id: String
  }

  /// The audience of tokens that this API server itself accepts.
  static let ownAudience = "https://kubernetes.default.svc.cluster.local"
  static let defaultSeconds = 3600
  static let minimumSeconds = 600
  /// More tokens than this push out the oldest.
  static let maximumTokens = 10_000

  private let store: ClusterStore
  private var claims: [String: Claims] = [:]
  private var order: [String] = []

  init(store: ClusterStore) { self.store = store }

  func issue(to account: JSONValue, audiences: [String], seconds: Int) -> (token: String, Claims) {
    let now = store.scheduler.seconds
    let claims = Claims(
      namespace: account.namespace ?? "", name: account.name, uid: account.uid, audiences: audiences,
      expires: now + Int64(seconds), id: store.names.uid())
    let header: JSONValue = ["alg": "none", "kid": "frugalhub-devcluster"]
    let payload: JSONValue = [
      "aud": .array(audiences.map { .string($0) }), "exp": .number(String(claims.expires)),
      "iat": .number(String(now)), "iss": .string(Self.ownAudience), "jti": .string(claims.id),
      "kubernetes.io": [
        "namespace": .string(claims.namespace),
        "serviceaccount": ["name": .string(claims.name), "uid": .string(claims.uid)],
      ], "nbf": .number(String(now)),
      "sub": .string("\(UserInfo.serviceAccountPrefix)\(claims.namespace):\(claims.name)"),
    ]
    let random = (0..<4).flatMap { _ in
      let word = store.names.next()
      return (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
    let token = [header.serialized(), payload.serialized(), random].map { Base64.encodeURL($0) }
      .joined(separator: ".")
    keep(token, claims, now)
    store.dataFile?.append(token: token, claims.json)
    return (token, claims)
  }

  func forgetAll() {
    claims = [:]
    order = []
  }

  /// All tokens, oldest first.
  var known: [(token: String, claims: Claims)] {
    order.compactMap { token in claims[token].map { (token, $0) } }
  }

  /// Knows a token of an earlier life again.
  func replay(_ token: String, _ claims: Claims) { keep(token, claims, store.scheduler.seconds) }

  private func keep(_ token: String, _ new: Claims, _ now: Int64) {
    claims[token] = new
    order.append(token)
    guard order.count > Self.maximumTokens else { return }
    order.removeAll { (claims[$0]?.expires ?? 0) <= now }
    while order.count > Self.maximumTokens { claims[order.removeFirst()] = nil }
    let kept = Set(order)
    for token in Array(claims.keys) where !kept.contains(token) { claims[token] = nil }
  }

  /// Whom a token is of, and for which of the audiences; nil if it is unknown, expired, for others, or its
  /// account is gone.
  func review(_ token: String, audiences: [String]) -> (UserInfo, audiences: [String])? {
    guard let claims = claims[token], claims.expires > store.scheduler.seconds,
      let account = store.find(
        BuiltInResources.serviceAccounts.id, namespace: claims.namespace, name: claims.name),
      account.uid == claims.uid
    else { return nil }
    let common = audiences.filter { claims.audiences.contains($0) }
    guard !common.isEmpty else { return nil }
    var user = UserInfo.serviceAccount(namespace: claims.namespace, name: claims.name, uid: claims.uid)
    user.extra["authentication.kubernetes.io/credential-id"] = ["JTI=\(claims.id)"]
    return (user, common)
  }
}

extension TokenIssuer.Claims {
  /// As the data file keeps them.
  var json: JSONValue {
    [
      "namespace": .string(namespace), "name": .string(name), "uid": .string(uid),
      "audiences": .array(audiences.map { .string($0) }), "expires": .number(String(expires)),
      "id": .string(id),
    ]
  }

  /// Nil if a member is missing.
  init?(_ json: JSONValue) {
    guard let namespace = json["namespace"]?.string, let name = json["name"]?.string,
      let uid = json["uid"]?.string, let audiences = json["audiences"]?.array,
      let expires = json["expires"]?.int, let id = json["id"]?.string
    else { return nil }
    self.init(
      namespace: namespace, name: name, uid: uid, audiences: audiences.compactMap(\.string),
      expires: Int64(expires), id: id)
  }
}
