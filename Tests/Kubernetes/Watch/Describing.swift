import JSONScan
import Kubernetes

/// A watch line in words, absent members as `?` or left out.
func describe(_ line: WatchLine, in text: RawSpan) -> String {
  switch line {
  case .added(let head): "added " + describe(head, in: text)
  case .modified(let head): "modified " + describe(head, in: text)
  case .deleted(let head): "deleted " + describe(head, in: text)
  case .bookmark(let version, let end): "bookmark " + version + (end ? " initialEventsEnd" : "")
  case .error(let status): "error \(status)"
  }
}

/// A head in words: kind apiVersion namespace/name version uid, and what else there is.
func describe(_ head: ObjectHead, in text: RawSpan) -> String {
  func string(_ slice: JSONSlice?) -> String { slice?.string(in: text) ?? "?" }
  let namespace = head.namespace.map { string($0) + "/" } ?? ""
  var words = [
    string(head.kind), string(head.apiVersion), namespace + string(head.name), string(head.resourceVersion),
    string(head.uid),
  ]
  if let generation = head.generation?.int(in: text) { words.append("generation \(generation)") }
  if let labels = head.labels { words.append(String(decoding: labels.bytes(in: text), as: UTF8.self)) }
  if let owner = head.controllerReference(in: text) {
    words += ["owner", string(owner.apiVersion), string(owner.kind), string(owner.name), string(owner.uid)]
  }
  if let deleting = head.deletionTimestamp { words.append("deleting " + string(deleting)) }
  return words.joined(separator: " ")
}

/// Words without the tails of uids.
func shortenUIDs(_ words: String) -> String {
  words.split(separator: " ").map { word in
    word.utf8.count == 36 && word.filter { $0 == "-" }.count == 4 ? String(word.prefix(8)) : String(word)
  }.joined(separator: " ")
}

func describe(_ line: WatchLine, in bytes: [UInt8]) -> String { describe(line, in: bytes.span.bytes) }

func describe(_ head: ObjectHead, in bytes: [UInt8]) -> String { describe(head, in: bytes.span.bytes) }
