import JSONScan
import Kubernetes

/// One resource that is followed: its known objects and the interests in it. It judges what the reflector reports
/// and says, per subscription, what that changes. It asks nobody for anything.
struct Feed: Sendable {
  let resource: APIResource
  /// The number of the resource's group and kind.
  let kind: UInt32
  /// Tells it from an earlier feed with the same number.
  var serial: UInt64
  /// Entries for the journal about objects that changed since it was written; nil: there is none.
  var log: JournalEntryWriter?
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
  /// The newest version told of an object in this epoch.
  var newest: UInt128 = 0
  /// The running list has begun the epoch already.
  var isEpochNew = false
  /// Which namespaces the interests look at that select them by labels.
  var scopes = NamespaceScopes()
  var oddTexts = OddTexts()
  /// What gates remember of the objects.
  var digests = DigestTable()
  /// Where paths lead in an object; one value serves all looks.
  var matches = JSONMatches()
  /// An object without `metadata.generation` was seen, so the metadata does not say whether its `spec` changed; and nobody
  /// was told of that yet.
  var lacksGeneration = false
  var isLackNews = false
  /// What was seen and not told; nil: nobody asks.
  var untold: [UntoldNote]?
  /// The largest body that is handed on, in bytes; a larger one is read again at its turn.
  var maxBodyBytes = Int.max

  struct TouchedObject: Hashable, Sendable {
    var namespace: UInt32
    var name: String
  }

  init(resource: APIResource, kind: UInt32, serial: UInt64 = 0) {
    self.resource = resource
    self.kind = kind
    self.serial = serial
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
      uidText: record.flags.contains(.opaqueUID) ? oddTexts[record.uid] : UIDText.text(record.uid),
      version: isOpaque ? oddTexts[record.version] : record.version.decimal,
      isComparable: !isOpaque, epoch: record.flags.contains(.formerEpoch) ? epoch &- 1 : epoch)
  }

  func isAcknowledged(_ record: ObjectRecord, by member: UInt32) -> Bool {
    sets[record.acknowledged].contains(member)
  }

  /// Whether the subscription's own entries match the object itself.
  func isMatched(_ record: ObjectRecord, by subscription: UInt32) -> Bool {
    sets[record.matches].contains { number in
      (interests[number].map { $0.subscription == subscription && $0.role == .object } ?? false)
        && isActive(number, in: record.namespace)
    }
  }

  /// Everything that a subscription knows of, to be told once more as initial: objects, and the owners of those that are
  /// followed for their controllers.
  func known(to subscription: UInt32, token: String) -> [RoutedChange] {
    var changes: [RoutedChange] = []
    for (index, record) in store.records.enumerated() {
      let roles = Set(
        active(sets[record.matches], in: record.namespace).compactMap { number in
          interests[number].flatMap { $0.subscription == subscription ? $0.role : nil }
        })
      func tell(_ what: RoutedChange.What) {
        changes.append(
          RoutedChange(
            subscription: subscription, namespace: record.namespace, what: what, cause: .initial, token: token
          ))
      }
      if roles.contains(.object) { tell(.live(name: store.name(at: index), body: nil)) }
      if roles.contains(.controller), let child = child(of: record) { tell(.child(child)) }
    }
    return changes
  }

  /// What its owner's key is told of a known object.
  func child(of record: ObjectRecord) -> ChildChange? {
    owners[record.owner].map { owner in
      ChildChange(
        owner: owner, childKind: resource.kind, childUID: record.uid,
        childVersion: incarnation(record).distinction)
    }
  }

  /// The numbers of a subscription's interests, retired ones too.
  func numbers(of subscription: UInt32) -> [UInt32] { interests.numbers(of: subscription) }

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
    let told = sets[store[index].acknowledged]
    if !told.contains(member) { setAcknowledged((told + [member]).sorted(), at: index) }
  }

  /// Nothing of what this subscription knows counts as told any more: a new sink starts anew (SEMANTICS 28).
  mutating func forgetAcknowledgements(of member: UInt32) {
    for index in store.records.indices {
      let told = sets[store[index].acknowledged]
      if told.contains(member) { setAcknowledged(told.filter { $0 != member }, at: index) }
    }
  }

  mutating func setAcknowledged(_ members: [UInt32], at index: Int) {
    let number = sets.retain(members)
    sets.release(store[index].acknowledged)
    store[index].acknowledged = number
    logObject(at: index)
  }
}

extension String {
  /// The text of a span of valid UTF-8.
  init(reading span: RawSpan) {
    // The buffer is read inside the closure only.
    self = span.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }
}
