import JSONScan
import Kubernetes

/// Following the cluster's namespaces while a subscription selects some of them by labels (SEMANTICS 1, 4).
extension HubEngine {
  /// Somebody selects from the namespaces: they are followed from now on.
  mutating func followNamespaces(for spec: SubscriptionSpec, at now: EngineTime) {
    guard spec.namespaces.isSelected, namespaceRegistry == nil else { return }
    namespaceRegistry = NamespaceRegistry(limits: configuration.limits, seed: random.next())
    guard let actions = namespaceRegistry?.reflector.start(at: now.monotonic) else { return }
    performNamespaces(actions, at: now)
  }

  /// A form that is not in force any more selected from the namespaces: with the last of them the watch ends.
  mutating func unfollowNamespaces(after spec: SubscriptionSpec?, at now: EngineTime) {
    guard let spec, spec.namespaces.isSelected else { return }
    if subscribers.all.contains(where: { subscribers[$0].accepted?.spec.namespaces.isSelected ?? false }) {
      return
    }
    namespaceRegistry = nil
    for id in requests.closeAll(where: { if case .namespaces = $0 { true } else { false } }) {
      effects.append(.cancel(id))
    }
  }

  /// Why this subscription's namespaces cannot be told yet; nil if they can.
  func namespaceObstacle(_ spec: SubscriptionSpec) -> String? {
    guard spec.namespaces.isSelected else { return nil }
    return namespaceRegistry.map(\.obstacle) ?? "the namespaces are not known yet"
  }

  mutating func driveNamespaces(_ input: ReflectorInput, at now: EngineTime) {
    let before = namespaceRegistry?.obstacle
    guard let actions = namespaceRegistry?.reflector.handle(input, at: now.monotonic) else { return }
    performNamespaces(actions, at: now)
    if namespaceRegistry?.obstacle != before { planWaitingForNamespaces(at: now) }
  }

  private mutating func planWaitingForNamespaces(at now: EngineTime) {
    for slot in subscribers.all where !subscribers[slot].missing.isEmpty {
      guard subscribers[slot].accepted?.spec.namespaces.isSelected ?? false else { continue }
      plan(slot, at: now)
      report(slot)
    }
  }

  private mutating func performNamespaces(_ actions: [ReflectorAction], at now: EngineTime) {
    for action in actions {
      switch action {
      case .request(let request, let target, let streaming, let deadlineSeconds):
        let accept = namespaceRegistry?.reflector.configuration.accept(streaming: streaming)
        let id = ask(
          for: .namespaces(request: request), target, isStreaming: streaming,
          deadlineSeconds: deadlineSeconds, accept: accept)
        namespaceRegistry?.requests[request] = id
      case .cancel(let request): callOff(namespaceRegistry?.requests.removeValue(forKey: request))
      case .listBegan, .listAborted: namespaceRegistry?.listed = []
      case .listed(let page, let list):
        for head in list.items { noteNamespace(head, in: page.span.bytes, isListed: true, at: now) }
      case .streamed(let bytes, let lines): namespacesChanged(bytes, lines, isListed: true, at: now)
      case .listCompleted(let version, _): namespacesListed(version: version, at: now)
      case .changed(let bytes, let lines): namespacesChanged(bytes, lines, isListed: false, at: now)
      }
    }
  }

  private mutating func namespacesChanged(
    _ bytes: [UInt8], _ lines: [WatchLine], isListed: Bool, at now: EngineTime
  ) {
    let text = bytes.span.bytes
    for line in lines {
      switch line {
      case .added(let head), .modified(let head): noteNamespace(head, in: text, isListed: isListed, at: now)
      case .deleted(let head):
        guard let name = head.name?.string(in: text) else { continue }
        namespaceRegistry?.listed.remove(name)
        namespaceGone(name, version: head.resourceVersion?.string(in: text) ?? "", at: now)
      case .bookmark, .error: break
      }
    }
  }

  private mutating func noteNamespace(
    _ head: ObjectHead, in text: RawSpan, isListed: Bool, at now: EngineTime
  ) {
    guard let name = head.name?.string(in: text) else { return }
    var labels: [String: String] = [:]
    head.labels?.forEachMember(in: text) { key, value in
      if let key = key.string(in: text) { labels[key] = value.string(in: text) }
    }
    if isListed { namespaceRegistry?.listed.insert(name) }
    guard namespaceRegistry?.note(name, labels) ?? false else { return }
    moveNamespace(name, labels, version: head.resourceVersion?.string(in: text) ?? "", at: now)
  }

  private mutating func namespaceGone(_ name: String, version: String, at now: EngineTime) {
    guard namespaceRegistry?.remove(name) ?? false else { return }
    moveNamespace(name, nil, version: version, at: now)
  }

  /// What a journal knew to be selected may have gone while the hub was down.
  private mutating func namespacesListed(version: String, at now: EngineTime) {
    for name in namespaceRegistry?.unlisted ?? [] { namespaceGone(name, version: version, at: now) }
    for number in Set(feeds.flatMap { $0?.scopes.everyActive ?? [] }).sorted() {
      let name = namespaces.text(number)
      if namespaceRegistry?.labels[name] == nil { moveNamespace(name, nil, version: version, at: now) }
    }
    namespaceRegistry?.listed = []
    namespaceRegistry?.isComplete = true
  }

  private mutating func moveNamespace(
    _ name: String, _ labels: [String: String]?, version: String, at now: EngineTime
  ) {
    let number = namespaces.intern(name)
    for feed in feeds.indices where feeds[feed] != nil {
      var changes: [RoutedChange] = []
      feeds[feed]?.namespaceChanged(
        number, labels: labels, token: "namespace/" + version, into: &changes)
      route(changes, from: feed, at: now)
    }
  }
}
