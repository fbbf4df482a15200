import JSONScan

/// Complete lists that come as a stream: the items as ADDED lines, a bookmark that says that they are complete, and then
/// the watch on the same connection. Until that bookmark nothing is concluded and the version does not move
/// (SEMANTICS 9, 10). A server that refuses such lists, or does not know what is asked for and sends a plain watch, is
/// asked in pages from then on.
extension Reflector {
  /// A list that may be of a restored etcd comes in pages: their first one says so before its items are judged.
  func streams(notOlderThan floor: String?) -> Bool {
    configuration.streamsLists && !refusesStreams && (floor != nil || version == nil)
  }

  mutating func requestStream(
    _ reason: ReflectorListReason, floor: String?, at now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    framer = LineFramer(maxLineBytes: configuration.maxLineBytes)
    let request = newRequest(at: now)
    state = .streaming(StreamRun(request: request, reason: reason, floor: floor, startedAt: now))
    let seconds = pacer.draw(from: configuration.watchTimeoutSeconds)
    actions.append(
      .request(
        id: request, target: configuration.streamTarget(notOlderThan: floor, timeoutSeconds: seconds),
        streaming: true, deadlineSeconds: seconds + configuration.watchGraceSeconds))
  }

  mutating func receiveStream(
    _ bytes: [UInt8], _ run: StreamRun, at now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    guard answer.status == 200 else {
      return answer.appendError(bytes, limit: configuration.maxErrorBytes)
    }
    let framed: FramedLines
    do {
      framed = try framer.append(bytes)
    } catch {
      counters.malformed += 1
      return streamBroke(.tooLong, .lineTooLong(limit: error.limit), run, cancel: true, at: now, &actions)
    }
    for buffer in framed.buffers {
      switch state {
      case .streaming: gather(buffer, run, at: now, &actions)
      case .watching: guard follow(buffer, at: now, &actions) else { return }
      case .stopped, .listing, .waiting: return
      }
    }
  }

  /// The items of one buffer, up to the bookmark that ends the list; what follows it is the watch's.
  private mutating func gather(
    _ buffer: FramedBuffer, _ run: StreamRun, at now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    let text = buffer.bytes.span.bytes
    var lines: [WatchLine] = []
    lines.reserveCapacity(buffer.lines.count)
    for (index, range) in buffer.lines.enumerated() {
      do {
        switch try decoder.decode(text, lineAt: range) {
        case .bookmark(_, initialEventsEnd: false): continue
        case .bookmark(let version, initialEventsEnd: true):
          handOn(lines, of: buffer, &actions)
          let rest = FramedBuffer(bytes: buffer.bytes, lines: Array(buffer.lines[(index + 1)...]))
          return streamComplete(at: version, rest, run, now, &actions)
        case .error(let status):
          handOn(lines, of: buffer, &actions)
          return streamRefused(status, run, cancel: true, at: now, &actions)
        case let line: lines.append(line)
        }
      } catch {
        counters.malformed += 1
        return streamBroke(.malformed, .malformed(error), run, cancel: true, at: now, &actions)
      }
    }
    handOn(lines, of: buffer, &actions)
  }

  private mutating func handOn(
    _ lines: [WatchLine], of buffer: FramedBuffer, _ actions: inout [ReflectorAction]
  ) {
    guard !lines.isEmpty else { return }
    counters.listedObjects += UInt64(lines.count)
    actions.append(.streamed(bytes: buffer.bytes, lines: lines))
  }

  private mutating func streamComplete(
    at listVersion: String, _ rest: FramedBuffer, _ run: StreamRun, _ now: UInt64,
    _ actions: inout [ReflectorAction]
  ) {
    if let version, ResourceVersion(listVersion).compare(ResourceVersion(version)) == .older {
      // Not what was asked for: pages will tell whether it is a restored etcd.
      counters.malformed += 1
      abortStream(run, cancel: true, &actions)
      return wait(
        for: .list(.versionWentBack, floor: nil),
        because: .versionWentBack(from: version, to: listVersion), at: now)
    }
    version = listVersion
    isSynced = true
    failedWatches = 0
    failedStreams = 0
    tooLargeSince = nil
    counters.streamedLists += 1
    counters.bookmarks += 1
    actions.append(.listCompleted(version: listVersion, newEpoch: false))
    counters.watches += 1
    state = .watching(WatchRun(request: run.request, startedAt: now, progressed: true, heard: true))
    succeeded()
    if !rest.lines.isEmpty, !follow(rest, at: now, &actions) { return }
    rewatchIfPartial(at: now, &actions)
  }

  mutating func streamEnded(
    _ end: ReflectorTransferEnd, _ run: StreamRun, at now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    switch (end, answer.status) {
    case (.refused, _): stopStream(run, .refused, at: now, &actions)
    case (.complete, nil):
      stopStream(run, .transfer("it was closed without an answer"), at: now, &actions)
    case (.complete, 200?):
      streamBroke(run.reason, earlyEnd, run, cancel: false, at: now, &actions)
    case (.failed(let reason), 200?):
      streamBroke(run.reason, .transfer(reason), run, cancel: false, at: now, &actions)
    case (.failed(let reason), _): stopStream(run, .transfer(reason), at: now, &actions)
    case (.complete, let status?):
      streamRefused(answer.apiStatus(http: status), run, cancel: false, at: now, &actions)
    }
  }

  /// What is wrong with an answer that ended before the list was complete: something else than a stream of events (a
  /// proxy's page, a list) has no newline after its last line, or none at all.
  private var earlyEnd: ReflectorProblem {
    let rest = framer.pendingLine
    guard !rest.isEmpty else { return .transfer("the streaming list ended before it was complete") }
    var decoder = decoder
    do {
      _ = try decoder.decode(rest.span.bytes)
      return .transfer("the streaming list ended before it was complete")
    } catch {
      return .malformed(error)
    }
  }

  /// The server refuses the list, by HTTP status or by an ERROR event.
  private mutating func streamRefused(
    _ status: APIStatus, _ run: StreamRun, cancel: Bool, at now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    let retryAfter = answer.retryAfterSeconds ?? status.retryAfterSeconds
    let meaning = AnswerMeaning(status)
    let problem = meaning.problem(status, retryAfterSeconds: retryAfter)
    switch meaning {
    case .badRequest, .notAcceptable:
      listInPages(
        run, .noStreamingLists("\(status.code): \(status.message)"), cancel: cancel, at: now, &actions)
    case .expired:
      // The version asked for is no good; the newest list needs none.
      abortStream(run, cancel: cancel, &actions)
      wait(for: .list(run.reason, floor: nil), because: problem, at: now)
    case .versionTooLarge:
      abortStream(run, cancel: cancel, &actions)
      streamTooLarge(run, problem, retryAfter, at: now, &actions)
    case .notServed, .forbidden, .unauthorized, .overloaded:
      stopStream(run, problem, retryAfterSeconds: retryAfter, cancel: cancel, at: now, &actions)
    case .other:
      streamBroke(
        run.reason, problem, run, cancel: cancel, retryAfterSeconds: retryAfter, at: now, &actions)
    }
  }

  /// As for pages: patience first, then a list that asks for no version (SEMANTICS 8).
  private mutating func streamTooLarge(
    _ run: StreamRun, _ problem: ReflectorProblem, _ retryAfter: Int?, at now: UInt64,
    _ actions: inout [ReflectorAction]
  ) {
    let since = tooLargeSince ?? now
    tooLargeSince = since
    let giveUp = since + UInt64(configuration.tooLargeVersionPatienceSeconds) * 1_000_000_000
    guard now < giveUp else {
      lastProblem = problem
      return beginList(.versionTooLarge, floor: nil, at: now, &actions)
    }
    let asked = UInt64(min(max(1, retryAfter ?? 1), configuration.maxRetryAfterSeconds)) * 1_000_000_000
    waitExactly(
      min(asked, giveUp - now), for: .list(.versionTooLarge, floor: run.floor), because: problem, at: now)
  }

  /// Nothing came for too long, or no end: the server takes what is asked for as a plain watch.
  mutating func streamTimedOut(_ run: StreamRun, at now: UInt64, _ actions: inout [ReflectorAction]) {
    counters.silences += 1
    let seconds = (now - run.startedAt) / 1_000_000_000
    guard answer.status == nil else {
      let reason = "no end of the list within \(seconds) s"
      return listInPages(run, .noStreamingLists(reason), cancel: true, at: now, &actions)
    }
    // Without a status line the server says nothing about streaming lists.
    let problem = ReflectorProblem.silentConnection(seconds: Int(seconds))
    streamBroke(run.reason, problem, run, cancel: true, at: now, &actions)
  }

  private mutating func listInPages(
    _ run: StreamRun, _ problem: ReflectorProblem, cancel: Bool, at now: UInt64,
    _ actions: inout [ReflectorAction]
  ) {
    refusesStreams = true
    lastProblem = problem
    abortStream(run, cancel: cancel, &actions)
    beginList(run.reason, floor: run.floor, at: now, &actions)
  }

  /// What has begun broke. If that happens again and again, pages may do better.
  private mutating func streamBroke(
    _ reason: ReflectorListReason, _ problem: ReflectorProblem, _ run: StreamRun, cancel: Bool,
    retryAfterSeconds: Int? = nil, at now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    failedStreams += 1
    if failedStreams >= configuration.maxFailedStreams { refusesStreams = true }
    abortStream(run, cancel: cancel, &actions)
    wait(
      for: .list(reason, floor: run.floor), because: problem, retryAfterSeconds: retryAfterSeconds, at: now)
  }

  /// It has not begun, for a reason that has nothing to do with streaming.
  private mutating func stopStream(
    _ run: StreamRun, _ problem: ReflectorProblem, retryAfterSeconds: Int? = nil, cancel: Bool = false,
    at now: UInt64, _ actions: inout [ReflectorAction]
  ) {
    abortStream(run, cancel: cancel, &actions)
    wait(
      for: .list(run.reason, floor: run.floor), because: problem, retryAfterSeconds: retryAfterSeconds,
      at: now)
  }

  private mutating func abortStream(_ run: StreamRun, cancel: Bool, _ actions: inout [ReflectorAction]) {
    if cancel { actions.append(.cancel(id: run.request)) }
    counters.abortedLists += 1
    actions.append(.listAborted)
  }
}
