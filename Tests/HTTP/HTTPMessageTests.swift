import Testing

@testable import HTTP

/// Headers, request targets, and answers as bytes.
@Suite("HTTP messages")
struct HTTPMessageTests {
  @Test("Header names compare without regard to case and keep their order")
  func headers() {
    var headers: HTTPHeaders = ["A": "1", "b": "2", "a": "3"]
    #expect(headers[first: "a"] == "1")
    #expect(headers.values(for: "A") == ["1", "3"])
    #expect(headers[first: "c"] == nil)
    headers.set("B", "4")
    #expect(headers.pairs.map(\.0) == ["A", "a", "B"])
    headers.remove("a")
    headers.add("c", "")
    #expect(headers == ["B": "4", "c": ""])
    #expect(HTTPHeaders([("Connection", "x,  Close ,y")]).listContains("connection", "close"))
    #expect(!HTTPHeaders([("Connection", "closed")]).listContains("connection", "close"))
  }

  @Test(
    "The path of a target is decoded, without query or authority",
    arguments: [
      ("/", "/"), ("/a%20b%2Fc?x", "/a b/c"), ("/a+b", "/a+b"), ("/%zz%4", "/%zz%4"), ("/%C3%A9", "/é"),
      ("http://h:1/p?q", "/p"), ("http://h", "/"), ("http://h?q", ""), ("*", "*"), ("/a?b=http://c", "/a"),
      ("/x://y", "/x://y"),
    ])
  func path(target: String, path: String) {
    #expect(HTTPRequest(method: "GET", target: target).path == path)
  }

  @Test("Query parameters are decoded, keep their order, and may lack a value")
  func query() {
    let request = HTTPRequest(method: "GET", target: "/?a=1&b=%3D+x&&watch&c=d=e&a=2")
    #expect(request.queryItems.map(\.name) == ["a", "b", "watch", "c", "a"])
    #expect(request.queryItems.map(\.value) == ["1", "= x", "", "d=e", "2"])
    #expect(request.query("a") == "1")
    #expect(request.query("watch") == "")
    #expect(request.query("z") == nil)
    #expect(HTTPRequest(method: "GET", target: "/").queryItems.isEmpty)
  }

  @Test("An answer's head says what its handler says, and its framing by itself")
  func head() {
    var output: [UInt8] = []
    HTTPResponseEncoder.appendHead(
      status: 409,
      headers: [
        "X-A": "b", "Content-Length": "99", "connection": "x", "Transfer-Encoding": "y", "Bad Name": "z",
        "X-Split": "a\r\nEvil: b",
      ], framing: .length(3), persistence: .close, date: [UInt8]("D".utf8), to: &output)
    #expect(
      String(decoding: output, as: UTF8.self)
        == "HTTP/1.1 409 Conflict\r\nX-A: b\r\nX-Split: a  Evil: b\r\nDate: D\r\nContent-Length: 3\r\n"
        + "Connection: close\r\n\r\n")
  }

  @Test("Chunks carry their size; an empty one is left out, for it would end the body")
  func chunks() {
    var output: [UInt8] = []
    HTTPResponseEncoder.appendChunk([], to: &output)
    HTTPResponseEncoder.appendChunk([UInt8](repeating: 97, count: 26), to: &output)
    #expect(String(decoding: output, as: UTF8.self) == "1a\r\n" + String(repeating: "a", count: 26) + "\r\n")
  }

  @Test("Dates are written as RFC 9110 gives them")
  func dates() {
    #expect(HTTPDate.string(secondsSince1970: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(HTTPDate.string(secondsSince1970: 0) == "Thu, 01 Jan 1970 00:00:00 GMT")
  }

  @Test("Every status has a phrase")
  func phrases() {
    #expect(HTTPResponse.reasonPhrase(503) == "Service Unavailable")
    #expect(HTTPResponse.reasonPhrase(299) == "Success")
  }

  @Test("Timers come due by time, equal ones in the order they were set")
  func timers() {
    var timers = ServerTimers()
    var state: UInt64 = 7
    var expected: [(UInt64, UInt64)] = []
    for number in UInt64(0)..<500 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let deadline = (state >> 33) % 50
      timers.add(.connection(number), at: deadline)
      expected.append((deadline, number))
    }
    expected.sort { $0 < $1 }
    var got: [(UInt64, UInt64)] = []
    while let (deadline, purpose) = timers.popDue(at: 24) {
      if case .connection(let number) = purpose { got.append((deadline, number)) }
    }
    #expect(got.map(\.1) == expected.filter { $0.0 <= 24 }.map(\.1))
    #expect(timers.nextDeadline == expected.first { $0.0 > 24 }?.0)
  }
}
