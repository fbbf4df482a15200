import JSONScan
import Kubernetes

/// A list page and each object mean by slices what their trees mean; discovery and Status answers are read or refused.
func fuzzLists(_ bytes: [UInt8]) throws(BrokenInvariant) {
  try holdEqual(ListOutcome(bytes), ListOutcome(reference: bytes), "a list by slices and by its tree")
  try objectAlone(bytes)
  try discovery(bytes)
  guard let value = try? JSONValue(parsing: bytes) else { return }
  if let status = APIStatus.decode(bytes.span.bytes) {
    try hold(value["kind"] == "Status", "a Status of another kind")
    try holdEqual(APIStatus.decode(value.serialized().span.bytes), status, "a Status written again")
  }
}

/// A page in texts.
private enum ListOutcome: Equatable {
  case page(version: String, token: String?, apiVersion: String, kind: String, items: [HeadTexts])
  case failed(WatchDecodeError)

  init(_ bytes: [UInt8]) {
    do throws(WatchDecodeError) {
      let page = try ListDecoder.decode(bytes.span.bytes)
      self = .page(
        version: page.resourceVersion, token: page.continueToken, apiVersion: page.apiVersion,
        kind: page.kind,
        items: page.items.map { HeadTexts($0, in: bytes) })
    } catch {
      self = .failed(error)
    }
  }

  init(reference bytes: [UInt8]) {
    let page: JSONValue
    do {
      page = try JSONValue(parsing: bytes)
    } catch {
      self = .failed(.json(error))
      return
    }
    guard let kind = page["kind"]?.string, kind.utf8.count > 4,
      kind.utf8.suffix(4).elementsEqual("List".utf8),
      let apiVersion = page["apiVersion"]?.string
    else {
      self = .failed(.noList)
      return
    }
    guard let version = page["metadata"]?["resourceVersion"]?.string, !version.isEmpty else {
      self = .failed(.noVersion)
      return
    }
    guard let items = page["items"], items.kind == .array || items.kind == .null else {
      self = .failed(.noList)
      return
    }
    let token = page["metadata"]?["continue"]?.string
    var heads: [HeadTexts] = []
    for item in items.array ?? [] {
      let head = HeadTexts(item)
      guard item.kind == .object, head.isNamed, head.isVersioned else {
        self = .failed(item.kind != .object ? .noObject : head.isNamed ? .noVersion : .noName)
        return
      }
      heads.append(head)
    }
    self = .page(
      version: version, token: token == "" ? nil : token, apiVersion: apiVersion, kind: kind, items: heads)
  }
}

private func objectAlone(_ bytes: [UInt8]) throws(BrokenInvariant) {
  var decoder = ObjectDecoder()
  guard let head = try? decoder.decode(bytes.span.bytes) else { return }
  let tree = try? JSONValue(parsing: bytes)
  try holdEqual(HeadTexts(head, in: bytes), tree.map { HeadTexts($0) }, "an object by slices and by its tree")
  if let uid = head.uid, let number = UIDText.parse(uid, in: bytes.span.bytes) {
    try holdEqual(UIDText.text(number), uid.string(in: bytes.span.bytes), "a uid and its number")
  }
}

/// Discovery answers are read or refused, and mean the same when written again.
private func discovery(_ bytes: [UInt8]) throws(BrokenInvariant) {
  guard let again = (try? JSONValue(parsing: bytes))?.serialized(sortedKeys: true) else { return }
  try holdEqual(
    try? DiscoveryDecoder.resources(fromResourceList: bytes.span.bytes),
    try? DiscoveryDecoder.resources(fromResourceList: again.span.bytes), "resources")
  try holdEqual(
    try? DiscoveryDecoder.aggregated(bytes.span.bytes), try? DiscoveryDecoder.aggregated(again.span.bytes),
    "aggregated discovery")
  try holdEqual(
    try? DiscoveryDecoder.groupVersions(fromGroupList: bytes.span.bytes),
    try? DiscoveryDecoder.groupVersions(fromGroupList: again.span.bytes), "groups")
}
