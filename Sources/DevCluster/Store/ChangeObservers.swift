import JSONScan

/// One change of one object, as controllers see it.
struct ObjectChange {
  let resource: ResourceID
  let kind: StoreEvent.Kind
  let version: UInt64
  /// The object after the change; of a deletion its last state.
  let object: JSONValue
  let previous: JSONValue?
}

/// Keeps an observer registered for as long as it is held.
final class Observation {
  fileprivate let resource: ResourceID?
  fileprivate var since: UInt64
  /// What existed at the start and has not been told yet.
  fileprivate var existing: [ObjectChange]
  fileprivate private(set) var body: ((ObjectChange) -> Void)?

  fileprivate init(
    resource: ResourceID?, since: UInt64, existing: [ObjectChange], body: @escaping (ObjectChange) -> Void
  ) {
    self.resource = resource
    self.since = since
    self.existing = existing
    self.body = body
  }

  func cancel() { body = nil }
}

/// Hands changes to observers after the write that made them: an observer may write itself, and all observers
/// still see all changes in the order of their versions.
final class ChangeObservers {
  private struct Registered {
    weak var observation: Observation?
  }

  private let scheduler: any ClusterScheduler
  private var observers: [Registered] = []
  private var waiting: [ObjectChange] = []
  private var isScheduled = false

  init(scheduler: any ClusterScheduler) {
    self.scheduler = scheduler
  }

  func add(
    _ resource: ResourceID?, since: UInt64, existing: [ObjectChange], _ body: @escaping (ObjectChange) -> Void
  ) -> Observation {
    let observation = Observation(resource: resource, since: since, existing: existing, body: body)
    observers.append(Registered(observation: observation))
    if !existing.isEmpty { scheduleDrain() }
    return observation
  }

  func enqueue(_ change: ObjectChange) {
    waiting.append(change)
    scheduleDrain()
  }

  /// Versions begin again: nothing that comes is from before an observer came.
  func forgetVersions() {
    for registered in observers { registered.observation?.since = 0 }
  }

  private func scheduleDrain() {
    guard !isScheduled else { return }
    isScheduled = true
    scheduler.soon { [weak self] in self?.drain() }
  }

  private func drain() {
    isScheduled = false
    observers.removeAll { $0.observation?.body == nil }
    let changes = waiting
    waiting = []
    for observation in observers.compactMap(\.observation) {
      let existing = observation.existing
      observation.existing = []
      for change in existing { observation.body?(change) }
    }
    for change in changes {
      for registered in observers {
        guard let observation = registered.observation, change.version > observation.since,
          observation.resource == nil || observation.resource == change.resource
        else { continue }
        observation.body?(change)
      }
    }
  }
}
