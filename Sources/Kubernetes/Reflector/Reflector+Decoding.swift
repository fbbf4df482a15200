import JSONScan

/// The lines of one buffer up to the first that ends the watch.
struct DecodedLines {
  enum End {
    case error(APIStatus)
    case problem(ReflectorListReason, ReflectorProblem)
  }

  /// Events and bookmarks, in order.
  var lines: [WatchLine] = []
  /// How many of them are events.
  var events = 0
  /// The version of the last of them.
  var version: String?
  /// Why the rest does not count, if it does not.
  var end: End?

  /// The number of the newest version, and where the last event has its version; the latter is made a String
  /// once a buffer.
  private var newest: UInt128?
  private var lastVersion: JSONSlice?

  init(after version: String?) {
    newest = version.flatMap { ResourceVersion($0).decimal }
  }

  mutating func append(_ line: WatchLine, in text: RawSpan) {
    switch line {
    case .added(let head), .modified(let head), .deleted(let head):
      guard moveOn(to: head.resourceVersion.flatMap { ResourceVersion.decimal($0, in: text) }) else { return }
      lastVersion = head.resourceVersion
      events += 1
      lines.append(line)
    case .bookmark(let version, _):
      guard moveOn(to: ResourceVersion(version).decimal) else { return }
      lastVersion = nil
      self.version = version
      lines.append(line)
    case .error(let status):
      end = .error(status)
    }
  }

  mutating func finish(in text: RawSpan) {
    version = lastVersion?.string(in: text) ?? version
  }

  /// Versions of one watch only grow, where they are numbers (SEMANTICS 11).
  private mutating func moveOn(to number: UInt128?) -> Bool {
    if let newest, let number, number < newest {
      end = .problem(.versionWentBack, .versionWentBack(from: String(newest), to: String(number)))
      return false
    }
    newest = number ?? newest
    return true
  }
}

extension Reflector {
  mutating func decode(_ buffer: FramedBuffer) -> DecodedLines {
    var batch = DecodedLines(after: version)
    batch.lines.reserveCapacity(buffer.lines.count)
    let text = buffer.bytes.span.bytes
    for range in buffer.lines where batch.end == nil {
      do {
        batch.append(try decoder.decode(text, lineAt: range), in: text)
      } catch {
        batch.end = .problem(.malformed, .malformed(error))
      }
    }
    batch.finish(in: text)
    return batch
  }
}
