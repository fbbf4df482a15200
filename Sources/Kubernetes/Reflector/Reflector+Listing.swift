/// Complete lists, page by page. Deletes may be concluded only from a list that was received to its end from one
/// version (SEMANTICS 9), so whatever breaks that aborts the list; what only delays it asks for the same page again.
extension Reflector {
  mutating func beginList(
    _ reason: ReflectorListReason, floor: String?, at now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    counters.countList(reason)
    actions.append(.listBegan(reason))
    if streams(notOlderThan: floor) {
      requestStream(reason, floor: floor, at: now, &actions)
    } else {
      requestPage(ListRun(floor: floor), at: now, &actions)
    }
  }

  mutating func requestPage(_ run: ListRun, at now: UInt64, _ actions: inout [ReflectorAction]) {
    let request = newRequest(at: now)
    state = .listing(run, request: request)
    actions.append(
      .request(
        id: request, target: configuration.listTarget(run, limit: pageSize), streaming: false,
        deadlineSeconds: configuration.pageDeadlineSeconds))
  }

  mutating func receivePage(
    _ bytes: [UInt8], _ run: ListRun, _ request: UInt32, at now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    guard answer.status == 200 else {
      return answer.appendError(bytes, limit: configuration.maxErrorBytes)
    }
    if answer.body.count + bytes.count <= configuration.maxPageBytes {
      return answer.body.append(contentsOf: bytes)
    }
    counters.malformed += 1
    pageSize = max(1, pageSize / 2)
    actions.append(.cancel(id: request))
    abort(
      thenList: .tooLong, floor: run.floor, because: .pageTooLarge(limit: configuration.maxPageBytes),
      at: now,
      &actions)
  }

  /// The transfer should have told of its end long ago.
  mutating func pageTimedOut(
    _ run: ListRun, _ request: UInt32, at now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    counters.silences += 1
    actions.append(.cancel(id: request))
    let seconds = Int((now - requestedAt) / 1_000_000_000)
    wait(for: .page(run), because: .silentConnection(seconds: seconds), at: now)
  }

  mutating func pageEnded(
    _ end: ReflectorTransferEnd, _ run: ListRun, at now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    switch end {
    case .refused:
      wait(for: .page(run), because: .refused, at: now)
    case .failed(let reason):
      wait(for: .page(run), because: .transfer(reason), at: now)
    case .complete:
      switch answer.status {
      case 200?: pageReceived(run, at: now, &actions)
      case let status?: listRefused(answer.apiStatus(http: status), run, at: now, &actions)
      case nil: wait(for: .page(run), because: .transfer("it was closed without an answer"), at: now)
      }
    }
  }

  private mutating func pageReceived(_ run: ListRun, at now: UInt64, _ actions: inout [ReflectorAction]) {
    let body = answer.body
    answer.body = []
    let page: ListPage
    do {
      page = try ListDecoder.decode(body.span.bytes)
    } catch {
      counters.malformed += 1
      return abort(thenList: .malformed, floor: run.floor, because: .malformed(error), at: now, &actions)
    }
    if page.resourceVersion == "0" {
      counters.malformed += 1
      return abort(thenList: .malformed, floor: run.floor, because: .listWithoutVersion, at: now, &actions)
    }
    if let token = page.continueToken, token == run.continueToken {
      counters.malformed += 1
      return abort(thenList: .malformed, floor: run.floor, because: .continueLoop, at: now, &actions)
    }
    counters.pages += 1
    counters.listedObjects += UInt64(page.items.count)
    tooLargeSince = nil
    actions.append(.listed(page: body, page))
    var run = run
    run.pages += 1
    run.version = run.version ?? page.resourceVersion
    run.continueToken = page.continueToken
    if run.continueToken != nil { return requestPage(run, at: now, &actions) }
    completeList(at: run.version ?? page.resourceVersion, now, &actions)
  }

  /// Versions that went back are those of a restored etcd, whatever was asked for (SEMANTICS 8).
  private mutating func completeList(
    at listVersion: String, _ now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    let wentBack =
      version.map { ResourceVersion(listVersion).compare(ResourceVersion($0)) == .older } ?? false
    version = listVersion
    isSynced = true
    failedWatches = 0
    succeeded()
    actions.append(.listCompleted(version: listVersion, newEpoch: wentBack))
    beginWatch(at: now, &actions)
  }

  private mutating func listRefused(
    _ status: APIStatus, _ run: ListRun, at now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    let retryAfter = answer.retryAfterSeconds ?? status.retryAfterSeconds
    let meaning = AnswerMeaning(status)
    let problem = meaning.problem(status, retryAfterSeconds: retryAfter)
    switch meaning {
    case .expired where run.continueToken != nil:
      // The answer may carry a fresh token; it would continue at another version, which proves no deletes.
      abort(thenList: .pageExpired, floor: run.floor ?? version, because: problem, at: now, &actions)
    case .badRequest where run.continueToken != nil:
      abort(thenList: .pageExpired, floor: run.floor ?? version, because: problem, at: now, &actions)
    case .expired, .badRequest:
      // The version asked for is no good; the newest list needs none.
      var run = run
      run.floor = nil
      wait(for: .page(run), because: problem, at: now)
    case .versionTooLarge where run.floor != nil:
      versionTooLarge(run, problem, retryAfter, at: now, &actions)
    case .notServed, .forbidden, .unauthorized:
      // That proves nothing about the objects (SEMANTICS 7, 9). Marks of pages received before would be stale
      // when it ends, so those are forgotten.
      if run.pages > 0 {
        actions.append(.listAborted)
        counters.abortedLists += 1
        wait(
          for: .list(.unavailable, floor: version), because: problem, retryAfterSeconds: retryAfter, at: now)
      } else {
        wait(for: .page(run), because: problem, retryAfterSeconds: retryAfter, at: now)
      }
    case .versionTooLarge, .overloaded, .notAcceptable, .other:
      wait(for: .page(run), because: problem, retryAfterSeconds: retryAfter, at: now)
    }
  }

  /// A server that is merely behind catches up within the patience; a restored etcd never does (SEMANTICS 8). The
  /// server has waited 3 s before it answers so, so the pace is its own and not the backoff's.
  private mutating func versionTooLarge(
    _ run: ListRun, _ problem: ReflectorProblem, _ retryAfter: Int?, at now: UInt64,
    _ actions: inout [ReflectorAction]
  ) {
    let since = tooLargeSince ?? now
    tooLargeSince = since
    let giveUp = since + UInt64(configuration.tooLargeVersionPatienceSeconds) * 1_000_000_000
    guard now < giveUp else {
      lastProblem = problem
      var run = run
      run.floor = nil
      return requestPage(run, at: now, &actions)
    }
    let asked = UInt64(min(max(1, retryAfter ?? 1), configuration.maxRetryAfterSeconds)) * 1_000_000_000
    waitExactly(min(asked, giveUp - now), for: .page(run), because: problem, at: now)
  }

  private mutating func abort(
    thenList reason: ReflectorListReason, floor: String?, because problem: ReflectorProblem, at now: UInt64,
    _ actions: inout [ReflectorAction]
  ) {
    counters.abortedLists += 1
    actions.append(.listAborted)
    wait(for: .list(reason, floor: floor), because: problem, at: now)
  }
}
