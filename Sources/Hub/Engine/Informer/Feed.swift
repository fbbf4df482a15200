import JSONScan
import Kubernetes

/// One resource that is followed: its known objects and the interests in it. It judges what the reflector reports
/// and says, per subscription, what that changes. It asks nobody for anything.
struct Feed: Sendable {
  let resource: APIResource
  /// The number of the resource's group and kind.
  let kind: UInt32
  var store = ObjectStore()
  var owners = OwnerTable()
  var sets = InterestSets()
  var interests = InterestIndex()
  /// Counts the times that the API server's versions began anew (SEMANTICS 8).
  var epoch: UInt32 = 0
  /// Objects seen, wanted or not.
  var seen = 0
  /// Objects that the watch touched since a catch-up list was asked for; nil while none runs.
  var touched: Set<TouchedObject>?
  /// Texts of uids and versions that are no numbers, by what stands for them in records.
  var oddTexts: [UInt128: String] = [:]

  struct TouchedObject: Hashable, Sendable {
    var namespace: UInt32
    var name: String
  }

  init(resource: APIResource, kind: UInt32) {
    self.resource = resource
    self.kind = kind
  }

  // MARK: Looking up

  func record(namespace: UInt32, name: String) -> ObjectRecord? {
    let bytes = [UInt8](name.utf8)
    return store.find(namespace: namespace, name: bytes.span.bytes).map { store[$0] }
  }

  /// Which incarnation a record is of, as events tell it.
  func incarnation(_ record: ObjectRecord) -> Incarnation {
    let isOpaque = record.flags.contains(.opaqueVersion)
    return Incarnation(
      uid: record.uid,
      uidText: record.flags.contains(.opaqueUID) ? oddTexts[record.uid] ?? "" : UIDText.text(record.uid),
      version: isOpaque ? oddTexts[record.version] ?? "" : String(record.version),
      isComparable: !isOpaque, epoch: epoch)
  }

  func isAcknowledged(_ record: ObjectRecord, by member: UInt32) -> Bool {
    sets[record.acknowledged].contains(member)
  }

  /// Whether the subscription's own entries match the object itself.
  func isMatched(_ record: ObjectRecord, by subscription: UInt32) -> Bool {
    sets[record.matches].contains { number in
      interests[number].map { $0.subscription == subscription && $0.role == .object } ?? false
    }
  }

  /// The known objects that an interest of this subscription matches in this role: namespace and name.
  func known(to subscription: UInt32, role: Interest.Role) -> [(namespace: UInt32, index: Int)] {
    store.records.indices.compactMap { index in
      let record = store.records[index]
      let isKnown = sets[record.matches].contains { number in
        interests[number].map { $0.subscription == subscription && $0.role == role } ?? false
      }
      return isKnown ? (record.namespace, index) : nil
    }
  }

  /// The numbers of a subscription's interests, retired ones too.
  func numbers(of subscription: UInt32) -> [UInt32] {
    interests.numbers.filter { interests[$0]?.subscription == subscription }
  }

  /// How many subscriptions share this feed.
  var subscriptionCount: Int {
    Set(interests.numbers.compactMap { interests[$0].flatMap { $0.isRetired ? nil : $0.subscription } }).count
  }

  // MARK: Acknowledgements

  /// The object's present incarnation was told successfully. An incarnation that is gone is not found.
  mutating func acknowledge(namespace: UInt32, name: String, uid: UInt128, member: UInt32) {
    let bytes = [UInt8](name.utf8)
    guard let index = store.find(namespace: namespace, name: bytes.span.bytes), store[index].uid == uid else {
      return
    }
    setAcknowledged(adding: [member], removing: [], at: index)
  }

  /// Nothing of what this subscription knows counts as told any more: a new sink starts anew (SEMANTICS 28).
  mutating func forgetAcknowledgements(of member: UInt32) {
    for index in store.records.indices { setAcknowledged(adding: [], removing: [member], at: index) }
  }

  private mutating func setAcknowledged(adding: [UInt32], removing: [UInt32], at index: Int) {
    let old = sets[store[index].acknowledged]
    let new = old.filter { !removing.contains($0) } + adding.filter { !old.contains($0) }
    if new.count == old.count, removing.isEmpty || adding.isEmpty, new == old { return }
    let number = sets.retain(new.sorted())
    sets.release(store[index].acknowledged)
    store[index].acknowledged = number
  }
}

extension String {
  /// The text of a span of valid UTF-8.
  init(reading span: RawSpan) {
    // The buffer is read inside the closure only.
    self = span.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }
}
