import Kubernetes

/// Explaining why what was seen is not told, for `hub tail --explain`: nothing of this happens where nobody asks.
extension HubEngine {
  /// What a feed has noted.
  mutating func explain(_ feed: Int) {
    guard configuration.explains, let resource = feeds[feed]?.resource else { return }
    for note in feeds[feed]?.takeUntold() ?? [] where subscribers.isInUse(note.subscription) {
      effects.append(
        .untold(
          Untold(
            subscription: subscribers[note.subscription].namespace + "/"
              + subscribers[note.subscription].name,
            apiVersion: resource.groupVersion.apiVersion, kind: resource.kind,
            namespace: namespaces.text(note.namespace), name: note.name, sight: note.sight,
            reason: note.reason)))
    }
  }

  /// An event does not pass the filters.
  mutating func explain(_ event: HubEvent, _ slot: UInt32, failure: String?) {
    guard configuration.explains else { return }
    effects.append(
      .untold(
        Untold(
          subscription: subscribers[slot].namespace + "/" + subscribers[slot].name,
          apiVersion: event.apiVersion, kind: event.kind, namespace: event.namespace, name: event.name,
          sight: .event, reason: .filters(failure: failure))))
  }

  /// A key is forgotten because the rights are denied.
  mutating func explainDenied(_ slot: UInt32, _ key: ObjectKey) {
    guard configuration.explains, case .denied(let missing) = subscribers[slot].rights.verdict else { return }
    let (apiVersion, kind, _) = identity(of: key, slot)
    effects.append(
      .untold(
        Untold(
          subscription: subscribers[slot].namespace + "/" + subscribers[slot].name, apiVersion: apiVersion,
          kind: kind, namespace: key.namespace, name: key.name, sight: .event, reason: .rights(missing))))
  }
}
