import CloudEvents
import Testing

/// The error that a message is refused with; nil if it is accepted.
func refusal(
  _ headers: [(String, String)], _ body: String = "", limits: CloudEventLimits = .standard
) -> CloudEventError? {
  do throws(CloudEventError) {
    _ = try CloudEvent.decodeHTTP(headers: headers, body: Array(body.utf8), limits: limits)
    return nil
  } catch {
    return error
  }
}

/// The headers of the smallest event, and more.
func required(_ more: (String, String)...) -> [(String, String)] {
  [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t")] + more
}

@Suite("CloudEvents: binary mode")
struct BinaryModeTests {
  private func decode(_ headers: [(String, String)], _ body: String = "") throws -> CloudEvent {
    let events = try CloudEvent.decodeHTTP(headers: headers, body: Array(body.utf8))
    #expect(events.count == 1)
    return try #require(events.first)
  }

  @Test("an event becomes headers in lower case and comes back the same")
  func roundTrip() throws {
    let event = CloudEvent(
      id: "a-1", source: "https://10.0.0.1:443", type: "dev.knative.apiserver.ref.add",
      subject: "/apis/v1/namespaces/demo/configmaps/c 3", time: "2026-11-24T12:39:14.235167394Z",
      datacontenttype: "application/json", dataschema: "urn:x",
      extensions: [("kind", "ConfigMap"), ("name", "\u{20AC}\"%\u{1F600}")], data: Array("{}".utf8))
    let headers = event.binaryHeaders()
    #expect(
      headers.map { "\($0.name): \($0.value)" } == [
        "ce-specversion: 1.0", "ce-id: a-1", "ce-source: https://10.0.0.1:443",
        "ce-type: dev.knative.apiserver.ref.add",
        "ce-subject: /apis/v1/namespaces/demo/configmaps/c%203", "ce-time: 2026-11-24T12:39:14.235167394Z",
        "ce-dataschema: urn:x", "ce-kind: ConfigMap", "ce-name: %E2%82%AC%22%25%F0%9F%98%80",
        "content-type: application/json",
      ])
    try event.validate()
    #expect(try decode(headers.map { ($0.name, $0.value) }, "{}") == event)
  }

  @Test("an event recorded from an ApiServerSource is read, with its headers in any order and case")
  func recorded() throws {
    let body = #"{"kind":"ConfigMap","namespace":"demo","name":"c3","apiVersion":"v1"}"#
    let event = try decode(
      [
        ("Content-Length", "69"), ("Ce-Apiversion", "v1"), ("Ce-Id", "457375c0-9c7f-4208-b1ae-0f6841e0bcd5"),
        ("Ce-Kind", "ConfigMap"), ("Ce-Name", "c3"), ("Ce-Namespace", "demo"),
        ("Ce-Source", "https://127.0.0.1:6443"),
        ("Ce-Specversion", "1.0"), ("Ce-Subject", "/apis/v1/namespaces/demo/configmaps/c3"),
        ("Ce-Time", "2026-11-24T12:39:14.235167394Z"), ("CE-TYPE", "dev.knative.apiserver.ref.add"),
        ("Content-Type", "application/json"), ("Kn-Namespace", "default"),
      ], body)
    #expect(
      event.id == "457375c0-9c7f-4208-b1ae-0f6841e0bcd5" && event.type == "dev.knative.apiserver.ref.add")
    #expect(event.extensions.map(\.name) == ["apiversion", "kind", "name", "namespace"])
    #expect(event[attribute: "namespace"] == "demo" && event[attribute: "specversion"] == "1.0")
    #expect(
      event[attribute: "datacontenttype"] == "application/json" && event[attribute: "knnamespace"] == nil)
    #expect(event.data == Array(body.utf8))
  }

  @Test(
    "header values: quotes come off first, then one round of percent-decoding",
    arguments: [
      ("plain", "plain"), ("a%20b", "a b"), ("%e2%82%ac", "\u{20AC}"), ("%E2%82%AC", "\u{20AC}"),
      ("%2520", "%20"),
      ("\"a b\"", "a b"), ("\"a \\\"b\\\" \\\\c\"", "a \"b\" \\c"), ("\"%20\"", " "), ("\"\\%20\"", " "),
      (" \t padded \t", "padded"), ("50%", "50%"), ("50%!", "50%!"), ("%2", "%2"), ("%zz", "%zz"),
      ("%%20", "% "),
      ("\"", "\""), ("\"open", "\"open"), ("a\"b\"", "a\"b\""), ("\"a\"b\"", "\"a\"b\""),
      ("\"a\\\"", "\"a\\\""),
      ("\"\"", ""), ("", ""), ("\u{E9} raw", "\u{E9} raw"), ("%41%", "A%"),
    ])
  func headerValues(_ header: String, _ value: String) throws {
    #expect(try decode(required(("ce-x", header)))[attribute: "x"] == value)
  }

  @Test(
    "every scalar below U+0800 that an attribute may hold survives the headers, and they stay printable ASCII"
  )
  func everyScalar() throws {
    for value in UInt32(0x20)..<0x800 where !(0x7F...0x9F).contains(value) {
      let text = "a" + String(Unicode.Scalar(value).map(Character.init) ?? "?") + "b"
      let headers = CloudEvent(id: text, source: "s", type: "t").binaryHeaders()
      #expect(headers.allSatisfy { $0.value.utf8.allSatisfy { (0x21...0x7E).contains($0) } })
      #expect(try decode(headers.map { ($0.name, $0.value) }).id == text)
    }
  }

  @Test("no body means no data; a body is the data, byte for byte, of any content type or none")
  func bodies() throws {
    #expect(try decode(required(("content-type", "application/json"))).data == nil)
    let bytes: [UInt8] = [0, 0xFF, 0x0A]
    let event = try CloudEvent.decodeHTTP(headers: required(("Content-Type", "image/png; x=y")), body: bytes)[
      0]
    #expect(event.data == bytes && event.datacontenttype == "image/png; x=y")
    #expect(try decode(required(), "x").datacontenttype == nil)
  }

  @Test("the attributes that an event must have are asked for by name")
  func missing() {
    for name in ["specversion", "id", "source", "type"] {
      #expect(refusal(required().filter { $0.0 != "ce-" + name }) == .missingAttribute(name))
      let emptied = required().map { $0.0 == "ce-" + name ? ($0.0, "") : $0 }
      #expect(
        refusal(emptied) == (name == "specversion" ? .unsupportedSpecVersion("") : .emptyAttribute(name)))
    }
    #expect(refusal(required(("ce-subject", ""))) == .emptyAttribute("subject"))
    #expect(refusal(required(("ce-ext", ""))) == nil)
  }

  @Test("messages that are no CloudEvents, or of another version, are told apart")
  func notCloudEvents() {
    #expect(refusal([]) == .notACloudEvent)
    #expect(refusal([("content-type", "application/json")], "{}") == .notACloudEvent)
    #expect(CloudEventError.notACloudEvent.isUnsupportedMediaType)
    #expect(!CloudEventError.notAnObject.isUnsupportedMediaType)
    let old = required().map { $0.0 == "ce-specversion" ? ($0.0, "0.3") : $0 }
    #expect(refusal(old) == .unsupportedSpecVersion("0.3"))
  }

  @Test("attribute names are a-z and 0-9, not reserved, and each comes once")
  func names() {
    for name in ["foo-bar", "foo_bar", "data", "datacontenttype", "", "f\u{E9}"] {
      #expect(refusal(required(("ce-" + name, "x"))) == .invalidAttributeName(name))
    }
    #expect(refusal(required(("CE-UPPER", "x"))) == nil)
    #expect(refusal(required(("ce-id", "2"))) == .duplicateAttribute("id"))
    #expect(refusal(required(("Ce-X", "2"), ("ce-x", "2"))) == .duplicateAttribute("x"))
    let types = [("Content-Type", "text/plain"), ("content-type", "text/plain")]
    #expect(refusal(required() + types) == .duplicateAttribute("content-type"))
    for name in ["abc", "a1", "1", "averyveryverylongattributename"] {
      #expect(CloudEventAttributeName.isValidExtension(name))
    }
    for name in ["", "A", "a-b", "a_b", "a.b", "data", "\u{E9}", "a b"] {
      #expect(!CloudEventAttributeName.isValid(name))
    }
    for name in CloudEventAttributeName.core {
      #expect(CloudEventAttributeName.isValid(name) && !CloudEventAttributeName.isValidExtension(name))
    }
  }

  @Test("values that are not UTF-8, have control characters or noncharacters, or a wrong time are refused")
  func values() {
    for value in [
      "%FF", "%C0%AF", "%ED%A0%80", "%00", "%0A", "%7F", "%C2%85", "%EF%B7%90", "%EF%BF%BF", "a\u{1}",
    ] {
      #expect(refusal(required(("ce-x", value))) == .invalidAttributeValue("x"), "\(value)")
    }
    #expect(refusal(required(("ce-time", "yesterday"))) == .invalidTime("yesterday"))
    #expect(refusal(required(("ce-time", "2026-11-24T12:39:14+01:00"))) == nil)
  }

  @Test("the number and the length of attributes are limited: at the limit accepted, beyond refused")
  func limits() {
    let limits = CloudEventLimits(maxAttributes: 6, maxAttributeBytes: 10)
    #expect(refusal(required(("ce-a", "1"), ("ce-b", "2")), limits: limits) == nil)
    let tooMany = required(("ce-a", "1"), ("ce-b", "2"), ("ce-c", "3"))
    #expect(refusal(tooMany, limits: limits) == .tooManyAttributes(limit: 6))
    #expect(refusal(required(("ce-a", "1"), ("ce-b", "2"), ("content-type", "a/b")), limits: limits) != nil)
    #expect(refusal(required(("ce-a", "0123456789")), limits: limits) == nil)
    #expect(
      refusal(required(("ce-a", "01234567\u{20AC}")), limits: limits) == .attributeTooLong("a", limit: 10))
    let long = String(repeating: "x", count: 8192)
    #expect(refusal(required(("ce-a", long))) == nil)
    #expect(refusal(required(("ce-a", long + "x"))) == .attributeTooLong("a", limit: 8192))
  }

  @Test("an event that is made is checked before it is sent")
  func validate() throws {
    var event = CloudEvent(id: "1", source: "s", type: "t", extensions: [("a", "1"), ("b", "2"), ("a", "3")])
    #expect(event.extensions.map(\.value) == ["3", "2"])
    event.setExtension("b", to: nil)
    event.setExtension("c", to: "4")
    event.setExtension("missing", to: nil)
    #expect(event.extensions.map(\.name) == ["a", "c"])
    try event.validate()
    event.setExtension("Bad-Name", to: "x")
    #expect(throws: CloudEventError.invalidAttributeName("Bad-Name")) { try event.validate() }
    event.setExtension("Bad-Name", to: nil)
    event.setExtension("id", to: "2")
    #expect(throws: CloudEventError.invalidAttributeName("id")) { try event.validate() }
    #expect(throws: CloudEventError.emptyAttribute("type")) {
      try CloudEvent(id: "1", source: "s", type: "").validate()
    }
    #expect(throws: CloudEventError.invalidTime("x")) {
      try CloudEvent(id: "1", source: "s", type: "t", time: "x").validate()
    }
  }

  @Test("events differ if any attribute or the data does")
  func equality() {
    let event = CloudEvent(id: "1", source: "s", type: "t")
    var other = event
    #expect(event == other)
    other.data = []
    #expect(event != other)
    other = event
    other.setExtension("a", to: "1")
    #expect(event != other)
    #expect(event != CloudEvent(id: "1", source: "s", type: "t", subject: "x"))
  }
}
