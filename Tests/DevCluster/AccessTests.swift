import JSONScan
import TestSupport
import Testing

@testable import DevCluster

/// The recorded answers of access, and what roles allow and refuse.
@Suite("DevCluster access")
struct AccessTests {
  static let rbac = "/apis/rbac.authorization.k8s.io/v1"
  static let authorization = "/apis/authorization.k8s.io/v1"

  private func expect(
    _ reply: ClusterHarness.Reply, is name: String, status: Int, ignoring: Set<String> = [],
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(reply.status == status, sourceLocation: location)
    let differences = RecordedComparison.differences(
      reply.json, try RecordedComparison.recorded(name), ignoring: ignoring)
    #expect(differences == [], "\(name)", sourceLocation: location)
  }

  /// A namespace with its default service account, and the token of that.
  private func account(_ harness: ClusterHarness, _ namespace: String = "rec") async throws -> String {
    let path = try await harness.namespace(namespace) + "/serviceaccounts/default"
    try await waitUntil("the service account is made") { try await harness.get(path).status == 200 }
    let reply = try await harness.post(path + "/token", [:])
    #expect(reply.status == 201)
    return try #require(reply.json.value(at: ["status", "token"])?.string)
  }

  private func bearer(_ token: String) -> [(String, String)] { [("Authorization", "Bearer " + token)] }

  /// Lets the default service account of `rec` do something there or, as a ClusterRole, everywhere.
  private func grant(
    _ harness: ClusterHarness, _ rules: JSONValue, everywhere: Bool = false, name: String = "cmr"
  ) async throws {
    let scope = everywhere ? Self.rbac : Self.rbac + "/namespaces/rec"
    let prefix = everywhere ? "cluster" : ""
    let role = try await harness.post(
      "\(scope)/\(prefix)roles", ["metadata": ["name": .string(name)], "rules": rules])
    #expect(role.status == 201, "\(role.text)")
    let binding = try await harness.post(
      "\(scope)/\(prefix)rolebindings",
      [
        "metadata": ["name": .string(name)],
        "subjects": [["kind": "ServiceAccount", "name": "default", "namespace": "rec"]],
        "roleRef": ["kind": everywhere ? "ClusterRole" : "Role", "name": .string(name)],
      ])
    #expect(binding.status == 201, "\(binding.text)")
  }

  @Test("what a user may not do and a token that nobody has are refused as recorded")
  func refused() async throws {
    let harness = try ClusterHarness()
    try expect(
      try await harness.send("GET", "/api/v1/secrets", headers: [("Impersonate-User", "nobody")]),
      is: "forbidden.json", status: 403)
    for value in ["Bearer rubbish", "Basic YTpi", "Bearer", ""] {
      try expect(
        try await harness.send("GET", "/api/v1/secrets", headers: [("Authorization", value)]),
        is: "unauthorized.json", status: 401)
    }
    let path = try await harness.send("GET", "/metrics", headers: [("Impersonate-User", "nobody")])
    #expect(path.json["message"] == "forbidden: User \"nobody\" cannot get path \"/metrics\"")
  }

  @Test("SubjectAccessReviews are answered as recorded, before and after a Role is bound")
  func subjectAccessReview() async throws {
    let harness = try ClusterHarness()
    _ = try await account(harness)
    let review: JSONValue = [
      "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
      "spec": [
        "user": "system:serviceaccount:rec:default",
        "groups": ["system:serviceaccounts", "system:serviceaccounts:rec", "system:authenticated"],
        "resourceAttributes": ["namespace": "rec", "verb": "list", "resource": "configmaps"],
      ],
    ]
    let path = Self.authorization + "/subjectaccessreviews"
    try expect(try await harness.post(path, review), is: "sar-denied.json", status: 201)
    try await grant(
      harness, [["apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]]])
    try expect(try await harness.post(path, review), is: "sar-allowed.json", status: 201)

    // In another namespace, and in all, it is refused.
    for namespace in ["default", ""] {
      var other = review
      other.set(.string(namespace), at: ["spec", "resourceAttributes", "namespace"])
      #expect(try await harness.post(path, other).json.value(at: ["status", "allowed"]) == false)
    }
    let local = Self.authorization + "/namespaces/rec/localsubjectaccessreviews"
    var sent = review
    sent["kind"] = "LocalSubjectAccessReview"
    #expect(try await harness.post(local, sent).json.value(at: ["status", "allowed"]) == true)
    sent.set("default", at: ["spec", "resourceAttributes", "namespace"])
    #expect(try await harness.post(local, sent).status == 422)
    #expect(try await harness.post(path, ["spec": ["user": "a"]]).status == 422)
    #expect(try await harness.get(path).status == 405)
    #expect(try await harness.get(path + "/x").status == 404)
  }

  @Test("a token is made and reviewed as recorded; for another audience, or of nobody, it is not accepted")
  func tokens() async throws {
    let harness = try ClusterHarness()
    _ = try await account(harness)
    let token = try await harness.post(
      "/api/v1/namespaces/rec/serviceaccounts/default/token",
      ["spec": ["audiences": ["hub.example"], "expirationSeconds": 600]])
    try expect(
      token, is: "token-request.json", status: 201, ignoring: ["token", "expirationTimestamp"])
    let text = try #require(token.json.value(at: ["status", "token"])?.string)
    #expect(text.split(separator: ".").count == 3)
    let reviews = "/apis/authentication.k8s.io/v1/tokenreviews"
    let spec: JSONValue = ["token": .string(text), "audiences": ["hub.example"]]
    let review = try await harness.post(reviews, ["spec": spec])
    try expect(
      review, is: "token-review.json", status: 201,
      ignoring: ["token", "authentication.kubernetes.io/credential-id"])
    for refused: JSONValue in [["token": .string(text)], ["token": "rubbish"]] {
      let status = try await harness.post(reviews, ["spec": refused]).json["status"]
      #expect(status?["authenticated"]?.bool != true)
      #expect(status?["error"] != nil)
    }
    // A token for others is none for this server.
    #expect(try await harness.send("GET", "/api", headers: bearer(text)).status == 401)
    let short = try await harness.post(
      "/api/v1/namespaces/rec/serviceaccounts/default/token", ["spec": ["expirationSeconds": 599]])
    #expect(short.status == 422)
    #expect(
      try await harness.post("/api/v1/namespaces/rec/serviceaccounts/nobody/token", [:]).status == 404)
  }

  @Test("SelfSubjectAccessReview and SelfSubjectReview are of the sender, as recorded")
  func selfReviews() async throws {
    let harness = try ClusterHarness()
    let token = try await account(harness)
    let review: JSONValue = ["spec": ["resourceAttributes": ["verb": "watch", "resource": "secrets"]]]
    let path = Self.authorization + "/selfsubjectaccessreviews"
    try expect(
      try await harness.send("POST", path, review.serialized(), headers: bearer(token)),
      is: "self-sar.json", status: 201)
    #expect(try await harness.post(path, review).json.value(at: ["status", "allowed"]) == true)
    let own = try await harness.send(
      "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", Array("{}".utf8), headers: bearer(token))
    #expect(
      own.json.value(at: ["status", "userInfo", "username"]) == "system:serviceaccount:rec:default")
    let rules = try await harness.send(
      "POST", Self.authorization + "/selfsubjectrulesreviews", Array(#"{"spec":{"namespace":"rec"}}"#.utf8),
      headers: bearer(token))
    let named = rules.json.value(at: ["status", "resourceRules"])?.array ?? []
    #expect(named.contains { $0["resources"]?.array?.contains("selfsubjectaccessreviews") == true })
    #expect(rules.json.value(at: ["status", "incomplete"]) == false)
  }

  @Test("a bearer token may do what its roles allow, in the namespaces in which they do, and discover")
  func judged() async throws {
    let harness = try ClusterHarness()
    let token = try await account(harness)
    func status(_ method: String, _ target: String, _ body: JSONValue? = nil) async throws -> Int {
      try await harness.send(method, target, body?.serialized(), headers: bearer(token)).status
    }
    for path in ["/api", "/apis", "/apis/apps/v1", "/version", "/openapi/v2", "/openapi/v3", "/healthz"] {
      #expect(try await status("GET", path) == 200, "\(path)")
    }
    let path = "/api/v1/namespaces/rec/configmaps"
    #expect(try await status("GET", path) == 403)
    try await grant(
      harness,
      [
        ["apiGroups": [""], "resources": ["configmaps"], "verbs": ["list", "watch", "create"]],
        ["apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"], "resourceNames": ["a"]],
        ["apiGroups": ["apps"], "resources": ["*/scale"], "verbs": ["get"]],
      ])
    #expect(try await status("GET", path) == 200)
    #expect(try await status("POST", path, ClusterHarness.configMap("a")) == 201)
    #expect(try await status("GET", path + "/a") == 200)
    #expect(try await status("GET", path + "/b") == 403)
    #expect(try await status("DELETE", path + "/a") == 403)
    #expect(try await status("PUT", path + "/a", ClusterHarness.configMap("a")) == 403)
    #expect(try await status("GET", path + "?watch=true&timeoutSeconds=1") == 200)
    // Cluster-wide lists and watches need a ClusterRole that is bound for the cluster.
    #expect(try await status("GET", "/api/v1/configmaps") == 403)
    #expect(try await status("GET", "/api/v1/configmaps?watch=true&timeoutSeconds=1") == 403)
    #expect(try await status("GET", "/api/v1/namespaces/default/configmaps") == 403)
    try await grant(
      harness, [["apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]]], everywhere: true)
    #expect(try await status("GET", "/api/v1/configmaps") == 200)
    #expect(try await status("GET", "/api/v1/namespaces/default/configmaps") == 200)
    #expect(try await status("GET", "/api/v1/configmaps?watch=true&timeoutSeconds=1") == 403)
    // The part of an object has a right of its own.
    #expect(try await status("GET", ClusterHarness.deployments + "/x/scale") == 404)
    #expect(try await status("GET", ClusterHarness.deployments + "/x") == 403)
    // Rights end with their binding, and a token with its account.
    _ = try await harness.delete(Self.rbac + "/clusterrolebindings/cmr")
    #expect(try await status("GET", "/api/v1/configmaps") == 403)
    _ = try await harness.delete("/api/v1/namespaces/rec/serviceaccounts/default")
    #expect(try await status("GET", path) == 401)
  }

  @Test("a ClusterRole may be bound in a namespace, and a binding to a missing role says so")
  func clusterRoleInNamespace() async throws {
    let harness = try ClusterHarness()
    let token = try await account(harness)
    let bindings = Self.rbac + "/namespaces/rec/rolebindings"
    let subject: JSONValue = [["kind": "ServiceAccount", "name": "default", "namespace": "rec"]]
    for (name, role) in [("view", "view"), ("lost", "lost")] {
      let made = try await harness.post(
        bindings,
        [
          "metadata": ["name": .string(name)], "subjects": subject,
          "roleRef": ["kind": "ClusterRole", "name": .string(role)],
        ])
      #expect(made.status == 201)
      #expect(made.json.value(at: ["roleRef", "apiGroup"]) == "rbac.authorization.k8s.io")
    }
    let list = "/api/v1/namespaces/rec/configmaps"
    #expect(try await harness.send("GET", list, headers: bearer(token)).status == 200)
    let refused = try await harness.send("POST", list, Array("{}".utf8), headers: bearer(token))
    #expect(refused.status == 403)
    #expect(
      refused.json["message"]?.string
        == "configmaps is forbidden: User \"system:serviceaccount:rec:default\" cannot create resource "
        + "\"configmaps\" in API group \"\" in the namespace \"rec\": RBAC: "
        + "clusterrole.rbac.authorization.k8s.io \"lost\" not found")
    let moved = try await harness.patch(bindings + "/view", ["roleRef": ["name": "edit"]])
    #expect(moved.status == 422)
    #expect(moved.json["message"]?.string?.contains("cannot change roleRef") == true)
  }

  @Test("an aggregated ClusterRole has the rules of those that its selectors select, and follows them")
  func aggregation() async throws {
    let harness = try ClusterHarness()
    let roles = Self.rbac + "/clusterroles"
    _ = try await harness.post(
      roles,
      [
        "metadata": ["name": "hub"],
        "aggregationRule": ["clusterRoleSelectors": [["matchLabels": ["to-hub": "true"]]]], "rules": [],
      ])
    let rule: JSONValue = ["verbs": ["get"], "apiGroups": ["a.example"], "resources": ["foos"]]
    _ = try await harness.post(
      roles, ["metadata": ["name": "foos", "labels": ["to-hub": "true"]], "rules": [rule]])
    try await waitUntil("the rules come") { try await harness.get(roles + "/hub").json["rules"] == [rule] }
    _ = try await harness.delete(roles + "/foos")
    try await waitUntil("the rules go") {
      try await harness.get(roles + "/hub").json["rules"]?.array?.isEmpty ?? true
    }
    let view = try await harness.get(roles + "/view").json["rules"]?.array ?? []
    let admin = try await harness.get(roles + "/admin").json["rules"]?.array ?? []
    #expect(!view.isEmpty && view.allSatisfy(admin.contains))
  }

  @Test("Impersonate-User and Impersonate-Group act as others, for those who may")
  func impersonation() async throws {
    let harness = try ClusterHarness()
    let token = try await account(harness)
    let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    func info(_ headers: [(String, String)]) async throws -> JSONValue {
      try await harness.send("POST", path, Array("{}".utf8), headers: headers).json
    }
    let ada = try await info([
      ("Impersonate-User", "ada"), ("Impersonate-Group", "dev"), ("Impersonate-Group", "ops"),
      ("Impersonate-Extra-Scopes", "read"),
    ])
    #expect(
      ada.value(at: ["status", "userInfo"]) == [
        "username": "ada", "groups": ["dev", "ops", "system:authenticated"], "extra": ["scopes": ["read"]],
      ])
    let other = try await info([("Impersonate-User", "system:serviceaccount:rec:other")])
    #expect(
      other.value(at: ["status", "userInfo", "groups"]) == [
        "system:serviceaccounts", "system:serviceaccounts:rec", "system:authenticated",
      ])
    let refused = try await info(bearer(token) + [("Impersonate-User", "ada")])
    #expect(
      refused["message"]?.string
        == "users \"ada\" is forbidden: User \"system:serviceaccount:rec:default\" cannot impersonate "
        + "resource \"users\" in API group \"\" at the cluster scope")
    try await grant(
      harness, [["apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]]], everywhere: true)
    #expect(
      try await info(bearer(token) + [("Impersonate-User", "ada")])
        .value(at: ["status", "userInfo", "username"]) == "ada")
    #expect(
      try await info(bearer(token) + [("Impersonate-User", "ada"), ("Impersonate-Group", "ops")])["code"]
        == 403)
    #expect(try await info([("Impersonate-Group", "ops")])["code"] == 500)
  }

  @Test("roles and bindings that say nothing or too much are refused by field")
  func invalidRoles() async throws {
    let harness = try ClusterHarness()
    _ = try await harness.namespace()
    func fields(_ kind: String, _ object: JSONValue) async throws -> [String] {
      let scope = kind.hasPrefix("cluster") ? "" : "/namespaces/rec"
      var sent = object
      sent.set("x:y", at: ["metadata", "name"])
      let reply = try await harness.post("\(Self.rbac)\(scope)/\(kind)", sent)
      #expect(reply.status == 422, "\(reply.text)")
      return reply.json.value(at: ["details", "causes"])?.array?.compactMap { $0["field"]?.string } ?? []
    }
    #expect(
      try await fields("roles", ["rules": [["verbs": []]]])
        == ["rules[0].verbs", "rules[0].apiGroups", "rules[0].resources"])
    #expect(
      try await fields("roles", ["rules": [["verbs": ["get"], "nonResourceURLs": ["/x"]]]])
        == ["rules[0].nonResourceURLs"])
    #expect(
      try await fields(
        "clusterrolebindings",
        ["subjects": [["kind": "ServiceAccount", "name": "a"]], "roleRef": ["kind": "Role", "name": "r"]])
        == ["roleRef.kind", "subjects[0].namespace"])
    #expect(
      try await fields("rolebindings", ["subjects": [["kind": "Robot", "name": ""]], "roleRef": [:]])
        == ["roleRef.kind", "roleRef.name", "subjects[0].name", "subjects[0].kind"])
  }
}
