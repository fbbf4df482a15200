import JSONScan
import Testing

@testable import HubEngine

@Suite("Where events may go")
struct SinkPolicyTests {
  private static func objection(
    _ url: String, loopback: Bool = false, administrators: Bool = false,
    apiServer: String = "https://api.example.org"
  ) -> String? {
    var policy = SinkPolicy.standard
    if loopback { policy.allow.append(.loopback) }
    return problem(url, policy, apiServer: apiServer, administrators: administrators)
  }

  /// What is wrong with a URL for a subscription of a namespace.
  private static func problem(
    _ url: String, _ policy: SinkPolicy, of namespace: String = "a",
    apiServer: String = "https://api.example.org", administrators: Bool = false, secrets: Bool = false
  ) -> String? {
    let sender = SinkSender(
      namespace: namespace, isAdministrators: administrators, tellsSecrets: secrets)
    do throws(SinkObjection) {
      _ = try SinkJudge(policy: policy, apiServer: apiServer).judge(url, sender)
      return nil
    } catch {
      return error.problem
    }
  }

  /// The policy of a text in JSON, as a configuration file has it.
  static func policy(_ text: String) throws -> SinkPolicy {
    try SinkPolicy(reading: JSONValue(parsing: [UInt8](text.utf8)))
  }

  private static func address(_ text: String) throws -> NetworkHost { try #require(NetworkHost(text)) }

  @Test(
    "a tenant's sink may be a Service of its namespace by its DNS name",
    arguments: [
      "http://foo.a.svc", "http://foo.a.svc/", "https://foo.a.svc:8443/x?y=z",
      "http://foo.a.svc.cluster.local",
      "http://foo.a.svc.cluster.local.", "http://foo.a.svc.", "http://FOO.A.SVC",
      "http://pod-0.foo.a.svc:80/",
    ])
  func clusterLocal(url: String) {
    #expect(Self.objection(url) == nil)
  }

  @Test(
    "a tenant's sink may be nothing else",
    arguments: [
      "http://example.org", "http://10.0.0.1", "http://foo", "http://foo.a", "http://svc", "http://foo.svc",
      "http://a.svc.cluster.local", "http://foo.a.svc.example.org", "http://foo.a.svc.cluster.local.evil",
      "http://evilsvc", "http://foo.b.svc", "http://foo.aa.svc", "http://foo.b.svc.cluster.local",
      "http://.a.svc", "http://[2001:db8::1]", "http://foo.a.svc@example.org", "http://foo.a.svc..",
      "ftp://foo.a.svc", "//foo.a.svc", "http://", "http://:80", "", "http://foo.a.svc#x",
      "http://167772161",
    ])
  func others(url: String) {
    #expect(Self.objection(url) != nil)
    // A rule of addresses alone leaves names to what they turn out to be.
    let policy = SinkPolicy(allow: SinkPolicy.standard.allow + [.loopback])
    let judge = SinkJudge(policy: policy, apiServer: "https://api.example.org")
    if let route = try? judge.judge(url, SinkSender(namespace: "a")) {
      #expect(
        route.objection(to: .ipv4(0x0A00_0001)) == "10.0.0.1 is not in the cidrs of sinkPolicy.allow[1]")
    }
  }

  private static let loopbacks = [
    "http://127.0.0.1:8080", "http://127.1", "http://127.255.255.254", "http://2130706433",
    "http://0x7f000001", "http://0x7f.1", "http://0177.0.0.1", "http://0", "http://0.0.0.0",
    "http://localhost:1", "http://LOCALHOST", "http://localhost.", "http://foo.localhost", "http://[::1]",
    "http://[::]:8080", "http://[0:0:0:0:0:0:0:1]", "http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]:80",
    "http://[::ffff:0.0.0.0]",
  ]

  @Test("loopback, however it is written, is for the demo and for tests", arguments: loopbacks)
  func loopback(url: String) {
    #expect(Self.objection(url)?.contains("loopback") == true)
    #expect(Self.objection(url, loopback: true) == nil)
    #expect(Self.objection(url, administrators: true) == nil)
  }

  @Test(
    "link-local is for nobody, however it is written",
    arguments: [
      "http://169.254.169.254/latest", "http://0xa9fea9fe", "http://2852039166", "http://169.254.43518",
      "http://0251.0376.0251.0376", "http://[fe80::1]", "http://[febf::1]", "http://[::ffff:169.254.169.254]",
      "http://[::ffff:a9fe:a9fe]", "http://[64:ff9b::169.254.169.254]", "http://[2002:a9fe:a9fe::]",
      "http://[fe80::1%25eth0]",
    ])
  func linkLocal(url: String) {
    #expect(Self.objection(url, loopback: true) != nil)
    #expect(Self.objection(url, loopback: true, administrators: true) != nil)
  }

  /// The API server, and other ways to write where it is.
  private static let apiServers = [
    ("https://api.example.org:6443", "https://api.example.org:6443/x"),
    ("https://api.example.org:6443", "http://API.example.ORG.:6443"),
    ("https://api.example.org", "https://api.example.org:443"),
    ("https://api.example.org:443", "https://api.example.org"),
    ("http://api.example.org", "http://api.example.org:80"),
    ("https://10.96.0.1:443", "https://10.96.0.1"), ("https://10.96.0.1:443", "https://10.96.1"),
    ("https://10.96.0.1:443", "https://0x0a600001"), ("https://10.96.0.1:443", "https://[::ffff:10.96.0.1]"),
    ("https://[2001:db8::1]:6443", "https://[2001:db8:0::1]:6443"),
    ("http://127.0.0.1:8001", "http://localhost:8001"), ("http://127.0.0.1:8001", "http://[::1]:8001"),
    ("http://localhost:8001", "http://127.1:8001"), ("http://127.0.0.1:8001", "http://0.0.0.0:8001"),
    ("https://10.96.0.1:443", "https://kubernetes.default.svc"),
    ("https://10.96.0.1:443", "https://kubernetes.default.svc.cluster.local:443/apis"),
    ("https://10.96.0.1:443", "https://Kubernetes.Default.svc."),
    ("https://10.96.0.1:443", "https://kubernetes.default"), ("https://10.96.0.1:443", "https://kubernetes"),
  ]

  @Test("the API server is nobody's sink, however it is written", arguments: apiServers)
  func apiServer(apiServer: String, url: String) {
    for administrators in [false, true] {
      let objection = Self.objection(
        url, loopback: true, administrators: administrators, apiServer: apiServer)
      #expect(objection == "it is the API server")
    }
  }

  @Test("another port of the API server's host is another place")
  func otherPort() {
    #expect(
      Self.objection("http://127.0.0.1:8080", loopback: true, apiServer: "http://127.0.0.1:8001") == nil)
    #expect(
      Self.objection("https://10.96.0.1:8443", administrators: true, apiServer: "https://10.96.0.1:443")
        == nil)
    #expect(Self.objection("http://kubernetes.a.svc") == nil)
  }

  @Test(
    "files are the administrator's own: any host but those two",
    arguments: ["http://example.org", "http://10.0.0.1:80", "https://[2001:db8::1]/x", "http://foo"])
  func administrators(url: String) {
    #expect(Self.objection(url, administrators: true) == nil)
  }

  @Test("Knative Eventing's doors for all namespaces are open to all")
  func doors() {
    #expect(Self.objection("http://broker-ingress.knative-eventing.svc.cluster.local/a/default") == nil)
    #expect(Self.objection("http://imc-dispatcher.knative-eventing.svc.cluster.local") != nil)
  }

  // MARK: Rules

  @Test("a rule allows the hosts that it names, to the namespaces that it names")
  func allow() throws {
    let policy = try Self.policy(
      #"{"allow":[{"hosts":["hooks.example.com","*.b.svc"],"namespaces":["a","team-*"]},{"hosts":["*.{namespace}.svc"]}]}"#
    )
    for namespace in ["a", "team-", "team-x"] {
      #expect(Self.problem("https://Hooks.Example.com./x", policy, of: namespace) == nil)
      #expect(Self.problem("http://foo.b.svc.cluster.local", policy, of: namespace) == nil)
    }
    for namespace in ["b", "aa", "team"] {
      #expect(
        Self.problem("https://hooks.example.com", policy, of: namespace)
          == "no rule of sinkPolicy.allow lets namespace \(namespace) send to hooks.example.com")
    }
    #expect(Self.problem("http://foo.b.svc", policy, of: "b") == nil)
    #expect(Self.problem("http://foo.c.svc", policy) != nil)
    #expect(Self.problem("http://x.hooks.example.com", policy) != nil)
    #expect(Self.problem("http://b.svc", policy) != nil)
  }

  @Test("deny wins, for files too")
  func deny() throws {
    let policy = try Self.policy(
      #"{"allow":[{"hosts":["*"]}],"deny":[{"hosts":["x.org"],"namespaces":["b"]},{"hosts":["*.example.com"]}]}"#
    )
    for administrators in [false, true] {
      #expect(
        Self.problem("http://a.example.com", policy, administrators: administrators)
          == "sinkPolicy.deny[1] forbids it")
      #expect(Self.problem("http://x.org", policy, administrators: administrators) == nil)
      #expect(
        Self.problem("http://x.org", policy, of: "b", administrators: administrators)
          == "sinkPolicy.deny[0] forbids it")
    }
    #expect(Self.problem("http://example.com", policy) == nil)
  }

  @Test("a block of addresses judges an address at once, and a name by where it leads")
  func blocks() throws {
    let policy = try Self.policy(
      #"{"allow":[{"cidrs":["10.0.0.0/8","fd00::/8"]}],"deny":[{"cidrs":["10.9.0.0/16"]}]}"#)
    for url in ["http://10.1.2.3", "http://0x0a010203", "http://[::ffff:10.1.2.3]", "http://[fd12::1]:80"] {
      #expect(Self.problem(url, policy) == nil, "\(url)")
    }
    #expect(Self.problem("http://10.9.0.1", policy) == "sinkPolicy.deny[0] forbids 10.9.0.1")
    #expect(
      Self.problem("http://[64:ff9b::10.9.0.1]", policy) == "sinkPolicy.deny[0] forbids [64:ff9b::a09:1]")
    #expect(Self.problem("http://11.0.0.1", policy) == "11.0.0.1 is not in the cidrs of sinkPolicy.allow[0]")
    #expect(
      Self.problem("http://127.0.0.1", policy)
        == "127.0.0.1 is loopback, no place in the cluster, and in the cidrs of no rule of sinkPolicy.allow")

    let route = try SinkJudge(policy: policy, apiServer: "").judge(
      "http://foo.org", SinkSender(namespace: "a"))
    let answers = [
      ("10.1.2.3", nil), ("[fd00::1]", nil), ("[::ffff:10.0.0.1]", nil),
      ("10.9.255.255", "sinkPolicy.deny[0] forbids 10.9.255.255"),
      ("8.8.8.8", "8.8.8.8 is not in the cidrs of sinkPolicy.allow[0]"),
      ("[64:ff9b::10.0.0.1]", "[64:ff9b::a00:1] is not in the cidrs of sinkPolicy.allow[0]"),
      ("169.254.169.254", "169.254.169.254 is link-local, which is never allowed"),
      ("[fe80::1]", "[fe80::1] is link-local, which is never allowed"),
      ("[fd00:ec2::254]", "[fd00:ec2::254] is the metadata service of a cloud, which is never allowed"),
      (
        "0.0.0.0",
        "127.0.0.1 is loopback, no place in the cluster, and in the cidrs of no rule of sinkPolicy.allow"
      ),
    ]
    for (address, objection) in answers {
      #expect(route.objection(to: try Self.address(address)) == objection)
    }
  }

  @Test("a name that a rule allows may lead anywhere but to loopback, link-local and metadata addresses")
  func rebinding() throws {
    let policy = try Self.policy(#"{"allow":[{"hosts":["*"]}]}"#)
    let route = try SinkJudge(policy: policy, apiServer: "").judge(
      "http://foo.org", SinkSender(namespace: "a"))
    for address in ["10.0.0.1", "8.8.8.8", "[2001:db8::1]"] {
      #expect(route.objection(to: try Self.address(address)) == nil)
    }
    for address in [
      "127.0.0.1", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[64:ff9b::127.0.0.1]", "169.254.0.1",
      "[fe80::1]", "[2002:a9fe:a9fe::]", "100.100.100.200", "168.63.129.16", "192.0.0.192", "[fd20:ce::254]",
    ] {
      #expect(route.objection(to: try Self.address(address)) != nil, "\(address)")
    }
    #expect(Self.problem("http://localhost", policy)?.contains("loopback") == true)
    #expect(Self.problem("http://127.0.0.1", policy)?.contains("loopback") == true)
  }

  @Test(
    "hosts and cidrs of one rule must both hold; what files say is free but for the addresses forbidden to all"
  )
  func both() throws {
    let policy = try Self.policy(
      #"{"allow":[{"hosts":["foo.org"],"cidrs":["10.0.0.0/8"]},{"hosts":["localhost"],"cidrs":["127.0.0.2/32"]}]}"#
    )
    let judge = SinkJudge(policy: policy, apiServer: "")
    let route = try judge.judge("http://foo.org", SinkSender(namespace: "a"))
    #expect(route.objection(to: try Self.address("10.0.0.1")) == nil)
    #expect(
      route.objection(to: try Self.address("11.0.0.1"))
        == "11.0.0.1 is not in the cidrs of sinkPolicy.allow[0]")
    #expect(Self.problem("http://10.0.0.1", policy) == "no rule of sinkPolicy.allow holds 10.0.0.1")
    let local = try judge.judge("http://localhost", SinkSender(namespace: "a"))
    #expect(local.objection(to: try Self.address("127.0.0.2")) == nil)
    #expect(local.objection(to: try Self.address("127.0.0.1"))?.contains("loopback") == true)
    let files = try judge.judge("http://x.org", SinkSender(namespace: "a", isAdministrators: true))
    #expect(files.objection(to: try Self.address("127.0.0.1")) == nil)
    #expect(files.objection(to: try Self.address("169.254.169.254")) != nil)
  }

  @Test("the data of Secrets goes only where a rule says so, of files too")
  func secrets() throws {
    let policy = try Self.policy(
      #"{"allow":[{"hosts":["*.{namespace}.svc"]},{"hosts":["vault.a.svc"],"secrets":true}]}"#)
    for administrators in [false, true] {
      #expect(
        Self.problem("http://vault.a.svc", policy, administrators: administrators, secrets: true) == nil)
      #expect(
        Self.problem("http://foo.a.svc", policy, administrators: administrators, secrets: true)
          == "the data of Secrets may not go to foo.a.svc in mode Resource")
    }
    #expect(Self.problem("http://foo.a.svc", .standard, secrets: true) != nil)
    let local = try Self.policy(
      #"{"allow":[{"cidrs":["127.0.0.0/8"]},{"cidrs":["10.0.0.0/8"],"secrets":true}]}"#)
    #expect(Self.problem("http://127.0.0.1", local) == nil)
    #expect(Self.problem("http://127.0.0.1", local, secrets: true) != nil)
    #expect(Self.problem("http://10.0.0.1", local, secrets: true) == nil)
  }

  @Test("a list that is not there is the default's; an empty one allows nothing")
  func lists() throws {
    #expect(try Self.policy("{}") == .standard)
    #expect(try Self.policy(#"{"deny":[{"namespaces":["b"]}]}"#).allow == SinkPolicy.standard.allow)
    #expect(Self.problem("http://foo.a.svc", try Self.policy(#"{"allow":[]}"#)) != nil)
    #expect(
      Self.problem("http://foo.b.svc", try Self.policy(#"{"deny":[{"namespaces":["b"]}]}"#), of: "b")
        == "sinkPolicy.deny[0] forbids it")
  }

  /// Policies with what is wrong with them.
  private static let malformed: [(String, [String])] = [
    ("[]", ["(object): is an array, not an object; write an object in braces"]),
    (#"{"alow":[]}"#, ["alow: unknown field; did you mean allow?"]),
    (#"{"allow":{}}"#, ["allow: is an object, not an array; write an array in brackets"]),
    (#"{"allow":["x"]}"#, ["allow[0]: is a string, not an object; write an object in braces"]),
    (
      #"{"allow":[{}]}"#,
      [#"allow[0].hosts: required; list hosts or cidrs; hosts: ["*"] allows every place"#]
    ),
    (
      #"{"allow":[{"namespaces":["a"],"secrets":true}]}"#,
      [#"allow[0].hosts: required; list hosts or cidrs; hosts: ["*"] allows every place"#]
    ),
    (
      #"{"allow":[{"host":["a"]}]}"#,
      [
        "allow[0].host: unknown field; did you mean hosts?",
        #"allow[0].hosts: required; list hosts or cidrs; hosts: ["*"] allows every place"#,
      ]
    ),
    (#"{"deny":[{"hosts":["a"],"secrets":true}]}"#, ["deny[0].secrets: unknown field; remove it"]),
    (#"{"deny":[{"hosts":[]}]}"#, ["deny[0].hosts: is empty; list hosts, or remove it for all"]),
    (#"{"deny":[{"hosts":["a","a"]}]}"#, ["deny[0].hosts[1]: 'a' stands there twice; write it once"]),
    (
      #"{"allow":[{"cidrs":["10.0.0.1/8"]}]}"#,
      ["allow[0].cidrs[0]: '10.0.0.1/8' has bits beyond its length; write the first address of the block"]
    ),
    (
      #"{"allow":[{"cidrs":["10.0.0.0/33"]}]}"#,
      [
        "allow[0].cidrs[0]: '10.0.0.0/33' has no length from 0 to 32 after the /; write how many bits are fixed"
      ]
    ),
    (
      #"{"allow":[{"cidrs":["foo"]}]}"#,
      ["allow[0].cidrs[0]: 'foo' is not a block of addresses; write it as 10.0.0.0/8 or fd00::/8"]
    ),
    (#"{"allow":[{"cidrs":[8]}]}"#, ["allow[0].cidrs[0]: is a number, not a string; put it in quotes"]),
    (
      #"{"allow":[{"hosts":["a"],"secrets":"yes"}]}"#,
      [
        "allow[0].secrets: is a string, not a boolean; write true or false without quotes"
      ]
    ),
  ]

  @Test("what is wrong with a policy is told by its field", arguments: malformed)
  func malformedPolicy(text: String, findings: [String]) throws {
    let value = try JSONValue(parsing: [UInt8](text.utf8))
    do throws(SinkPolicyRefusal) {
      _ = try SinkPolicy(reading: value)
      Issue.record("it was accepted")
    } catch {
      #expect(error.findings.map(\.description) == findings)
    }
  }

  @Test(
    "hosts are names, * and *. before a name",
    arguments: [
      ("*", true), ("*.example.com", true), ("example.com", true), ("Example.COM.", true),
      ("*.{namespace}.svc", true), ("{namespace}", true), ("*.svc", true), ("", false), ("*.", false),
      ("a*", false), ("*a.org", false), ("a.*.org", false), ("10.0.0.1", false), ("[::1]", false),
      ("http://a", false), ("a:80", false), ("a/b", false), ("x-{namespace}.svc", false), ("**", false),
    ])
  func hostPatterns(text: String, isOne: Bool) {
    #expect((HostPattern(text) != nil) == isOne)
  }

  @Test(
    "namespaces are names, or beginnings with a *",
    arguments: [
      ("a", true), ("team-*", true), ("*", true), ("", false), ("A", false), ("-*", false), ("a.b", false),
      ("*a", false), ("a-", false), ("a**", false),
    ])
  func namespacePatterns(text: String, isOne: Bool) {
    #expect((NamespacePattern(text) != nil) == isOne)
  }

  @Test("lists have limits")
  func limits() throws {
    let rule = #"{"hosts":["a"]}"#
    let most = Array(repeating: rule, count: SinkPolicy.maxRules).joined(separator: ",")
    #expect(try Self.policy(#"{"allow":[\#(most)]}"#).allow.count == SinkPolicy.maxRules)
    #expect(throws: SinkPolicyRefusal.self) { try Self.policy(#"{"allow":[\#(most),\#(rule)]}"#) }
    let hosts = (0...SinkPolicy.maxEntries).map { "\"h\($0)\"" }
    let good = hosts.dropLast().joined(separator: ","), bad = hosts.joined(separator: ",")
    #expect(try Self.policy(#"{"deny":[{"hosts":[\#(good)]}]}"#).deny[0].hosts.count == SinkPolicy.maxEntries)
    #expect(throws: SinkPolicyRefusal.self) { try Self.policy(#"{"deny":[{"hosts":[\#(bad)]}]}"#) }
  }
}

@Suite("Blocks of addresses")
struct AddressRangeTests {
  @Test(
    "a block holds what begins as it does",
    arguments: [
      ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.0.0.1", "10.0.0.1", true),
      ("10.0.0.1/32", "10.0.0.2", false), ("0.0.0.0/0", "255.255.255.255", true),
      ("0.0.0.0/0", "[::1]", false),
      ("::/0", "[2001:db8::1]", true), ("::/0", "10.0.0.1", false), ("fd00::/8", "[fdff::1]", true),
      ("fd00::/8", "[fe00::1]", false), ("2001:db8::/127", "[2001:db8::1]", true),
      ("2001:db8::/127", "[2001:db8::2]", false), ("::1", "[::1]", true), ("10.0.0.0/31", "10.0.0.1", true),
    ])
  func contains(range: String, address: String, isInside: Bool) throws {
    #expect(try AddressRange(range).contains(try #require(NetworkHost(address))) == isInside)
  }

  @Test(
    "anything else is none",
    arguments: [
      "", "/", "/8", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8", "10/8", "10.0.0/8",
      "010.0.0.0/8",
      "0x0a000000/8", "10.0.0.0/33", "10.0.0.0/ 8", "fd00::/129", "[fd00::]/8", "fd00::1/8", "10.0.0.1/31",
      "::ffff:10.0.0.0/96x", "a/8", "10.0.0.256",
    ])
  func malformed(text: String) {
    #expect(throws: AddressRangeFault.self) { try AddressRange(text) }
  }

  @Test(
    "it is known which hold an address of this machine",
    arguments: [
      ("127.0.0.0/8", true), ("127.0.0.2/32", true), ("0.0.0.0/0", true), ("126.0.0.0/7", true),
      ("::1", true),
      ("::/0", true), ("10.0.0.0/8", false), ("fd00::/8", false), ("128.0.0.0/1", false),
    ])
  func loopback(text: String, isHeld: Bool) throws {
    #expect(try AddressRange(text).holdsLoopback == isHeld)
  }

  @Test(
    "addresses are written as RFC 5952 has them",
    arguments: [
      "[::]", "[::1]", "[1::]", "[2001:db8::1:0:0:1]", "[fe80::1]", "[1:2:3:4:5:6:7:8]", "[1:0:2:3:4:5:6:7]",
      "10.0.0.1",
    ])
  func text(address: String) throws {
    #expect("\(try #require(NetworkHost(address)))" == address)
  }
}
