import JSONScan
import Kubernetes

/// A stream means the same lines however it is cut, each a piece between newlines; each line means what its tree means.
func fuzzWatch(_ bytes: [UInt8]) throws(BrokenInvariant) {
  for limit in [48, 1 << 20] { try framed(bytes, limit: limit) }
  var decoder = WatchDecoder()
  for line in bytes.split(separator: 0x0A) {
    let text = Array(line)
    let outcome = WatchOutcome(text, 0..<text.count, &decoder)
    try holdEqual(outcome, WatchOutcome(reference: text), "a line by slices and by its tree")
    let moved = Array("}\n ".utf8) + text + Array("\n{".utf8)
    try holdEqual(
      WatchOutcome(moved, 3..<3 + text.count, &decoder), outcome, "a line inside a text and alone")
  }
}

/// The framer against a split at newlines.
private func framed(_ bytes: [UInt8], limit: Int) throws(BrokenInvariant) {
  let segments = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
  let fits = segments.prefix { $0.count <= limit }
  let isTooLong = fits.count < segments.count
  let expected = (isTooLong ? fits[...] : segments.dropLast()).filter { !$0.isEmpty }
  var numbers = SeededNumbers(from: bytes)
  let ways: [[[UInt8]]] = [[bytes], bytes.map { [$0] }, numbers.pieces(of: bytes)]
  for (index, pieces) in ways.enumerated() {
    var framer = LineFramer(maxLineBytes: limit)
    var lines: [[UInt8]] = []
    var failed = false
    for piece in pieces where !failed {
      do throws(LineTooLong) {
        for buffer in try framer.append(piece).buffers {
          lines += buffer.lines.map { Array(buffer.bytes[$0]) }
        }
      } catch {
        failed = true
      }
    }
    try holdEqual(failed, isTooLong, "a line beyond the limit")
    // The chunk with the line that is too long takes those before it with it; byte by byte none are lost.
    if failed, index != 1 {
      try hold(expected.starts(with: lines), "other lines than between newlines")
    } else {
      try holdEqual(lines, expected, "lines and what is between newlines")
    }
    if !failed { try holdEqual(framer.finish(), segments.last?.count ?? 0, "what is left") }
  }
}

/// A watch line in texts, which can be compared whatever they were read from.
private enum WatchOutcome: Equatable {
  case object(String, HeadTexts)
  case bookmark(String, Bool)
  case status(APIStatus)
  case failed(WatchDecodeError)

  init(_ text: [UInt8], _ range: Range<Int>, _ decoder: inout WatchDecoder) {
    let span = text.span.bytes
    do throws(WatchDecodeError) {
      switch try decoder.decode(span, lineAt: range) {
      case .added(let head): self = .object("ADDED", HeadTexts(head, in: text))
      case .modified(let head): self = .object("MODIFIED", HeadTexts(head, in: text))
      case .deleted(let head): self = .object("DELETED", HeadTexts(head, in: text))
      case .bookmark(let version, let isEnd): self = .bookmark(version, isEnd)
      case .error(let status): self = .status(status)
      }
    } catch {
      self = .failed(error)
    }
  }

  /// What the line's tree says.
  init(reference text: [UInt8]) {
    let line: JSONValue
    do {
      line = try JSONValue(parsing: text)
    } catch {
      self = .failed(.json(error))
      return
    }
    guard let type = line["type"]?.string else {
      self = .failed(.unknownType(nil))
      return
    }
    guard let object = line["object"], object.kind == .object else {
      self = .failed(.noObject)
      return
    }
    let metadata = object["metadata"]
    switch type {
    case "ADDED", "MODIFIED", "DELETED":
      let head = HeadTexts(object)
      let error: WatchDecodeError? = head.isNamed ? (head.isVersioned ? nil : .noVersion) : .noName
      self = error.map { .failed($0) } ?? .object(type, head)
    case "BOOKMARK":
      let version = metadata?["resourceVersion"]?.string ?? ""
      let end = metadata?["annotations"]?["k8s.io/initial-events-end"]?.string
      self = version.isEmpty ? .failed(.noVersion) : .bookmark(version, end == "true")
    case "ERROR":
      self = APIStatus.decode(object.serialized().span.bytes).map { .status($0) } ?? .failed(.noStatus)
    default: self = .failed(.unknownType(type))
    }
  }
}

/// A head with its slices read.
struct HeadTexts: Equatable {
  /// Values of the members, in a fixed order.
  var members: [JSONValue?]
  /// The controlling owner: version, kind, name, uid.
  var owner: [String?]?
  /// The number of the version.
  var version: UInt128?

  var isNamed: Bool { members[2] != "" && members[2] != nil }
  var isVersioned: Bool { members[5] != "" && members[5] != nil }

  init(_ head: ObjectHead, in text: [UInt8]) {
    let span = text.span.bytes
    let slices = [
      head.apiVersion, head.kind, head.name, head.namespace, head.uid, head.resourceVersion, head.generation,
      head.labels, head.annotations, head.ownerReferences, head.deletionTimestamp, head.managedFields,
    ]
    members = slices.map { $0.flatMap { try? JSONValue(parsing: $0.bytes(in: span)) } }
    owner = head.controllerReference(in: span).map { reference in
      [reference.apiVersion, reference.kind, reference.name, reference.uid].map { $0?.string(in: span) }
    }
    version = head.resourceVersion.flatMap { ResourceVersion.decimal($0, in: span) }
  }

  /// The same out of an object's tree.
  init(_ object: JSONValue) {
    let metadata = object["metadata"]
    func member(_ parent: JSONValue?, _ name: String, _ kind: JSONKind = .string) -> JSONValue? {
      guard let member = parent?[name], member.kind == kind else { return nil }
      return member
    }
    members = [
      member(object, "apiVersion"), member(object, "kind"), member(metadata, "name"),
      member(metadata, "namespace"), member(metadata, "uid"), member(metadata, "resourceVersion"),
      member(metadata, "generation", .number), member(metadata, "labels", .object),
      member(metadata, "annotations", .object), member(metadata, "ownerReferences", .array),
      member(metadata, "deletionTimestamp"), member(metadata, "managedFields", .array),
    ]
    let references = members[9]?.array ?? []
    owner =
      references.lazy.compactMap { reference -> [String?]? in
        guard reference["controller"]?.bool == true, let version = reference["apiVersion"]?.string,
          let kind = reference["kind"]?.string, let name = reference["name"]?.string
        else { return nil }
        return [version, kind, name, reference["uid"]?.string]
      }.first
    version = members[5]?.string.flatMap { ResourceVersion($0).decimal }
  }
}
