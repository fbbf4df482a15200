import HTTP
import JSONScan

/// Answers reviews: objects that are asked by POST, filled in, and not kept.
struct ReviewHandler {
  let store: ClusterStore
  let tokens: TokenIssuer
  let request: APIRequest
  let resource: ResourceDefinition
  let namespace: String?

  private var authorizer: RoleAuthorizer { RoleAuthorizer(store: store) }

  /// Throws 400 or 422.
  func answer() throws(APIError) -> HTTPResponse {
    var review = try RequestBody.object(request, resource)
    review.set(.string(resource.kind), at: ["kind"])
    review.set(.string(resource.apiVersion), at: ["apiVersion"])
    if let namespace { review.set(.string(namespace), at: ["metadata", "namespace"]) }
    var metadata = review["metadata"]?.object ?? JSONObject()
    for name in metadata.keys where name != "namespace" && name != "name" { metadata[name] = nil }
    review["metadata"] = .object(metadata)
    review["status"] = nil
    let status = try status(of: review["spec"] ?? .emptyObject)
    let options = WriteOptions(manager: request.manager)
    ManagedFields.record(old: nil, new: &review, by: store.writer(resource, options))
    if resource.id == AccessResources.selfSubjectReviews.id { review["spec"] = nil }
    review["status"] = status
    return request.answer(201, MemberOrder.arranged(review).serialized())
  }

  private func status(of spec: JSONValue) throws(APIError) -> JSONValue {
    switch resource.id {
    case AccessResources.tokenReviews.id: return token(spec)
    case AccessResources.selfSubjectReviews.id: return ["userInfo": request.user.json]
    case AccessResources.selfSubjectRulesReviews.id: return rules(spec)
    case AccessResources.selfSubjectAccessReviews.id: return try access(spec, of: request.user)
    default:
      let groups = spec["groups"]?.array?.compactMap(\.string) ?? []
      let name = spec["user"]?.string ?? ""
      guard !name.isEmpty || !groups.isEmpty else {
        throw refusal("spec.user", "Invalid value: \"\": at least one of user or group must be specified")
      }
      if let namespace, spec.value(at: ["resourceAttributes", "namespace"])?.string != namespace {
        throw refusal("spec.resourceAttributes.namespace", "Invalid value: must match metadata.namespace")
      }
      return try access(spec, of: UserInfo(name: name, groups: groups))
    }
  }

  private func access(_ spec: JSONValue, of user: UserInfo) throws(APIError) -> JSONValue {
    guard let asked = AccessRequest(review: spec) else {
      throw refusal(
        "spec.resourceAttributes",
        "Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified")
    }
    let decision = authorizer.decide(asked, by: user)
    var status: JSONObject = ["allowed": .bool(decision.isAllowed)]
    if !decision.reason.isEmpty { status["reason"] = .string(decision.reason) }
    return .object(status)
  }

  private func rules(_ spec: JSONValue) -> JSONValue {
    let rules = authorizer.rules(for: request.user, in: spec["namespace"]?.string ?? "")
    return [
      "resourceRules": .array(rules.filter { !$0.isForPaths }.map(\.json)),
      "nonResourceRules": .array(rules.filter(\.isForPaths).map(\.json)), "incomplete": false,
    ]
  }

  private func token(_ spec: JSONValue) -> JSONValue {
    let asked = spec["audiences"]?.array?.compactMap(\.string) ?? []
    let audiences = asked.isEmpty ? [TokenIssuer.ownAudience] : asked
    guard let (user, common) = tokens.review(spec["token"]?.string ?? "", audiences: audiences) else {
      return ["user": [:], "error": "invalid bearer token"]
    }
    return [
      "authenticated": true, "user": user.json, "audiences": .array(common.map { .string($0) }),
    ]
  }

  private func refusal(_ field: String, _ message: String) -> APIError {
    .invalid(resource, "", [.init(reason: "FieldValueInvalid", message: message, field: field)])
  }
}
