/// Whose sink: each tenant's view of a URL is its own, so that none learns of, or suffers from, another's.
struct SinkIdentity: Hashable, Sendable {
  /// The namespace of the subscription.
  var tenant: String
  /// Subscriptions of files are the administrator's, whatever their namespace.
  var isAdministrators: Bool
  var url: String
}

/// The machines of all sinks that subscriptions send to, each for as long as one does.
struct SinkTable: Sendable {
  /// A machine, and the serial that makes it certain.
  struct Reference: Hashable, Sendable {
    var slot: UInt32
    var serial: UInt64
  }

  /// A subscription that waits for it, as which of its sinks.
  struct Held: Equatable, Sendable {
    var subscription: UInt32
    var role: SinkRole
  }

  private struct Entry: Sendable {
    let identity: SinkIdentity
    let serial: UInt64
    var machine: SinkMachine
    var members = 1
    /// Who has something for it and may not send it now, in the order in which they came.
    var held: [Held] = []
    /// A timer stands at this time.
    var wakesAt: UInt64?

    mutating func change(_ change: (inout SinkMachine) -> Void) { change(&machine) }
  }

  private var entries: [Entry?] = []
  private var free: [UInt32] = []
  private var slots: [SinkIdentity: UInt32] = [:]
  private var serial: UInt64 = 0

  var count: Int { slots.count }

  /// How many fare how.
  var states: [String: Int] {
    var states: [String: Int] = [:]
    for state in SinkMachine.State.allCases { states[state.rawValue] = 0 }
    for entry in entries { if let entry { states[entry.machine.state.rawValue, default: 0] += 1 } }
    return states
  }

  subscript(reference: Reference) -> SinkMachine? {
    isCurrent(reference) ? entries[Int(reference.slot)]?.machine : nil
  }

  /// The machine of this sink, a new one if nobody sends to it yet. `leave` gives it back.
  mutating func join(_ identity: SinkIdentity, coldWindow: Int) -> Reference {
    if let slot = slots[identity], let entry = entries[Int(slot)] {
      entries[Int(slot)]?.members += 1
      return Reference(slot: slot, serial: entry.serial)
    }
    serial += 1
    let slot = free.popLast() ?? UInt32(entries.count)
    if Int(slot) == entries.count { entries.append(nil) }
    entries[Int(slot)] = Entry(
      identity: identity, serial: serial, machine: SinkMachine(coldWindow: coldWindow))
    slots[identity] = slot
    return Reference(slot: slot, serial: serial)
  }

  /// One subscription less sends to it; the last takes the machine with it. Returns who was held and is to look again.
  mutating func leave(_ reference: Reference) -> [Held] {
    guard let entry = entry(reference) else { return [] }
    guard entry.members == 1 else {
      entries[Int(reference.slot)]?.members -= 1
      return []
    }
    slots[entry.identity] = nil
    entries[Int(reference.slot)] = nil
    free.append(reference.slot)
    return entry.held
  }

  mutating func admission(_ reference: Reference, at now: UInt64) -> SinkMachine.Admission {
    guard isCurrent(reference) else { return .admitted }
    return entries[Int(reference.slot)]?.machine.admission(at: now) ?? .admitted
  }

  mutating func change(_ reference: Reference, _ change: (inout SinkMachine) -> Void) {
    guard isCurrent(reference) else { return }
    entries[Int(reference.slot)]?.change(change)
  }

  /// The subscription waits for this sink. Returns when to wake it, if no timer stands at that time or before.
  mutating func hold(_ held: Held, for reference: Reference, until due: UInt64) -> UInt64? {
    guard let entry = entry(reference) else { return nil }
    entries[Int(reference.slot)]?.held.append(held)
    if let wakesAt = entry.wakesAt, wakesAt <= due { return nil }
    entries[Int(reference.slot)]?.wakesAt = due
    return due
  }

  /// Who waits for it, to look again.
  mutating func release(_ reference: Reference) -> [Held] {
    guard isCurrent(reference), let held = entries[Int(reference.slot)]?.held, !held.isEmpty else {
      return []
    }
    entries[Int(reference.slot)]?.held = []
    return held
  }

  /// Its timer has fired: later ones are set anew.
  mutating func woke(_ reference: Reference) {
    if isCurrent(reference) { entries[Int(reference.slot)]?.wakesAt = nil }
  }

  private func isCurrent(_ reference: Reference) -> Bool {
    Int(reference.slot) < entries.count && entries[Int(reference.slot)]?.serial == reference.serial
  }

  private func entry(_ reference: Reference) -> Entry? {
    isCurrent(reference) ? entries[Int(reference.slot)] : nil
  }
}
