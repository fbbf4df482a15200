import JSONScan
import Kubernetes

@testable import HubEngine

/// A feed with texts for objects, and what it tells as lines of text.
struct FeedHarness {
  static let resource = APIResource(
    groupVersion: GroupVersion(group: "apps", version: "v1"), kind: "Deployment", plural: "deployments",
    namespaced: true, verbs: ["list", "watch"])

  var feed = Feed(resource: resource, kind: 0)
  var namespaces = ByteTable()
  private var members: [UInt32: UInt32] = [:]

  /// Adds an interest of a subscription, which has one member.
  @discardableResult
  mutating func add(_ subscription: UInt32, _ change: (inout Interest) -> Void = { _ in }) -> UInt32 {
    let member = member(of: subscription)
    return feed.interests.add(.of(subscription, member: member, change))
  }

  mutating func member(of subscription: UInt32) -> UInt32 {
    if let member = members[subscription] { return member }
    let member = feed.interests.reserve()
    members[subscription] = member
    return member
  }

  mutating func namespace(_ name: String) -> UInt32 { namespaces.intern(name) }

  // MARK: Looks

  mutating func look(_ source: Sighting.Source, _ object: ObjectText) -> [RoutedChange] {
    var changes: [RoutedChange] = []
    var decoder = ObjectDecoder()
    let bytes = object.bytes
    let text = bytes.span.bytes
    guard let head = try? decoder.decode(text) else { preconditionFailure("a valid object") }
    let sighting = Sighting(source, head, in: text, namespace: namespaces.intern(object.namespace))
    let name = [UInt8](object.name.utf8)
    feed.judge(head, sighting, name: name.span.bytes, in: text, into: &changes)
    return changes
  }

  /// What a look at an object tells, a line for each change.
  mutating func see(_ source: Sighting.Source, _ change: (inout ObjectText) -> Void = { _ in }) -> [String] {
    var object = ObjectText()
    change(&object)
    return look(source, object).map(Self.line)
  }

  /// A complete list with these objects.
  mutating func list(_ objects: [ObjectText], version: String = "100", newEpoch: Bool = false)
    -> [RoutedChange]
  {
    feed.beginList()
    var changes = objects.flatMap { look(.listed, $0) }
    feed.completeList(version: version, newEpoch: newEpoch, into: &changes)
    return changes
  }

  /// A catch-up list with these objects, as the engine has it judged.
  mutating func catchUp(_ objects: [ObjectText]) -> [RoutedChange] {
    feed.beginCatchUp()
    let changes = objects.flatMap { look(.caughtUp, $0) }
    feed.completeCatchUp()
    return changes
  }

  mutating func withdraw(_ subscription: UInt32, tellsLeaving: Bool = false) -> [RoutedChange] {
    var changes: [RoutedChange] = []
    feed.withdraw(
      feed.numbers(of: subscription), tellsLeaving: tellsLeaving, token: "edit", into: &changes)
    if let member = members.removeValue(forKey: subscription) { feed.releaseMember(member) }
    return changes
  }

  mutating func acknowledge(_ subscription: UInt32, _ object: ObjectText = ObjectText()) {
    let uid = object.uid.map { Self.number(ofUID: $0) } ?? 0
    feed.acknowledge(
      namespace: namespaces.intern(object.namespace), name: object.name, uid: uid,
      member: member(of: subscription))
  }

  func isAcknowledged(_ subscription: UInt32, _ name: String = "x") -> Bool {
    let bytes = [UInt8]("a".utf8)
    guard let namespace = namespaces.find(bytes.span.bytes), let member = members[subscription],
      let record = feed.record(namespace: namespace, name: name)
    else { return false }
    return feed.isAcknowledged(record, by: member)
  }

  private static func number(ofUID text: String) -> UInt128 {
    UInt128(text.filter { $0 != "-" }, radix: 16) ?? 0
  }

  // MARK: Telling

  static func line(_ change: RoutedChange) -> String {
    let token = change.token.isEmpty ? "" : " (\(change.token))"
    let what: String
    switch change.what {
    case .live(let name, let body): what = "live \(name)\(body == nil ? "" : " with body")"
    case .gone(let name, let gone, let wasAcknowledged, let isTold):
      what =
        "\(gone.reason) \(name) \(gone.incarnation.uidText.suffix(2))@\(gone.incarnation.version)"
        + (wasAcknowledged ? " known" : "") + (isTold ? "" : " untold")
        + (gone.body == nil ? "" : " with body")
    case .child(let child): what = "child of \(child.owner.name)@\(child.childVersion)"
    case .gated: what = "gated"
    }
    return "\(change.subscription): \(change.cause.text) \(what)\(token)"
  }
}
