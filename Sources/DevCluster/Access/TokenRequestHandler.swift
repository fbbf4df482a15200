import HTTP
import JSONScan

/// Answers `POST …/serviceaccounts/NAME/token`: makes a token.
struct TokenRequestHandler {
  let store: ClusterStore
  let tokens: TokenIssuer
  let request: APIRequest
  let target: ObjectTarget

  /// The TokenRequest as a resource, for its type; it has no path of its own.
  private static let resource = ResourceDefinition(
    group: "authentication.k8s.io", version: "v1", plural: "tokenrequests", singular: "tokenrequest",
    kind: "TokenRequest", listKind: "TokenRequestList", isReview: true)

  /// The longest that can be asked for, as on a real server.
  private static let maximumSeconds = 1 << 32

  /// Throws 400, 404, 405 or 422.
  func answer() throws(APIError) -> HTTPResponse {
    guard request.http.method == "POST" else { throw .methodNotAllowed }
    let account = try store.get(target.resource, namespace: target.namespace, name: target.name)
    let sent = try RequestBody.object(request, Self.resource)
    let seconds = sent.value(at: ["spec", "expirationSeconds"])?.int ?? TokenIssuer.defaultSeconds
    if let problem = problem(seconds) {
      throw .invalid(
        Self.resource, "",
        [
          .init(
            reason: "FieldValueInvalid", message: "Invalid value: \(seconds): \(problem)",
            field: "spec.expirationSeconds")
        ])
    }
    var audiences = sent.value(at: ["spec", "audiences"])?.array?.compactMap(\.string) ?? []
    let bound = sent.value(at: ["spec", "boundObjectRef"]) ?? .null
    if audiences.isEmpty { audiences = [TokenIssuer.ownAudience] }
    var answer: JSONValue = [
      "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
      "metadata": [
        "name": .string(account.name), "namespace": .string(account.namespace ?? ""),
        "uid": .string(account.uid), "creationTimestamp": .string(store.scheduler.timestamp),
      ],
      "spec": [
        "audiences": .array(audiences.map { .string($0) }), "expirationSeconds": .integer(seconds),
        "boundObjectRef": bound,
      ],
    ]
    let (token, claims) = tokens.issue(to: account, audiences: audiences, seconds: seconds)
    let options = WriteOptions(manager: request.manager, subresource: .token)
    ManagedFields.record(old: nil, new: &answer, by: store.writer(Self.resource, options))
    answer["status"] = [
      "token": .string(token),
      "expirationTimestamp": .string(Timestamp.text(nanosecondsSince1970: claims.expires * 1_000_000_000)),
    ]
    return request.answer(201, answer.serialized())
  }

  private func problem(_ seconds: Int) -> String? {
    if seconds < TokenIssuer.minimumSeconds { return "may not specify a duration less than 10 minutes" }
    if seconds > Self.maximumSeconds { return "may not specify a duration larger than 2^32 seconds" }
    return nil
  }
}
