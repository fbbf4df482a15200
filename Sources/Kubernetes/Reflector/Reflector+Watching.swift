import JSONScan

/// Watches, one after the other. The version moves on with each event and bookmark, so whatever ends a watch, the next
/// one continues there; only what the server says about the version itself, or what cannot be understood, asks for a
/// complete list.
extension Reflector {
  mutating func beginWatch(at now: UInt64, _ actions: inout [ReflectorAction]) {
    guard let version else { return beginList(.first, floor: nil, at: now, &actions) }
    counters.watches += 1
    // What is left of a line that was cut is dropped: this watch brings it whole.
    framer = LineFramer(maxLineBytes: configuration.maxLineBytes)
    let request = newRequest(at: now)
    state = .watching(WatchRun(request: request, startedAt: now))
    let seconds = pacer.draw(from: configuration.watchTimeoutSeconds)
    actions.append(
      .request(
        id: request, target: configuration.watchTarget(from: version, timeoutSeconds: seconds),
        streaming: true,
        deadlineSeconds: seconds + configuration.watchGraceSeconds))
  }

  mutating func receiveWatch(_ bytes: [UInt8], at now: UInt64, _ actions: inout [ReflectorAction]) {
    let framed: FramedLines
    do {
      framed = try framer.append(bytes)
    } catch {
      return relist(.tooLong, because: .lineTooLong(limit: error.limit), at: now, &actions)
    }
    for buffer in framed.buffers { guard follow(buffer, at: now, &actions) else { return } }
  }

  /// Hands on what the lines of a watch say; false when they end it.
  mutating func follow(_ buffer: FramedBuffer, at now: UInt64, _ actions: inout [ReflectorAction]) -> Bool {
    let batch = decode(buffer)
    if !batch.lines.isEmpty {
      hear(batch)
      actions.append(.changed(bytes: buffer.bytes, lines: batch.lines))
    }
    switch batch.end {
    case nil: return true
    case .error(let status)?: watchRefused(status, cancel: true, at: now, &actions)
    case .problem(let reason, let problem)?: relist(reason, because: problem, at: now, &actions)
    }
    return false
  }

  /// Nothing came for so long, not even a bookmark: the connection is dead, whatever the transfer says. Where that
  /// happens again and again the server may wait for a version that a restored etcd has not reached, or it sends no
  /// bookmarks: a list tells, and the next suspicion takes longer.
  mutating func watchTimedOut(_ run: WatchRun, at now: UInt64, _ actions: inout [ReflectorAction]) {
    counters.silences += 1
    lastProblem = .silentConnection(seconds: configuration.watchSilenceSeconds)
    cancelWatch(&actions)
    if run.heard || answer.status != 200 { silentWatches = 0 } else { silentWatches += 1 }
    guard silentWatches >= silencePatience else { return beginWatch(at: now, &actions) }
    silentWatches = 0
    silencePatience = min(silencePatience * 2, configuration.maxSilentWatches)
    lastProblem = .silentWatch
    beginList(.silentWatch, floor: version, at: now, &actions)
  }

  mutating func watchEnded(
    _ end: ReflectorTransferEnd, _ run: WatchRun, at now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    switch (end, answer.status) {
    case (.refused, _):
      wait(for: .watch, because: .refused, at: now)
    case (.complete, 200?):
      streamEnded(nil, run, at: now, &actions)
    case (.failed(let reason), 200?):
      streamEnded(reason, run, at: now, &actions)
    case (.failed(let reason), _):
      wait(for: .watch, because: .transfer(reason), at: now)
    case (.complete, nil):
      wait(for: .watch, because: .transfer("it was closed without an answer"), at: now)
    case (.complete, let status?):
      watchRefused(answer.apiStatus(http: status), cancel: false, at: now, &actions)
    }
  }

  private mutating func streamEnded(
    _ failure: String?, _ run: WatchRun, at now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    let lasted = now > run.startedAt ? now - run.startedAt : 0
    if failure == nil, !run.heard, lasted >= UInt64(configuration.silentWatchSeconds) * 1_000_000_000 {
      lastProblem = .silentWatch
      return beginList(.silentWatch, floor: version, at: now, &actions)
    }
    if let failure { lastProblem = .transfer(failure) }
    if run.progressed || lasted >= UInt64(configuration.shortWatchMilliseconds) * 1_000_000 {
      return beginWatch(at: now, &actions)
    }
    counters.shortWatches += 1
    watchFailed(failure.map { .transfer($0) } ?? .shortWatch, at: now)
  }

  /// The server ends or refuses the watch, by HTTP status or by an ERROR event.
  private mutating func watchRefused(
    _ status: APIStatus, cancel: Bool, at now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    if cancel { cancelWatch(&actions) }
    let retryAfter = answer.retryAfterSeconds ?? status.retryAfterSeconds
    let meaning = AnswerMeaning(status)
    let problem = meaning.problem(status, retryAfterSeconds: retryAfter)
    switch meaning {
    case .expired:
      waitUnlessRested(for: .list(.versionExpired, floor: version), because: problem, at: now, &actions)
    case .versionTooLarge:
      waitUnlessRested(for: .list(.versionTooLarge, floor: version), because: problem, at: now, &actions)
    case .badRequest:
      wait(for: .list(.watchRefused, floor: version), because: problem, at: now)
    case .notServed, .forbidden:
      // The list will tell whether that lasts, and it alone may conclude anything (SEMANTICS 7, 9).
      wait(for: .list(.unavailable, floor: version), because: problem, retryAfterSeconds: retryAfter, at: now)
    case .unauthorized, .overloaded:
      wait(for: .watch, because: problem, retryAfterSeconds: retryAfter, at: now)
    case .notAcceptable, .other:
      watchFailed(problem, retryAfterSeconds: retryAfter, at: now)
    }
  }

  /// A watch that fails again and again may do so because of its version: then the resource is listed.
  private mutating func watchFailed(
    _ problem: ReflectorProblem, retryAfterSeconds: Int? = nil, at now: UInt64
  ) {
    failedWatches += 1
    let exhausted = failedWatches >= configuration.maxFailedWatches
    wait(
      for: exhausted ? .list(.watchRefused, floor: version) : .watch, because: problem,
      retryAfterSeconds: retryAfterSeconds, at: now)
  }

  private mutating func relist(
    _ reason: ReflectorListReason, because problem: ReflectorProblem, at now: UInt64,
    _ actions: inout [ReflectorAction]
  ) {
    counters.malformed += 1
    cancelWatch(&actions)
    wait(for: .list(reason, floor: version), because: problem, at: now)
  }

  private func cancelWatch(_ actions: inout [ReflectorAction]) {
    switch state {
    case .watching(let run): actions.append(.cancel(id: run.request))
    case .stopped, .listing, .streaming, .waiting: break
    }
  }

  private mutating func hear(_ batch: DecodedLines) {
    switch state {
    case .watching(var run):
      run.heard = true
      if batch.events > 0, batch.version != version { run.progressed = true }
      state = .watching(run)
    case .stopped, .listing, .streaming, .waiting:
      break
    }
    silentWatches = 0
    silencePatience = configuration.silentWatches
    if batch.events > 0 { failedWatches = 0 }
    version = batch.version ?? version
    counters.events += UInt64(batch.events)
    counters.bookmarks += UInt64(batch.lines.count - batch.events)
  }
}
