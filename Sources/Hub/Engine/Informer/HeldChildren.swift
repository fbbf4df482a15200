import Kubernetes

/// Children's changes whose owner's kind is not known yet: whether it is namespaced decides the key (SEMANTICS 5). The
/// newest change of each owner is held until discovery has answered.
struct HeldChildren: Sendable {
  private struct Place: Hashable, Sendable {
    var subscription: UInt32
    var namespace: UInt32
    var owner: OwnerReference
  }

  private var held: [GroupVersion: [RoutedChange]] = [:] { didSet { isTouched = true } }
  private var places: [GroupVersion: [Place: Int]] = [:]
  /// It changed since the journal was written.
  var isTouched = false

  mutating func hold(_ change: RoutedChange, _ child: ChildChange, until groupVersion: GroupVersion) {
    let place = Place(subscription: change.subscription, namespace: change.namespace, owner: child.owner)
    if let index = places[groupVersion]?[place] {
      let cause = max(change.cause, held[groupVersion]?[index].cause ?? change.cause)
      var child = child
      if case .child(let held) = held[groupVersion]?[index].what, held.isGone { child.isGone = true }
      held[groupVersion]?[index] = change
      held[groupVersion]?[index].what = .child(child)
      held[groupVersion]?[index].cause = cause
    } else {
      places[groupVersion, default: [:]][place] = held[groupVersion]?.count ?? 0
      held[groupVersion, default: []].append(change)
    }
  }

  mutating func release(_ groupVersion: GroupVersion) -> [RoutedChange] {
    places[groupVersion] = nil
    return held.removeValue(forKey: groupVersion) ?? []
  }

  /// The subscription is gone.
  mutating func forget(subscription: UInt32) {
    for groupVersion in held.keys {
      let rest = held[groupVersion]?.filter { $0.subscription != subscription } ?? []
      held[groupVersion] = nil
      places[groupVersion] = nil
      for change in rest {
        if case .child(let child) = change.what { hold(change, child, until: groupVersion) }
      }
    }
  }

  /// Everything that is held, and until which group and version is known, in an order that is always the same.
  var all: [(until: GroupVersion, change: RoutedChange)] {
    held.keys.sorted { $0.apiVersion < $1.apiVersion }.flatMap { groupVersion in
      (held[groupVersion] ?? []).map { (groupVersion, $0) }
    }
  }

  var count: Int { held.values.reduce(0) { $0 + $1.count } }
}
