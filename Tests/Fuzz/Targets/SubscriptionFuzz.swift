import HubEngine
import JSONScan
import YAML

/// A file of subscriptions, JSON or YAML, is accepted or refused with findings that have a place and one line each; what
/// is accepted is accepted however the JSON is written, and from the cluster as from a file.
func fuzzSubscriptions(_ bytes: [UInt8]) throws(BrokenInvariant) {
  for name in ["a.json", "a.yaml"] {
    let content = SubscriptionFiles.read(bytes, name: name)
    for entry in content.entries {
      try hold(entry.offset >= 0, "an object outside the file")
      guard case .failure(let refusal) = entry.result else { continue }
      try hold(!refusal.findings.isEmpty, "refused without a reason")
      for finding in refusal.findings { try isTellable(finding, of: content, in: bytes) }
      try isOneLine(refusal.message())
    }
    var check = SubscriptionCheck()
    check.add(file: name, bytes: bytes)
    check.add(file: "b" + name, bytes: bytes)
    for line in check.findingLines + check.watchLines { try isOneLine(line) }
    try hold(Set(check.accepted.map(\.subscription.uid)).count == check.accepted.count, "one name twice")
  }
  guard let value = try? JSONValue(parsing: bytes) else { return }
  try writtenAnyhow(bytes, value)
}

private func isTellable(
  _ finding: SubscriptionFinding, of content: SubscriptionFiles.Content, in bytes: [UInt8]
) throws(BrokenInvariant) {
  guard let offset = finding.offset else { throw BrokenInvariant("no place for \(finding)") }
  let place = content.location(of: offset)
  let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 1
  try hold(
    (1...lines).contains(place.line) && (1...bytes.count + 1).contains(place.column),
    "a place outside the file, \(place), for \(finding)")
  try isOneLine(finding.description)
  try hold(!finding.reason.isEmpty && !finding.remedy.isEmpty, "nothing to do about \(finding)")
}

private func isOneLine(_ text: String) throws(BrokenInvariant) {
  try hold(
    text.unicodeScalars.allSatisfy {
      $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && $0.value != 0x2028
    },
    "more than a line: \(text.debugDescription)")
}

private func writtenAnyhow(_ bytes: [UInt8], _ value: JSONValue) throws(BrokenInvariant) {
  let first = SubscriptionParser.parse(bytes, origin: .file)
  for (pretty, sorted) in [(true, false), (false, true)] {
    let again = SubscriptionParser.parse(value.serialized(pretty: pretty, sortedKeys: sorted), origin: .file)
    switch (first, again) {
    case (.success(let one), .success(let other)): try holdEqual(one, other, "written otherwise")
    case (.failure(let one), .failure(let other)):
      // At the most findings, which ones are kept goes by the order of the text.
      guard one.findings.count < SubscriptionLimits.maxFindings else { continue }
      try holdEqual(faults(one), faults(other), "the findings, written otherwise")
    default: throw BrokenInvariant("accepted as written or as written again only: \(shown(bytes))")
    }
  }
  guard case .success(let subscription) = first, var object = value.object else { return }
  object["metadata"] = [
    "name": .string(subscription.name), "namespace": .string(subscription.namespace), "uid": "u",
  ]
  switch SubscriptionParser.parse(JSONValue.object(object).serialized(), origin: .cluster) {
  case .success(let same): try holdEqual(same.spec, subscription.spec, "from the cluster and from a file")
  case .failure(let refusal): throw BrokenInvariant("refused from the cluster: \(refusal.message())")
  }
}

/// What was found, without places and order.
private func faults(_ refusal: SubscriptionRefusal) -> [String] {
  refusal.findings.map(\.description).sorted()
}
