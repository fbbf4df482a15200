import JSONScan
import Kubernetes

/// Answers of the API server, handed to whom they are for.
extension HubEngine {
  mutating func answerBegan(_ id: RequestID, _ status: Int, _ retryAfter: Int?, at now: EngineTime) {
    switch requests.purpose(of: id) {
    case .feed(let feed, let request):
      drive(feed, .head(request: request, status: status, retryAfterSeconds: retryAfter), at: now)
    case .subscriptions(let request):
      driveSubscriptions(.head(request: request, status: status, retryAfterSeconds: retryAfter), at: now)
    case .kinds(let source, let request):
      driveKinds(source, .head(request: request, status: status, retryAfterSeconds: retryAfter), at: now)
    case .namespaces(let request):
      driveNamespaces(.head(request: request, status: status, retryAfterSeconds: retryAfter), at: now)
    case .catchUp, .discovery, .discoveryOfAll, .sink, .status, .announcement, .resync, .body, .identity,
      .review:
      requests.head(id, status: status, retryAfterSeconds: retryAfter)
    case nil: break
    }
  }

  mutating func answerCame(_ id: RequestID, _ bytes: [UInt8], at now: EngineTime) {
    switch requests.purpose(of: id) {
    case .feed(let feed, let request): drive(feed, .bytes(request: request, bytes), at: now)
    case .subscriptions(let request): driveSubscriptions(.bytes(request: request, bytes), at: now)
    case .kinds(let source, let request): driveKinds(source, .bytes(request: request, bytes), at: now)
    case .namespaces(let request): driveNamespaces(.bytes(request: request, bytes), at: now)
    case .catchUp, .discovery, .discoveryOfAll, .sink, .status, .announcement, .resync, .body, .identity,
      .review:
      requests.collect(bytes, for: id)
    case nil: break
    }
  }

  mutating func answerEnded(_ id: RequestID, _ end: TransferEnd, at now: EngineTime) {
    guard let purpose = requests.purpose(of: id), let answer = requests.close(id, end) else { return }
    switch purpose {
    case .feed(let feed, let request):
      reflectors[feed]?.requests[request] = nil
      drive(feed, .ended(request: request, ReflectorTransferEnd(end)), at: now)
    case .subscriptions(let request):
      clusterSubscriptions?.requests[request] = nil
      driveSubscriptions(.ended(request: request, ReflectorTransferEnd(end)), at: now)
    case .kinds(let source, let request):
      kindRegistry.followers[source.rawValue].requests[request] = nil
      driveKinds(source, .ended(request: request, ReflectorTransferEnd(end)), at: now)
    case .namespaces(let request):
      namespaceRegistry?.requests[request] = nil
      driveNamespaces(.ended(request: request, ReflectorTransferEnd(end)), at: now)
    case .catchUp(let feed): catchUpAnswered(feed, answer, at: now)
    case .discovery(let name): discoveryAnswered(name, answer, at: now)
    case .identity: identityAnswered(answer, at: now)
    case .review(let question, let verb): reviewed(question, verb, answer, at: now)
    case .discoveryOfAll: discoveryOfAllAnswered(answer, at: now)
    case .sink(let slot, let serial, let role):
      if subscribers.isCurrent(slot, serial) { sinkRead(slot, role, answer, at: now) }
    case .status(let slot, let serial): statusWritten(slot, serial, answer, at: now)
    case .announcement: announced(answer)
    case .resync(let slot, let serial, let place):
      if subscribers.isCurrent(slot, serial) { resyncRead(slot, place, answer, at: now) }
    case .body(let slot, let serial, let place):
      readsInFlight -= 1
      scheduler.closed(slot)
      if subscribers.isCurrent(slot, serial) { bodyRead(slot, place, answer, at: now) }
    }
  }

  // MARK: Discovery

  static let discoveryDeadlineSeconds = 30

  mutating func askDiscovery(at now: EngineTime) {
    for question in discovery.due(at: now.monotonic) {
      switch question {
      case .one(let groupVersion):
        let id = requests.open(.discovery(groupVersion.apiVersion), maxBytes: DiscoveryTable.maxBytes)
        ask(id, groupVersion.path, deadlineSeconds: Self.discoveryDeadlineSeconds)
      case .all:
        let id = requests.open(.discoveryOfAll, maxBytes: DiscoveryTable.maxBytes)
        ask(
          id, "/apis", deadlineSeconds: Self.discoveryDeadlineSeconds,
          accept: DiscoveryDecoder.aggregatedAccept)
      }
    }
  }

  /// The document of all groups. A server that has none sends another kind, or says that it cannot.
  private mutating func discoveryOfAllAnswered(_ answer: APIAnswer, at now: EngineTime) {
    guard answer.isSuccess else {
      let hasNone = answer.failure == nil && [400, 403, 404, 405, 406].contains(answer.status)
      return discovery.failedAll(hasNone: hasNone, at: now.monotonic)
    }
    do throws(DiscoveryError) {
      let document = try DiscoveryDecoder.aggregated(answer.body.span.bytes)
      for groupVersion in discovery.answeredAll(document, at: now.monotonic) {
        discoveryHasNews(groupVersion, at: now)
      }
    } catch {
      discovery.failedAll(hasNone: true, at: now.monotonic)
    }
  }

  private mutating func discoveryAnswered(_ name: GroupVersionName, _ answer: APIAnswer, at now: EngineTime) {
    guard let groupVersion = GroupVersion(apiVersion: name) else { return }
    if answer.failure == nil, answer.status == 404 {
      discovery.answered(groupVersion, [], at: now.monotonic)
    } else if !answer.isSuccess {
      discovery.failed(
        groupVersion, answer.problem, retryAfter: answer.retryAfterSeconds, at: now.monotonic)
    } else {
      do throws(DiscoveryError) {
        let resources = try DiscoveryDecoder.resources(fromResourceList: answer.body.span.bytes)
        discovery.answered(groupVersion, resources, at: now.monotonic)
      } catch {
        discovery.failed(groupVersion, error.description, at: now.monotonic)
      }
    }
    discoveryHasNews(groupVersion, at: now)
  }

  private mutating func discoveryHasNews(_ groupVersion: GroupVersion, at now: EngineTime) {
    moveIfRenamed(groupVersion, at: now)
    for slot in subscribers.all { replanIfWaiting(slot, for: groupVersion, at: now) }
    if case .unknown = discovery.resource(groupVersion, kind: "") { return }
    for change in heldChildren.release(groupVersion) { routeAgain(change, at: now) }
  }
}

extension ReflectorTransferEnd {
  init(_ end: TransferEnd) {
    switch end {
    case .complete: self = .complete
    case .refused: self = .refused
    case .failed(let text): self = .failed(text)
    }
  }
}
