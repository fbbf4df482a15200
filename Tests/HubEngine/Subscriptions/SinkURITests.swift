import HubEngine
import Testing

@Suite("URLs of sinks")
struct SinkURITests {
  @Test(
    "absolute http and https URLs are accepted",
    arguments: [
      "http://sink", "https://sink.default.svc.cluster.local", "HTTP://sink/",
      "http://sink:8080/a/b?c=d&e=%20",
      "http://10.0.0.1", "http://127.0.0.1:1", "http://[::1]:65535/x", "http://[2001:db8::1]", "http://sink.",
      "http://a_b.c-d", "http://sink:/x", "http://sink?q", "http://1.2.3.4.example",
      "http://sink/a;b=c,d@e:f!$'()*+~",
    ])
  func accepts(_ text: String) throws { try SinkURI.checkAbsolute(text) }

  @Test("anything else is refused with what is wrong", arguments: refused)
  func refuses(_ text: String, _ fault: SinkURIFault) {
    #expect(throws: fault) { try SinkURI.checkAbsolute(text) }
    #expect(!fault.reason.isEmpty)
    #expect(!fault.remedy.isEmpty)
  }

  @Test("a link-local address is refused in every spelling", arguments: linkLocalHosts)
  func linkLocal(_ host: String) {
    #expect(throws: SinkURIFault.linkLocal(host)) {
      try SinkURI.checkAbsolute("http://\(host)/latest/meta-data")
    }
  }

  @Test(
    "addresses beside the link-local ones are not refused",
    arguments: [
      "169.253.255.255", "169.255.0.0", "[fec0::1]", "[fe7f::1]", "[::ffff:10.0.0.1]", "0xa9fdfffe",
      "[64:ff9b::a00:1]",
    ])
  func notLinkLocal(_ host: String) throws { try SinkURI.checkAbsolute("http://\(host)/") }

  @Test("a URL of the longest length is accepted, a byte more is refused")
  func longest() throws {
    let head = "http://sink/"
    let text = head + String(repeating: "a", count: SinkURI.maxBytes - head.utf8.count)
    try SinkURI.checkAbsolute(text)
    #expect(throws: SinkURIFault.tooLong(SinkURI.maxBytes + 1)) { try SinkURI.checkAbsolute(text + "a") }
  }

  @Test("RFC 3986 section 5.4: references are resolved against a base", arguments: resolutions)
  func resolves(_ reference: String, _ expected: String) throws {
    #expect(try SinkURI.resolve(reference, against: "http://a/b/c/d;p?q") == expected)
  }

  @Test(
    "against an address without a path",
    arguments: [
      ("foo", "http://sink.ns/foo"), ("/foo?x=1", "http://sink.ns/foo?x=1"), ("?x", "http://sink.ns?x"),
      ("./foo", "http://sink.ns/foo"), ("../../foo", "http://sink.ns/foo"),
    ])
  func resolvesAgainstHost(_ reference: String, _ expected: String) throws {
    #expect(try SinkURI.resolve(reference, against: "http://sink.ns") == expected)
  }

  @Test("a reference may not lead to another host", arguments: ["http://x/", "//x/y", "g:h"])
  func staysAtHome(_ reference: String) {
    #expect(throws: SinkURIFault.absoluteBesideRef) { try SinkURI.resolve(reference, against: "http://a/b") }
  }

  @Test("a base that is no URL for a sink is refused whatever the reference")
  func badBase() {
    #expect(throws: SinkURIFault.linkLocal("169.254.1.1")) {
      try SinkURI.resolve("x", against: "http://169.254.1.1/")
    }
    #expect(throws: SinkURIFault.fragment) { try SinkURI.resolve("x#y", against: "http://a/") }
    #expect(throws: SinkURIFault.empty) { try SinkURI.resolve("", against: "http://a/") }
  }
}

@Suite("The address of a sink")
struct SinkTargetTests {
  private let service = SinkReference(apiVersion: "v1", kind: "Service", namespace: "ns", name: "sink")

  @Test("a uri alone is the URL")
  func uriAlone() throws {
    #expect(try SinkTarget(uri: "http://x/y").url(address: nil) == "http://x/y")
  }

  @Test("a ref alone is its address; with a uri the uri is relative to it")
  func ref() throws {
    #expect(try SinkTarget(ref: service).url(address: "http://x/a/b") == "http://x/a/b")
    #expect(try SinkTarget(ref: service, uri: "c?d").url(address: "http://x/a/b") == "http://x/a/c?d")
    #expect(try SinkTarget(ref: service, uri: "/c").url(address: "https://x:8443") == "https://x:8443/c")
  }

  @Test("a ref without an address has no URL yet")
  func noAddress() {
    #expect(throws: SinkURIFault.noAddress) { try SinkTarget(ref: service).url(address: nil) }
  }

  @Test("an Addressable cannot lead to a link-local address")
  func hostileAddress() {
    #expect(throws: SinkURIFault.linkLocal("169.254.169.254")) {
      try SinkTarget(ref: service, uri: "/x").url(address: "http://169.254.169.254")
    }
  }

  @Test("a core Service is addressed by its DNS name")
  func coreService() {
    #expect(service.isCoreService)
    #expect(service.serviceURL() == "http://sink.ns.svc.cluster.local")
    #expect(service.serviceURL(clusterDomain: "corp") == "http://sink.ns.svc.corp")
    let knative = SinkReference(
      apiVersion: "serving.knative.dev/v1", kind: "Service", namespace: "a", name: "b")
    #expect(!knative.isCoreService)
  }

  @Test(
    "an Addressable tells its address in its status",
    arguments: [
      (#"{"status":{"address":{"url":"http://a"}}}"#, "http://a"),
      (#"{"status":{"addresses":[{"name":"x"},{"url":"http://b"}]}}"#, "http://b"),
      (#"{"status":{"address":{}}}"#, nil), (#"{"status":{}}"#, nil), ("{}", nil), ("7", nil), ("{", nil),
    ])
  func addressable(_ object: String, _ url: String?) {
    let broker = SinkReference(
      apiVersion: "eventing.knative.dev/v1", kind: "Broker", namespace: "a", name: "b")
    #expect(broker.address(in: Array(object.utf8).span.bytes) == url)
  }
}

private let refused: [(String, SinkURIFault)] = [
  ("", .empty), ("sink", .relative), ("/path", .relative), ("//sink/path", .relative),
  ("sink:8080", .scheme("sink")),
  ("ftp://sink", .scheme("ftp")), ("file:///etc/passwd", .scheme("file")), ("http:", .noHost),
  ("http:/x", .noHost),
  ("http://", .noHost), ("http:///x", .noHost), ("http://:80/", .noHost), ("http://u@sink", .userinfo),
  ("http://u:p@sink", .userinfo), ("http://sink/#f", .fragment), ("http://sink#", .fragment),
  ("http://sink:0", .port("0")), ("http://sink:65536", .port("65536")), ("http://sink:http", .port("http")),
  ("http://sink:-1", .port("-1")), ("http://-sink", .host("-sink")), ("http://a..b", .host("a..b")),
  ("http://sink%2e", .host("sink%2e")), ("http://256.1.1.1", .host("256.1.1.1")),
  ("http://1.2.3.4.5", .host("1.2.3.4.5")),
  ("http://[::1", .host("[::1")), ("http://[::g]", .host("[::g]")), ("http://[1::2::3]", .host("[1::2::3]")),
  ("http://[1:2:3:4:5:6:7]", .host("[1:2:3:4:5:6:7]")), ("http://::1/", .host("::1")),
  ("http://[::1]x", .host("[::1]x")),
  ("http://sink/a b", .character(" ")), ("http://sink/\u{7F}", .character("\u{7F}")),
  ("http://sink/\n", .character("\n")),
  ("http://sínk/", .character("í")), ("http://sink/<x>", .character("<")),
  ("http://sink/a\\b", .character("\\")),
  ("http://sink/%", .percent), ("http://sink/%2", .percent), ("http://sink/%zz", .percent),
]

private let linkLocalHosts = [
  "169.254.0.0", "169.254.169.254", "169.254.255.255", "169.254.169.254.", "169.254.43518", "169.16689662",
  "2852039166", "0xa9fea9fe", "0xA9.0xFE.0xA9.0xFE", "0251.0376.0251.0376", "[fe80::1]", "[FE80::1]",
  "[febf::1]",
  "[fe80::1%25eth0]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::169.254.169.254]",
  "[64:ff9b::169.254.169.254]", "[2002:a9fe:a9fe::1]", "[::ffff:0:169.254.169.254]",
  "[0:0:0:0:0:ffff:a9fe:a9fe]",
]

/// RFC 3986 section 5.4.1 and 5.4.2, without those that name a scheme, an authority or a fragment.
private let resolutions: [(String, String)] = [
  ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
  ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), (";x", "http://a/b/c/;x"),
  ("g;x", "http://a/b/c/g;x"),
  ("g;x?y", "http://a/b/c/g;x?y"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"),
  ("../", "http://a/b/"), ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../", "http://a/"),
  ("../../g", "http://a/g"), ("../../../g", "http://a/g"), ("../../../../g", "http://a/g"),
  ("/./g", "http://a/g"),
  ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."), (".g", "http://a/b/c/.g"), ("g..", "http://a/b/c/g.."),
  ("..g", "http://a/b/c/..g"), ("./../g", "http://a/b/g"), ("./g/.", "http://a/b/c/g/"),
  ("g/./h", "http://a/b/c/g/h"),
  ("g/../h", "http://a/b/c/h"), ("g;x=1/./y", "http://a/b/c/g;x=1/y"), ("g;x=1/../y", "http://a/b/c/y"),
  ("g?y/./x", "http://a/b/c/g?y/./x"), ("g?y/../x", "http://a/b/c/g?y/../x"),
]
