import Kubernetes

/// An interest as the journal keeps it: what it selects is found again in the accepted form of its subscription, by its
/// place there. A retired one selects nothing, and only stands for what it did match (SEMANTICS 28).
struct JournaledInterest: Sendable {
  var subscription: UInt32
  var member: UInt32
  var entry: UInt32
  var role: Interest.Role
  var operations: OperationSet
  var flags: Flags
  var namespace: UInt32?
  var scope: UInt32?
  var token: String

  struct Flags: OptionSet, Sendable {
    let rawValue: UInt8
    static let wantsBody = Flags(rawValue: 1)
    static let initial = Flags(rawValue: 2)
    static let isCaughtUp = Flags(rawValue: 4)
    static let isRetired = Flags(rawValue: 8)
    static let hasScope = Flags(rawValue: 16)
  }

  init(_ reader: inout JournalEntryReader) throws(JournalEntryError) {
    subscription = try reader.number32()
    member = try reader.number32()
    entry = try reader.number32()
    guard let role = Interest.Role(rawValue: try reader.byte()) else { throw reader.malformed }
    self.role = role
    operations = OperationSet(rawValue: try reader.byte())
    flags = Flags(rawValue: try reader.byte())
    namespace = try reader.flag() ? try reader.number32() : nil
    token = try reader.text()
    scope = flags.contains(.hasScope) ? try reader.place(below: JournalState.maxScopes) : nil
  }

  /// The interest again; nil if its subscription has no such entry. An outdated one is of an older form than the entries, and
  /// only remembers what it matched.
  func restored(from entries: [ResourceInterest], isOutdated: Bool) -> Interest? {
    let isRetired = isOutdated || flags.contains(.isRetired)
    guard isRetired || Int(entry) < entries.count else { return nil }
    let source = isRetired ? nil : entries[Int(entry)]
    var interest = Interest(
      subscription: subscription, role: role, selector: source?.selector ?? .everything, owner: source?.owner,
      operations: operations, namespace: namespace, member: member, wantsBody: flags.contains(.wantsBody),
      initial: flags.contains(.initial), entry: entry, token: token)
    if let source { interest.demand(source) }
    interest.scope = scope
    interest.isCaughtUp = flags.contains(.isCaughtUp)
    interest.isRetired = isRetired
    return interest
  }
}

extension Interest {
  func write(_ number: UInt32, to writer: inout JournalEntryWriter) {
    var flags: JournaledInterest.Flags = []
    if wantsBody { flags.insert(.wantsBody) }
    if initial { flags.insert(.initial) }
    if isCaughtUp { flags.insert(.isCaughtUp) }
    if isRetired { flags.insert(.isRetired) }
    if scope != nil { flags.insert(.hasScope) }
    writer.begin(.interest)
    writer.number(number)
    writer.number(subscription)
    writer.number(member)
    writer.number(entry)
    writer.byte(role.rawValue)
    writer.byte(operations.rawValue)
    writer.byte(flags.rawValue)
    writer.flag(namespace != nil)
    if let namespace { writer.number(namespace) }
    writer.text(token)
    if let scope { writer.number(scope) }
  }
}
