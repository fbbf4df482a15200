import JSONScan
import Kubernetes

/// Following: the reflectors of the feeds, what they report, and the requests they make.
extension HubEngine {
  mutating func start(at now: EngineTime) {
    if configuration.keepsJournal { askIdentity(at: now) }
    if !configuration.keepsJournal || !cluster.isToBeVerified { begin(at: now) }
  }

  /// Which cluster it is is known, as far as that matters.
  private mutating func begin(at now: EngineTime) {
    guard !hasBegun else { return }
    hasBegun = true
    followKinds(at: now)
    goOn(at: now)
    if let pending = files.pending.take() {
      filesChanged(pending, at: now)
    } else if !configuration.readsSubscriptionFiles {
      filesChanged([], at: now)
    }
    guard configuration.followsClusterSubscriptions else { return }
    clusterSubscriptions = SubscriptionFeed(limits: configuration.limits, seed: random.next())
    guard let actions = clusterSubscriptions?.reflector.start(at: now.monotonic) else { return }
    performSubscriptions(actions, at: now)
  }

  // MARK: The cluster's identity

  mutating func askIdentity(at now: EngineTime) {
    cluster.asked()
    let id = requests.open(.identity, maxBytes: ClusterIdentity.maxBytes)
    ask(id, ClusterIdentity.target, deadlineSeconds: ClusterIdentity.deadlineSeconds)
  }

  mutating func identityAnswered(_ answer: APIAnswer, at now: EngineTime) {
    if answer.isSuccess {
      let object = try? JSONValue(parsing: answer.body)
      if let uid = object?["metadata"]?["uid"]?.string {
        cluster.answered(uid)
      } else {
        cluster.failed("the answer is no namespace", at: now.monotonic)
      }
    } else if answer.failure == nil, [401, 403, 404].contains(answer.status) {
      cluster.cannotBeKnown()
      notice(
        .warning, "whether the journal is of this cluster cannot be checked",
        [
          HeaderField("reason", answer.problem),
          HeaderField("remedy", "let the hub get namespace kube-system"),
        ])
    } else {
      cluster.failed(answer.problem, at: now.monotonic)
    }
    switch cluster.state {
    case .settled: begin(at: now)
    case .foreign: effects.append(.stop(.foreignJournal))
    case .asking, .unasked: break
    }
  }

  // MARK: Feeds

  /// The feed of a resource; a new one is not started yet.
  mutating func feed(of resource: APIResource) -> Int {
    if let known = feeds.firstIndex(where: {
      $0?.resource.groupVersion == resource.groupVersion && $0?.resource.kind == resource.kind
    }) {
      return known
    }
    feedSerial += 1
    var feed = Feed(resource: resource, kind: kinds.number(resource.groupKind), serial: feedSerial)
    if configuration.keepsJournal { feed.keepLog() }
    // Who followed the resource before may have been told in that epoch (SEMANTICS 20).
    feed.epoch = newestEpoch
    feed.maxBodyBytes = configuration.limits.bodyBytes
    if configuration.explains { feed.untold = [] }
    let machine = Reflector(
      configuration.limits.apply(to: ReflectorConfiguration(path: resource.path(namespace: nil))),
      seed: random.next())
    let reflector = FeedReflector(machine: machine)
    followedVersions[feed.kind] = resource.groupVersion.apiVersion
    if let vacant = feeds.firstIndex(where: { $0 == nil }) {
      feeds[vacant] = feed
      reflectors[vacant] = reflector
      return vacant
    }
    feeds.append(feed)
    reflectors.append(reflector)
    return feeds.count - 1
  }

  /// Begins a new feed, or gives late interests in a running one their catch-up list.
  mutating func follow(_ feed: Int, at now: EngineTime) {
    settleRepresentation(feed, at: now)
    if reflectors[feed]?.machine.phase == .stopped {
      guard let actions = reflectors[feed]?.machine.start(at: now.monotonic) else { return }
      perform(actions, of: feed, at: now)
    } else {
      catchUpIfNeeded(feed)
    }
  }

  /// Goes on with a feed whose objects are known up to this version.
  mutating func resume(_ feed: Int, from version: String, at now: EngineTime) {
    settleRepresentation(feed, at: now)
    guard let actions = reflectors[feed]?.machine.resume(from: version, at: now.monotonic) else { return }
    perform(actions, of: feed, at: now)
  }

  /// Metadata is enough where nobody wants bodies or values outside of it. Whole objects are asked for at once when somebody does, on the watch
  /// as it is; what is told meanwhile without its body is read at its turn (SEMANTICS 12, 22).
  mutating func settleRepresentation(_ feed: Int, at now: EngineTime) {
    guard let known = feeds[feed], let machine = reflectors[feed]?.machine else { return }
    let isEnough = !known.interests.needWholeObjects(withoutGeneration: known.lacksGeneration)
    guard isEnough != machine.configuration.isMetadataOnly else { return }
    guard let actions = reflectors[feed]?.machine.setMetadataOnly(isEnough, at: now.monotonic) else { return }
    perform(actions, of: feed, at: now)
  }

  /// With the last interest the watch ends.
  mutating func unfollowIfUnwanted(_ feed: Int, at now: EngineTime) {
    guard feeds[feed]?.interests.count == 0 else { return settleRepresentation(feed, at: now) }
    _ = reflectors[feed]?.machine.stop()
    let ids = requests.closeAll { purpose in
      switch purpose {
      case .feed(let other, _), .catchUp(let other): other == feed
      case .subscriptions, .kinds, .namespaces, .discovery, .discoveryOfAll, .sink, .status, .resync, .body,
        .announcement, .identity, .review:
        false
      }
    }
    for id in ids { effects.append(.cancel(id)) }
    newestEpoch = max(newestEpoch, feeds[feed]?.epoch ?? 0)
    feeds[feed] = nil
    reflectors[feed] = nil
  }

  mutating func drive(_ feed: Int, _ input: ReflectorInput, at now: EngineTime) {
    let before = reflectors[feed]?.machine.obstacle
    guard let actions = reflectors[feed]?.machine.handle(input, at: now.monotonic) else { return }
    perform(actions, of: feed, at: now)
    catchUpIfNeeded(feed)
    settleObstacle(feed, before, at: now)
  }

  /// What it waits for may be there.
  mutating func hurry(_ feed: Int, at now: EngineTime) {
    guard let actions = reflectors[feed]?.machine.hurry(at: now.monotonic) else { return }
    perform(actions, of: feed, at: now)
  }

  /// What keeps a feed from following is told when it begins, when it is another, and when it is over.
  private mutating func settleObstacle(_ feed: Int, _ before: ReflectorObstacle?, at now: EngineTime) {
    guard let resource = feeds[feed]?.resource, let machine = reflectors[feed]?.machine else { return }
    let obstacle = machine.obstacle
    if before == nil, obstacle == nil { return }
    if let before, before.isAlike(obstacle) { return }
    reportAll(on: feed)
    let name = HeaderField("resource", resource.plural + "." + resource.groupVersion.apiVersion)
    if let obstacle {
      notice(
        .warning, "a resource cannot be followed",
        [name, HeaderField("reason", obstacle.words(of: resource))])
    } else {
      notice(.info, "a resource can be followed again", [name])
    }
    concludeIfGone(feed, at: now)
  }

  /// Whether it can be followed has changed.
  private mutating func reportAll(on feed: Int) {
    for slot in subscribers.all where subscribers[slot].placements.contains(where: { $0.feed == feed }) {
      report(slot)
    }
  }

  private mutating func perform(_ actions: [ReflectorAction], of feed: Int, at now: EngineTime) {
    var changes: [RoutedChange] = []
    for action in actions {
      switch action {
      case .request(let request, let target, let streaming, let deadlineSeconds):
        let id = requests.open(.feed(feed, request: request), maxBytes: configuration.limits.answerBytes)
        reflectors[feed]?.requests[request] = id
        ask(
          id, target, isStreaming: streaming, deadlineSeconds: deadlineSeconds,
          accept: reflectors[feed]?.machine.configuration.accept(streaming: streaming))
      case .cancel(let request): callOff(reflectors[feed]?.requests.removeValue(forKey: request))
      case .listBegan(let reason):
        cancelCatchUp(feed)
        reflectors[feed]?.isListing = true
        feeds[feed]?.beginList()
        if reason != .first { noticeList(feed, reason) }
      case .listed(let page, let list):
        feeds[feed]?.notePage(version: list.resourceVersion)
        judge(page, list, of: feed, as: .listed, &changes)
      case .streamed(let bytes, let lines):
        judge(bytes, lines, of: feed, as: .listed, &changes)
      case .listCompleted(let version, let newEpoch):
        reflectors[feed]?.isListing = false
        feeds[feed]?.completeList(version: version, newEpoch: newEpoch, into: &changes)
        catchUpIfNeeded(feed)
      case .listAborted:
        reflectors[feed]?.isListing = false
        feeds[feed]?.abortList()
      case .changed(let bytes, let lines):
        judge(bytes, lines, of: feed, as: .watched, &changes)
      }
    }
    route(changes, from: feed, at: now)
    if feeds[feed]?.takeLackOfGeneration() ?? false { settleRepresentation(feed, at: now) }
  }

  private mutating func noticeList(_ feed: Int, _ reason: ReflectorListReason) {
    let resource = feeds[feed].map { $0.resource.plural + "." + $0.resource.groupVersion.apiVersion } ?? ""
    notice(.info, "listing again", [HeaderField("resource", resource), HeaderField("reason", "\(reason)")])
  }

  mutating func ask(
    _ id: RequestID, _ target: String, isStreaming: Bool = false, deadlineSeconds: Int, accept: String? = nil
  ) {
    var request = APIRequest(
      get: target, isStreaming: isStreaming, deadlineSeconds: deadlineSeconds,
      maxBytes: configuration.limits.answerBytes)
    request.accept = accept
    effects.append(.request(id, request))
  }

  /// Opens a request of one of the hub's own followers (subscriptions, kinds, namespaces), and sends it.
  mutating func ask(
    for purpose: RequestPurpose, _ target: String, isStreaming: Bool, deadlineSeconds: Int,
    accept: String? = nil
  ) -> RequestID {
    let id = requests.open(purpose, maxBytes: configuration.limits.answerBytes)
    ask(id, target, isStreaming: isStreaming, deadlineSeconds: deadlineSeconds, accept: accept)
    return id
  }

  /// No answer to it is wanted any more; nil: it has ended already.
  mutating func callOff(_ id: RequestID?) {
    guard let id else { return }
    _ = requests.close(id, .complete)
    effects.append(.cancel(id))
  }

  // MARK: Judging

  private mutating func judge(
    _ page: [UInt8], _ list: ListPage, of feed: Int, as source: Sighting.Source,
    _ changes: inout [RoutedChange]
  ) {
    let text = page.span.bytes
    for head in list.items { judge(head, in: text, of: feed, as: source, &changes) }
  }

  private mutating func judge(
    _ bytes: [UInt8], _ lines: [WatchLine], of feed: Int, as source: Sighting.Source,
    _ changes: inout [RoutedChange]
  ) {
    let text = bytes.span.bytes
    for line in lines {
      switch line {
      case .added(let head), .modified(let head): judge(head, in: text, of: feed, as: source, &changes)
      case .deleted(let head): judge(head, in: text, of: feed, as: .deleted, &changes)
      case .bookmark, .error: break
      }
    }
  }

  private mutating func judge(
    _ head: ObjectHead, in text: RawSpan, of feed: Int, as source: Sighting.Source,
    _ changes: inout [RoutedChange]
  ) {
    counters.objectsSeen += 1
    var names = ObjectNames()
    swap(&names, &self.names)
    defer { swap(&names, &self.names) }
    names.read(head, in: text)
    guard names.name.count <= ObjectStore.maxNameBytes else {
      notice(.error, "an object with a name beyond all limits was left out")
      return
    }
    let namespace = namespaces.intern(names.namespace.span.bytes)
    let sighting = Sighting(source, head, in: text, namespace: namespace)
    if source == .caughtUp, isLeftToTheWatch(sighting, feed: feed, name: names.name.span.bytes) { return }
    feeds[feed]?.judge(head, sighting, name: names.name.span.bytes, in: text, into: &changes)
  }

  // MARK: Catching up (SEMANTICS 13)

  /// News that the watch has told, or will tell, is not the catch-up list's business.
  private func isLeftToTheWatch(_ sighting: Sighting, feed: Int, name: RawSpan) -> Bool {
    if feeds[feed]?.wasTouched(namespace: sighting.namespace, name: name) ?? true { return true }
    guard !sighting.flags.contains(.opaqueVersion), let seen = reflectors[feed]?.machine.version,
      let version = ResourceVersion(seen).decimal
    else { return false }
    return sighting.version > version
  }

  mutating func catchUpIfNeeded(_ feed: Int) {
    guard let reflector = reflectors[feed], reflector.machine.isSynced, !reflector.isListing,
      !reflector.catchUp.isRunning, feeds[feed]?.hasLateInterests ?? false
    else { return }
    beginCatchUp(feed)
  }

  mutating func beginCatchUp(_ feed: Int) {
    guard let resource = feeds[feed]?.resource else { return }
    feeds[feed]?.beginCatchUp()
    guard
      let target = reflectors[feed].map({ reflector in
        var catchUp = reflector.catchUp
        let target = catchUp.begin(
          path: resource.path(namespace: nil), notOlderThan: reflector.machine.version)
        return (catchUp, target)
      })
    else { return }
    reflectors[feed]?.catchUp = target.0
    askCatchUp(feed, target.1)
  }

  private mutating func askCatchUp(_ feed: Int, _ target: String) {
    let id = requests.open(.catchUp(feed: feed), maxBytes: configuration.limits.answerBytes)
    ask(
      id, target, deadlineSeconds: CatchUpList.pageDeadlineSeconds,
      accept: reflectors[feed]?.machine.configuration.accept(streaming: false))
  }

  private mutating func cancelCatchUp(_ feed: Int) {
    guard reflectors[feed]?.catchUp.isRunning ?? false else { return }
    reflectors[feed]?.catchUp.cancel()
    feeds[feed]?.abandonCatchUp()
    let ids = requests.closeAll { if case .catchUp(let other) = $0 { other == feed } else { false } }
    for id in ids { effects.append(.cancel(id)) }
  }

  mutating func catchUpAnswered(_ feed: Int, _ answer: APIAnswer, at now: EngineTime) {
    guard let resource = feeds[feed]?.resource, reflectors[feed]?.catchUp.isRunning ?? false else { return }
    guard answer.isSuccess, let page = try? ListDecoder.decode(answer.body.span.bytes),
      (feeds[feed]?.touched?.count ?? 0) <= configuration.limits.catchUpTouched
    else {
      reflectors[feed]?.catchUp.fail(at: now.monotonic, retryAfter: answer.retryAfterSeconds)
      feeds[feed]?.abandonCatchUp()
      notice(
        .info, "a catch-up list begins again",
        [HeaderField("resource", resource.plural), HeaderField("reason", answer.problem)])
      return
    }
    var changes: [RoutedChange] = []
    judge(answer.body, page, of: feed, as: .caughtUp, &changes)
    if let target = reflectors[feed]?.catchUp.next(after: page, path: resource.path(namespace: nil)) {
      askCatchUp(feed, target)
    } else {
      feeds[feed]?.completeCatchUp()
    }
    route(changes, from: feed, at: now)
    if feeds[feed]?.takeLackOfGeneration() ?? false { settleRepresentation(feed, at: now) }
    catchUpIfNeeded(feed)
  }
}
