import JSONScan
import Kubernetes

/// The cluster's definitions of kinds: kinds that come, change and go while the hub runs (SEMANTICS 7).
extension HubEngine {
  mutating func followKinds(at now: EngineTime) {
    guard kindRegistry.followers.isEmpty else { return }
    kindRegistry.followers = KindRegistry.Source.allCases.map {
      .init($0, limits: configuration.limits, seed: random.next())
    }
    for source in KindRegistry.Source.allCases {
      perform(kindRegistry.followers[source.rawValue].reflector.start(at: now.monotonic), of: source, at: now)
    }
  }

  mutating func driveKinds(_ source: KindRegistry.Source, _ input: ReflectorInput, at now: EngineTime) {
    perform(
      kindRegistry.followers[source.rawValue].reflector.handle(input, at: now.monotonic), of: source, at: now)
  }

  private mutating func perform(
    _ actions: [ReflectorAction], of source: KindRegistry.Source, at now: EngineTime
  ) {
    let index = source.rawValue
    for action in actions {
      switch action {
      case .request(let request, let target, let streaming, let deadlineSeconds):
        let accept = kindRegistry.followers[index].reflector.configuration.accept(streaming: streaming)
        let id = ask(
          for: .kinds(source, request: request), target, isStreaming: streaming,
          deadlineSeconds: deadlineSeconds, accept: accept)
        kindRegistry.followers[index].requests[request] = id
      case .cancel(let request): callOff(kindRegistry.followers[index].requests.removeValue(forKey: request))
      case .listBegan, .listAborted: kindRegistry.followers[index].listed = []
      case .listed(let page, let list):
        for head in list.items { noteKind(head, in: page.span.bytes, source, isListed: true, at: now) }
      case .streamed(let bytes, let lines): kindsChanged(bytes, lines, source, isListed: true, at: now)
      case .listCompleted(let version, _):
        for name in kindRegistry.unlisted(source) { kindGone(source, name, version: version, at: now) }
        kindRegistry.followers[index].listed = []
        for feed in feeds.indices { concludeIfGone(feed, at: now) }
      case .changed(let bytes, let lines):
        kindsChanged(bytes, lines, source, isListed: false, at: now)
        for feed in feeds.indices { concludeIfGone(feed, at: now) }
      }
    }
  }

  private mutating func kindsChanged(
    _ bytes: [UInt8], _ lines: [WatchLine], _ source: KindRegistry.Source, isListed: Bool, at now: EngineTime
  ) {
    let text = bytes.span.bytes
    for line in lines {
      switch line {
      case .added(let head), .modified(let head):
        noteKind(head, in: text, source, isListed: isListed, at: now)
      case .deleted(let head):
        guard let name = head.name?.string(in: text) else { continue }
        kindRegistry.followers[source.rawValue].listed.remove(name)
        kindGone(source, name, version: head.resourceVersion?.string(in: text) ?? "", at: now)
      case .bookmark, .error: break
      }
    }
  }

  private mutating func noteKind(
    _ head: ObjectHead, in text: RawSpan, _ source: KindRegistry.Source, isListed: Bool, at now: EngineTime
  ) {
    guard let name = head.name?.string(in: text), let dot = name.firstIndex(of: ".") else { return }
    var isLocal = source == .definitions
    head.labels?.forEachMember(in: text) { key, _ in
      if key.string(in: text) == KindRegistry.automanagedLabel { isLocal = true }
    }
    let entry = KindRegistry.Entry(
      group: String(name[name.index(after: dot)...]), isLocal: isLocal,
      version: head.resourceVersion?.string(in: text) ?? "")
    if isListed { kindRegistry.followers[source.rawValue].listed.insert(name) }
    guard kindRegistry.followers[source.rawValue].entries[name] != entry else { return }
    kindRegistry.note(source, name, entry)
    discovery.prompt(group: entry.group, at: now.monotonic)
    if source == .definitions { hurryFeeds(of: name, at: now) }
  }

  private mutating func kindGone(
    _ source: KindRegistry.Source, _ name: String, version: String, at now: EngineTime
  ) {
    let isFollowed = feeds.contains { $0.map { Self.definitionName(of: $0.resource) == name } ?? false }
    guard let entry = kindRegistry.remove(source, name, version: version, isFollowed: isFollowed) else {
      return
    }
    discovery.prompt(group: entry.group, at: now.monotonic)
    for feed in feeds.indices { concludeIfGone(feed, at: now) }
  }

  private static func definitionName(of resource: APIResource) -> String {
    resource.plural + "." + resource.groupVersion.group
  }

  /// A kind that is served under another plural or scope than it was is another one: the objects of the first are gone,
  /// and who followed them follows the second.
  mutating func moveIfRenamed(_ groupVersion: GroupVersion, at now: EngineTime) {
    for feed in feeds.indices {
      guard let resource = feeds[feed]?.resource, resource.groupVersion == groupVersion,
        case .found(let served) = discovery.resource(groupVersion, kind: resource.kind),
        served.plural != resource.plural || served.namespaced != resource.namespaced
      else { continue }
      conclude(feed, version: reflectors[feed]?.machine.version ?? "", at: now)
      for slot in subscribers.all {
        for placement in subscribers[slot].placements where placement.feed == feed {
          subscribers[slot].placements.removeAll { $0.feed == feed }
          leave(placement, slot, tellsLeaving: false, at: now)
        }
        plan(slot, at: now)
        review(slot, at: now)
        report(slot)
      }
    }
  }

  /// Those that wait for this kind to come back need wait no longer.
  private mutating func hurryFeeds(of name: String, at now: EngineTime) {
    for index in feeds.indices {
      guard let resource = feeds[index]?.resource, Self.definitionName(of: resource) == name,
        reflectors[index]?.machine.obstacle == .notServed
      else { continue }
      hurry(index, at: now)
    }
  }

  /// The kind is not served, and its definition is gone: so are its objects (SEMANTICS 7).
  mutating func concludeIfGone(_ feed: Int, at now: EngineTime) {
    guard let resource = feeds[feed]?.resource, feeds[feed]?.store.count ?? 0 > 0,
      reflectors[feed]?.machine.obstacle == .notServed,
      let version = kindRegistry.proofOfEnd(of: resource), isProof(version, for: feed)
    else { return }
    conclude(feed, version: version, at: now)
    notice(
      .info, "a kind is gone, and its objects with it",
      [HeaderField("resource", resource.plural + "." + resource.groupVersion.apiVersion)])
  }

  /// What was known of the definitions before the newest object came proves nothing about it: they may have come again.
  private func isProof(_ version: String, for feed: Int) -> Bool {
    guard let newest = feeds[feed]?.newest, let number = ResourceVersion(version).decimal else { return true }
    return number >= newest
  }

  /// What is known of this feed is gone, as an empty complete list would say.
  private mutating func conclude(_ feed: Int, version: String, at now: EngineTime) {
    var changes: [RoutedChange] = []
    feeds[feed]?.beginList()
    feeds[feed]?.completeList(version: version, newEpoch: false, into: &changes)
    route(changes, from: feed, at: now)
  }
}
