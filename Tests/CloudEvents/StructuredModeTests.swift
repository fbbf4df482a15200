import CloudEvents
import JSONScan
import TestSupport
import Testing

@Suite("CloudEvents: structured and batched mode")
struct StructuredModeTests {
  static let structured = [("Content-Type", "application/cloudevents+json; charset=utf-8")]
  static let batched = [("content-type", "application/cloudevents-batch+json")]
  static let minimal = #""specversion":"1.0","id":"1","source":"/s","type":"t""#

  private func decode(_ more: String) throws -> CloudEvent {
    let body = Array("{\(Self.minimal)\(more)}".utf8)
    return try #require(try CloudEvent.decodeHTTP(headers: Self.structured, body: body).first)
  }

  private func refusal(of more: String) -> CloudEventError? {
    refusal("{\(Self.minimal)\(more)}", Self.structured)
  }

  private func refusal(
    _ body: String, _ headers: [(String, String)], limits: CloudEventLimits = .standard
  ) -> CloudEventError? {
    CloudEventsTests.refusal(headers, body, limits: limits)
  }

  @Test(
    "an event becomes JSON and comes back the same, whatever its data",
    arguments: [
      (nil, nil, nil), ("application/json", #"{"a":[1,2]}"#, #""data":{"a":[1,2]}"#),
      (nil, "[1]", #""data":[1]"#), ("application/x+json; v=1", "null", #""data":null"#),
      ("application/json", "\"x\"", #""data":"x""#), ("text/json", "1.50", #""data":1.50"#),
      ("application/json", "{broken", #""data_base64":"e2Jyb2tlbg==""#),
      ("text/plain", "a\"b", #""data":"a\"b""#),
      ("text/plain", "", #""data":"""#), ("application/xml", "<a/>", #""data":"<a/>""#),
    ] as [(String?, String?, String?)])
  func roundTrip(_ contentType: String?, _ data: String?, _ member: String?) throws {
    let event = CloudEvent(
      id: "1", source: "/s", type: "t", subject: "\"quoted\"", datacontenttype: contentType,
      extensions: [("b", "2"), ("a", "\u{20AC}")], data: data.map { Array($0.utf8) })
    let body = event.structuredBody()
    let headers = [("content-type", CloudEvent.structuredContentType)]
    #expect(try CloudEvent.decodeHTTP(headers: headers, body: body) == [event])
    if let member { #expect(String(decoding: body, as: UTF8.self).hasSuffix("," + member + "}")) }
    #expect(try JSONValue(parsing: body)["subject"] == "\"quoted\"")
  }

  @Test("bytes that are not text travel as base64")
  func binaryData() throws {
    let bytes = (0...255).map { UInt8($0) }
    let event = CloudEvent(id: "1", source: "/s", type: "t", datacontenttype: "image/png", data: bytes)
    let body = event.structuredBody()
    #expect(try JSONValue(parsing: body)["data_base64"] != nil)
    #expect(try CloudEvent.decodeHTTP(headers: Self.structured, body: body) == [event])
  }

  @Test("extensions may be booleans and 32-bit integers; null means not set")
  func extensionTypes() throws {
    let event = try decode(#","a":true,"b":false,"c":-2147483648,"d":null,"subject":null,"data_base64":null"#)
    #expect(event.extensions.map { $0.name + "=" + $0.value } == ["a=true", "b=false", "c=-2147483648"])
    #expect(event.subject == nil && event.data == nil)
    for value in ["2147483648", "1.5", "1e2", "[]", "{}"] {
      #expect(refusal(of: #","a":\#(value)"#) == .invalidAttributeValue("a"))
    }
    #expect(refusal(of: #","subject":1"#) == .invalidAttributeValue("subject"))
    #expect(refusal(of: #","time":true"#) == .invalidAttributeValue("time"))
  }

  @Test("data keeps its spelling; escaped names and values are unescaped; members come in any order")
  func spelling() throws {
    let body =
      #" { "data" : { "x" : 1.0 } , "i\u0064":"\u0031", "type":"t","source":"/s", "specversion":"1.0"} "#
    let event = try #require(
      try CloudEvent.decodeHTTP(headers: Self.structured, body: Array(body.utf8)).first)
    #expect(event.id == "1" && event.data == Array(#"{ "x" : 1.0 }"#.utf8))
  }

  @Test("a body that is not an event is refused with what is wrong")
  func refusals() {
    #expect(refusal("", Self.structured) == .invalidJSON(JSONError(.empty, at: 0)))
    #expect(refusal("{", Self.structured) == .invalidJSON(JSONError(.unexpectedEnd, at: 1)))
    #expect(refusal("[]", Self.structured) == .notAnObject)
    #expect(refusal("{}", Self.structured) == .missingAttribute("specversion"))
    #expect(refusal(of: #","data":1,"data_base64":"eA==""#) == .twoDataMembers)
    #expect(refusal(of: #","data":1,"data":2"#) == .duplicateAttribute("data"))
    #expect(refusal(of: #","id":"2""#) == .duplicateAttribute("id"))
    #expect(refusal(of: #","Upper":"2""#) == .invalidAttributeName("Upper"))
    #expect(refusal(of: #","data_base64":"e""#) == .invalidBase64)
    #expect(refusal(of: #","data_base64":1"#) == .invalidBase64)
    #expect(refusal(of: #","subject":"""#) == .emptyAttribute("subject"))
    #expect(refusal(of: #","x":"\u0000""#) == .invalidAttributeValue("x"))
    #expect(refusal(of: #","time":"1""#) == .invalidTime("1"))
  }

  @Test("a body cut at any byte is refused as cut JSON")
  func truncation() {
    let body = CloudEvent(id: "1", source: "/s", type: "\u{20AC}\n", data: Array(#"{"a":[1,"\u0041"]}"#.utf8))
      .structuredBody()
    for length in 1..<body.count {
      #expect(throws: CloudEventError.invalidJSON(JSONError(.unexpectedEnd, at: length))) {
        try CloudEvent.decodeHTTP(headers: Self.structured, body: Array(body[..<length]))
      }
    }
  }

  @Test("formats and charsets that are not served are named")
  func mediaTypes() {
    for type in [
      "application/cloudevents", "application/cloudevents+xml", "application/cloudevents-batch+protobuf",
      "application/cloudevents+json; charset=iso-8859-1",
    ] {
      #expect(refusal("{}", [("content-type", type)]) == .unsupportedContentType(type))
    }
    for type in [
      "Application/CloudEvents+JSON", "application/cloudevents+json;charset=\"UTF-8\"",
      "application/cloudevents+json ; a=b",
    ] {
      #expect(refusal("{\(Self.minimal)}", [("Content-type", type)]) == nil)
    }
  }

  @Test("a batch gives its events in order, an empty one none, and one bad event refuses all")
  func batch() throws {
    func batch(_ count: Int) -> String {
      "["
        + (0..<count).map { #"{"specversion":"1.0","id":"\#($0)","source":"s","type":"t"}"# }.joined(
          separator: ",") + "]"
    }
    let events = try CloudEvent.decodeHTTP(headers: Self.batched, body: Array(batch(3).utf8))
    #expect(events.map(\.id) == ["0", "1", "2"])
    #expect(try CloudEvent.decodeHTTP(headers: Self.batched, body: Array("[]".utf8)).isEmpty)
    #expect(refusal("{}", Self.batched) == .notAnArray)
    #expect(refusal("[1]", Self.batched) == .notAnObject)
    #expect(refusal("[{\(Self.minimal)},{}]", Self.batched) == .missingAttribute("specversion"))
    let limits = CloudEventLimits(maxEvents: 3)
    #expect(refusal(batch(3), Self.batched, limits: limits) == nil)
    #expect(refusal(batch(4), Self.batched, limits: limits) == .tooManyEvents(limit: 3))
    #expect(refusal(batch(1000), Self.batched) == nil)
    #expect(refusal(batch(1001), Self.batched) == .tooManyEvents(limit: 1000))
  }

  @Test("the number of members is limited, those that are null included")
  func memberLimit() {
    let limits = CloudEventLimits(maxAttributes: 5)
    func body(_ more: String) -> String { "{\(Self.minimal)\(more)}" }
    #expect(refusal(body(#","a":"1","data":1"#), Self.structured, limits: limits) == nil)
    #expect(
      refusal(body(#","a":"1","b":"1""#), Self.structured, limits: limits) == .tooManyAttributes(limit: 5))
    #expect(
      refusal(body(#","a":null,"b":null,"data":1"#), Self.structured, limits: limits)
        == .tooManyAttributes(limit: 5))
  }

  @Test("mutated messages never crash the decoder", arguments: 1...4)
  func mutation(_ seed: UInt64) {
    var state = seed
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let whole = Array(
      #"[{\#(Self.minimal),"a":1,"data":{"b":"\ud83d\ude00"}},{\#(Self.minimal),"data_base64":"AAA="}]"#.utf8)
    for _ in 0..<3000 {
      var body = whole
      for _ in 0...next(3) { body[next(body.count)] = UInt8(next(256)) }
      _ = try? CloudEvent.decodeHTTP(headers: Self.batched, body: body)
    }
  }
}

@Suite("CloudEvents: base64")
struct Base64Tests {
  @Test(
    "the test vectors of RFC 4648 hold",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"), ("\u{3FF}\u{7FE}~?", "z7/fvn4/"),
    ])
  func vectors(_ text: String, _ encoded: String) {
    #expect(Base64.encode(Array(text.utf8)) == encoded)
    #expect(Base64.decode(encoded) == Array(text.utf8))
  }

  @Test("all lengths and bytes come back")
  func roundTrip() {
    for length in 0..<70 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
  }

  @Test(
    "what is not canonical is refused",
    arguments: [
      "Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zh==", "Zm9=", "Zg==Zg==", "Zm9v\n", "Zm9 ", "Zm-_",
      "Zm\u{E9}", "Z=g=",
    ])
  func refused(_ text: String) {
    #expect(Base64.decode(text) == nil)
  }
}
