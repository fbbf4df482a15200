import JSONScan
import Kubernetes

/// What is told of a key, decided at the moment it is sent (SEMANTICS 15).
extension HubEngine {
  enum Outgoing {
    case send(HubEvent, KeyParts, Delivery.Acknowledgement?)
    /// The body must be read first.
    case read(APIResource)
    /// What was to be told is no longer there; the watch will say more.
    case nothing
  }

  /// An object's own record, as one subscription follows it.
  struct Own {
    var feed: Int
    var member: UInt32
    var resource: APIResource
    var record: ObjectRecord
    var incarnation: Incarnation
    var namespace: UInt32
    var isAcknowledged: Bool
  }

  func outgoing(_ item: WorkItem, of slot: UInt32) -> Outgoing {
    guard let form = subscribers.slots[Int(slot)].accepted else { return .nothing }
    let mode = form.spec.mode
    if item.parts.contains(.delete), let gone = item.delete {
      // The owner's own delete says all that its children's changes could, unless it lives again after it.
      let told: KeyParts = item.parts.contains(.live) ? .delete : [.delete, .child]
      return .send(deleteEvent(item, gone, mode, of: slot), told.intersection(item.parts), nil)
    }
    guard let own = own(item.key, of: slot) else {
      guard let child = item.child else { return .nothing }
      return .send(childEvent(item, child), .child, nil)
    }
    if mode == .resource, item.body?.isOlder(than: own.record) ?? true { return .read(own.resource) }
    let acknowledgement = Delivery.Acknowledgement(
      feed: own.feed, member: own.member, namespace: own.namespace, name: item.key.name, uid: own.record.uid)
    return .send(liveEvent(item, own, mode), item.parts.subtracting(.delete), acknowledgement)
  }

  /// The record of the key's own object, if the subscription follows it for itself and it matches.
  func own(_ key: ObjectKey, of slot: UInt32) -> Own? {
    let bytes = [UInt8](key.namespace.utf8)
    guard let namespace = namespaces.find(bytes.span.bytes) else { return nil }
    for placement in subscribers.slots[Int(slot)].placements where placement.follows(key.kind, feeds: feeds) {
      let member = placement.member
      if let own = feeds[placement.feed]?.own(placement.feed, namespace, key.name, of: slot, member) {
        return own
      }
    }
    return nil
  }

  private func liveEvent(_ item: WorkItem, _ own: Own, _ mode: EventMode) -> HubEvent {
    let apiVersion = own.resource.groupVersion.apiVersion
    let body =
      mode == .resource
      ? item.body?.bytes
      : HubEvent.reference(
        apiVersion: apiVersion, kind: own.resource.kind, namespace: item.key.namespace, name: item.key.name)
    return HubEvent(
      operation: own.isAcknowledged ? .update : .add, isReference: mode == .reference,
      apiVersion: apiVersion, kind: own.resource.kind, plural: own.resource.plural,
      namespace: item.key.namespace, name: item.key.name, uid: own.incarnation.uidText,
      version: own.incarnation.distinction, sequence: HubEvent.sequence(of: own.incarnation),
      via: item.child?.childKind, cause: item.stamp.cause,
      // The object itself may be unchanged since it was last told: the child's version tells the events apart.
      token: item.stamp.token + (item.child.map(Self.token) ?? ""), seen: item.stamp.seen,
      attempt: item.attempts + 1, body: body ?? [])
  }

  private static func token(of child: ChildChange) -> String {
    "\(child.childKind)/\(child.childUID.hex)/\(child.childVersion)/\(child.token)"
  }

  private func deleteEvent(
    _ item: WorkItem, _ gone: PendingDelete, _ mode: EventMode, of slot: UInt32
  ) -> HubEvent {
    let (apiVersion, kind, plural) = identity(of: item.key, slot)
    var body = gone.body
    if mode == .reference {
      body = HubEvent.reference(
        apiVersion: apiVersion, kind: kind, namespace: item.key.namespace, name: item.key.name)
    }
    let partial = HubEvent.partial(
      apiVersion: apiVersion, kind: kind, namespace: item.key.namespace, name: item.key.name,
      uid: gone.incarnation.uidText)
    return HubEvent(
      operation: .delete, isReference: mode == .reference, apiVersion: apiVersion, kind: kind,
      plural: plural,
      namespace: item.key.namespace, name: item.key.name, uid: gone.incarnation.uidText,
      version: gone.incarnation.distinction, sequence: HubEvent.sequence(of: gone.incarnation),
      reason: gone.reason,
      isPartial: body == nil, cause: item.stamp.cause, token: item.stamp.token, seen: item.stamp.seen,
      attempt: item.attempts + 1, body: body ?? partial)
  }

  /// `controller: true`: always a reference to the owner, always an update (SEMANTICS 5).
  private func childEvent(_ item: WorkItem, _ child: ChildChange) -> HubEvent {
    let owner = child.owner
    return HubEvent(
      operation: .update, isReference: true, apiVersion: owner.apiVersion, kind: owner.kind,
      plural: plural(apiVersion: owner.apiVersion, kind: owner.kind), namespace: item.key.namespace,
      name: owner.name, uid: owner.uid, version: Self.token(of: child), via: child.childKind,
      cause: item.stamp.cause, token: "", seen: item.stamp.seen, attempt: item.attempts + 1,
      body: HubEvent.reference(
        apiVersion: owner.apiVersion, kind: owner.kind, namespace: item.key.namespace, name: owner.name))
  }

  /// `apiVersion`, kind and plural of a key whose object may be gone, also where its resource is followed no more.
  func identity(of key: ObjectKey, _ slot: UInt32) -> (
    apiVersion: String, kind: String, plural: String
  ) {
    if let placement = subscribers[slot].placements(ofKind: key.kind, feeds: feeds).first,
      let resource = feeds[placement.feed]?.resource
    {
      return (resource.groupVersion.apiVersion, resource.kind, resource.plural)
    }
    let kind = kinds[key.kind]
    let apiVersion = followedVersions[key.kind] ?? kind.group
    return (apiVersion, kind.kind, plural(apiVersion: apiVersion, kind: kind.kind))
  }

  /// The plural from discovery; where the kind is not served (any more), as Knative guesses it.
  private func plural(apiVersion: String, kind: String) -> String {
    if let groupVersion = GroupVersion(apiVersion: apiVersion),
      case .found(let resource) = discovery.resource(groupVersion, kind: kind)
    {
      return resource.plural
    }
    return kind.lowercased() + (kind.hasSuffix("s") ? "es" : "s")
  }
}

extension Feed {
  /// The record of an object, if it matches for this subscription.
  fileprivate func own(
    _ number: Int, _ namespace: UInt32, _ name: String, of slot: UInt32, _ member: UInt32
  ) -> HubEngine.Own? {
    guard let record = record(namespace: namespace, name: name), isMatched(record, by: slot) else {
      return nil
    }
    return HubEngine.Own(
      feed: number, member: member, resource: resource, record: record, incarnation: incarnation(record),
      namespace: namespace, isAcknowledged: isAcknowledged(record, by: member))
  }
}
