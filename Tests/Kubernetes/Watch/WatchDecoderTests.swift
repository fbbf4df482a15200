import JSONScan
import Kubernetes
import TestSupport
import Testing

@Suite("Watch decoder")
struct WatchDecoderTests {
  /// Each line of a recorded watch in words.
  private func words(_ name: String) throws -> [String] {
    let stream = try Fixtures.recorded(name)
    var decoder = WatchDecoder()
    return try stream.split(separator: 0x0A).map { line in
      let bytes = Array(line)
      return describe(try decoder.decode(bytes: bytes), in: bytes)
    }
  }

  @Test("ConfigMaps: add, updates, label change, delete, same name with another uid, bookmarks")
  func configMaps() throws {
    let (first, second) = ("1dcfebc3-b8e2-4b38-85ea-85ae47159ca0", "7f03133c-5fc8-45a0-b856-89097d6cf7a7")
    #expect(
      try words("watch-configmaps.ndjson") == [
        #"added ConfigMap v1 rec/w 312 \#(first) {"app":"a"}"#,
        #"modified ConfigMap v1 rec/w 313 \#(first) {"app":"a"}"#,
        #"modified ConfigMap v1 rec/w 314 \#(first) {"app":"b"}"#,
        #"modified ConfigMap v1 rec/w 315 \#(first) {"app":"b"}"#,
        #"deleted ConfigMap v1 rec/w 316 \#(first) {"app":"b"}"#,
        #"added ConfigMap v1 rec/w 317 \#(second) {"app":"a"}"#, "bookmark 317", "bookmark 317",
      ])
  }

  @Test("The same as PartialObjectMetadata differs in kind and apiVersion only")
  func partialObjects() throws {
    let full = try words("watch-configmaps.ndjson")
    let partial = try words("watch-configmaps-partial.ndjson")
    #expect(
      partial == full.map { $0.replacing("ConfigMap v1", with: "PartialObjectMetadata meta.k8s.io/v1") })
  }

  @Test("Through a selector, leaving is a delete with the last matching state and a version of its own")
  func selector() throws {
    #expect(
      try words("watch-configmaps-selector.ndjson").map {
        $0.split(separator: " ")[0...4].joined(separator: " ")
      }
        == [
          "added ConfigMap v1 rec/w 312", "modified ConfigMap v1 rec/w 313", "deleted ConfigMap v1 rec/w 314",
          "added ConfigMap v1 rec/w 317",
        ])
  }

  @Test("Deployments: the controlling Foo, generations, collection with the owner")
  func deployments() throws {
    let uid = "4e8c69a5"
    let owner = "owner samplecontroller.k8s.io/v1alpha1 Foo example-foo 35241b81"
    let lines = try words("watch-deployments.ndjson")
    let expected = zip(
      [322, 324, 326, 331, 333, 335, 338, 343, 347], [1, 1, 1, 1, 2, 2, 2, 2, 2]
    ).enumerated().map { index, pair in
      let type = index == 0 ? "added" : index == 8 ? "deleted" : "modified"
      return "\(type) Deployment apps/v1 rec/example-foo \(pair.0) \(uid) generation \(pair.1) \(owner)"
    }
    #expect(lines.map { shortenUIDs($0) } == expected + ["bookmark 347"])
  }

  @Test("Foos: generation moves with the spec and stays with the status")
  func foos() throws {
    #expect(
      try words("watch-foos.ndjson").map { shortenUIDs($0) } == [
        "added Foo samplecontroller.k8s.io/v1alpha1 rec/example-foo 321 35241b81 generation 1",
        "modified Foo samplecontroller.k8s.io/v1alpha1 rec/example-foo 344 35241b81 generation 2",
        "modified Foo samplecontroller.k8s.io/v1alpha1 rec/example-foo 345 35241b81 generation 2",
        "deleted Foo samplecontroller.k8s.io/v1alpha1 rec/example-foo 346 35241b81 generation 2",
        "bookmark 346",
      ])
  }

  @Test("CustomResourceDefinitions: cluster-scoped, deletionTimestamp before the end")
  func definitions() throws {
    let lines = try words("watch-crd-create-delete.ndjson").map { shortenUIDs($0) }
    let object = "CustomResourceDefinition apiextensions.k8s.io/v1 foos.samplecontroller.k8s.io"
    #expect(lines.first == "added \(object) 287 37f01275 generation 1")
    #expect(lines[4] == "modified \(object) 292 37f01275 generation 1 deleting 2026-11-24T13:30:40Z")
    #expect(lines.last == "deleted \(object) 296 37f01275 generation 1 deleting 2026-11-24T13:30:40Z")
    #expect(lines.count == 9)
  }

  @Test("Events: names with dots, no labels")
  func events() throws {
    let lines = try words("watch-events.ndjson").map { shortenUIDs($0) }
    #expect(lines.count == 4)
    #expect(lines[0] == "added Event v1 rec/example-foo.18eafe599fe3c764 325 ca6ae32b")
    #expect(lines[3] == "added Event v1 rec/example-foo-687c486766.18eafe5a18378bed 341 6cdee4b0")
  }

  @Test("SEMANTICS 10: a streaming list's items are not in order of version, its end is a marked bookmark")
  func streamingList() throws {
    let lines = try words("watch-list.ndjson")
    #expect(
      lines.map { String($0.split(separator: " ")[$0.hasPrefix("bookmark") ? 1 : 4]) }
        == ["305", "306", "307", "308", "309", "310", "311", "286", "285", "317", "319"])
    #expect(lines.last == "bookmark 319 initialEventsEnd")
  }

  @Test("ANCHORS 5: 410 inside the stream is an ERROR with a Status")
  func expired() throws {
    #expect(
      try words("watch-expired.ndjson") == ["error 410 Expired: too old resource version: 500 (355851)"])
  }

  @Test("A Table is no object to follow: it has no name")
  func table() throws {
    #expect(throws: WatchDecodeError.noName) { try words("watch-configmaps-table.ndjson") }
  }

  @Test("Slices refer to the text around the line, wherever the line is in it")
  func shifted() throws {
    let line = Array(
      #"{"type":"ADDED","object":{"metadata":{"name":"n","resourceVersion":"1","ownerReferences":[{"controller":true,"apiVersion":"v1","kind":"K","name":"o","uid":"u"}]}}}"#
        .utf8)
    let text = Array("garbage\n".utf8) + line + Array("\nmore".utf8)
    var decoder = WatchDecoder()
    let decoded = try decoder.decode(text.span.bytes, lineAt: 8..<8 + line.count)
    #expect(describe(decoded, in: text) == "added ? ? n 1 ? owner v1 K o u")
    guard case .added(let head) = decoded else { return }
    #expect(head.object.bytes(in: text.span.bytes).first == UInt8(ascii: "{"))
    #expect(head.object.end == 8 + line.count - 1)
  }

  @Test("Only a controlling owner counts, and members of the wrong type count as absent")
  func owners() throws {
    var decoder = WatchDecoder()
    for (references, expected) in [
      (#"[{"apiVersion":"v1","kind":"K","name":"o","uid":"u"}]"#, ""),
      (
        #"[{"apiVersion":"v1","kind":"K","name":"o","uid":"u","controller":false},{"controller":true,"apiVersion":"v2","kind":"L","name":"p"}]"#,
        " owner v2 L p ?"
      ),
      ("null", ""), ("{}", ""), (#"[1,null,{"controller":true}]"#, ""),
    ] {
      let line = Array(
        #"{"type":"MODIFIED","object":{"kind":7,"metadata":{"labels":[],"generation":"1","uid":{},"name":"n","resourceVersion":"1","ownerReferences":\#(references)}}}"#
          .utf8)
      #expect(describe(try decoder.decode(bytes: line), in: line) == "modified ? ? n 1 ?" + expected)
    }
  }

  @Test(
    "What is no watch line is refused with the reason",
    arguments: [
      (#"{"type":"ADDED"}"#, .noObject), (#"{"type":"ADDED","object":[]}"#, .noObject),
      (#"{"object":{}}"#, .unknownType(nil)), (#"{"type":1,"object":{}}"#, .unknownType(nil)),
      (#"{"type":"CHANGED","object":{}}"#, .unknownType("CHANGED")), ("[]", .unknownType(nil)),
      (#"{"type":"ADDED","object":{"metadata":{"resourceVersion":"1"}}}"#, .noName),
      (#"{"type":"ADDED","object":{"metadata":{"name":"","resourceVersion":"1"}}}"#, .noName),
      (#"{"type":"DELETED","object":{"metadata":{"name":"n"}}}"#, .noVersion),
      (#"{"type":"MODIFIED","object":{"metadata":{"name":"n","resourceVersion":""}}}"#, .noVersion),
      (#"{"type":"BOOKMARK","object":{"metadata":{}}}"#, .noVersion),
      (#"{"type":"ERROR","object":{"code":410}}"#, .noStatus),
    ] as [(String, WatchDecodeError)])
  func refusals(line: String, error: WatchDecodeError) {
    var decoder = WatchDecoder()
    let bytes = Array(line.utf8)
    #expect(throws: error) { try decoder.decode(bytes: bytes) }
  }

  @Test("No truncation of a line passes, and the decoder is good for the next line")
  func truncated() throws {
    let line = Array(try Fixtures.recorded("watch-foos.ndjson").split(separator: 0x0A)[0])
    var decoder = WatchDecoder()
    for length in 0..<line.count {
      let piece = Array(line[..<length])
      #expect(throws: WatchDecodeError.self) { try decoder.decode(bytes: piece) }
    }
    #expect(describe(try decoder.decode(bytes: line), in: line).hasPrefix("added Foo"))
  }
}
