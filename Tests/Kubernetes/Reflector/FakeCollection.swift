/// One collection of an API server in memory: versions, pages from snapshots, history with compaction, and a restore
/// from a backup. It answers; the driver decides what goes wrong on the way.
struct FakeCollection {
  private(set) var version = 100_000
  /// The version by name.
  private(set) var objects: [String: (uid: Int, version: Int)] = [:]
  private var history: [(version: Int, line: String)] = []
  private var snapshots: [Int: [String]] = [:]
  private(set) var oldest = 100_000
  private var nextUID = 1

  /// The uid and version by name, as `ObjectsByActions` keeps them.
  var state: [String: String] {
    objects.mapValues { "uid-\($0.uid)@\($0.version)" }
  }

  mutating func change(_ random: inout SeededRandom) {
    version += 1 + random.below(3)
    let name = "o\(random.below(12))"
    guard let object = objects[name] else {
      nextUID += 1
      objects[name] = (nextUID, version)
      return history.append((version, KubeText.event("ADDED", name, version, uid: nextUID)))
    }
    if random.below(3) == 0 {
      objects[name] = nil
      history.append((version, KubeText.event("DELETED", name, version, uid: object.uid)))
    } else {
      objects[name] = (object.uid, version)
      history.append((version, KubeText.event("MODIFIED", name, version, uid: object.uid)))
    }
  }

  /// Forgets history, and with it all continue tokens.
  mutating func compact() {
    oldest = version
    history = []
    snapshots = [:]
  }

  /// An older state comes back under lower versions, far below any that was seen.
  mutating func restore(_ random: inout SeededRandom) {
    guard version > 50_000 else { return }
    version -= 40_000
    for name in objects.keys.sorted() where random.below(3) == 0 { objects[name] = nil }
    for name in objects.keys.sorted() {
      if let object = objects[name] { objects[name] = (object.uid, max(1, object.version - 40_000)) }
    }
    compact()
  }

  /// The answer to a page request.
  mutating func page(_ query: [String: String]) -> (status: Int, body: String) {
    let limit = Int(query["limit"] ?? "") ?? 500
    if let token = query["continue"] {
      let parts = token.split(separator: "-").compactMap { Int($0) }
      guard parts.count == 2, let snapshot = snapshots[parts[0]] else {
        return (410, KubeText.status(410, "Expired"))
      }
      return (200, page(of: snapshot, at: parts[0], from: parts[1], limit: limit))
    }
    if let floor = query["resourceVersion"].flatMap({ Int($0) }), floor > version {
      return (504, KubeText.status(504, "Timeout", details: KubeText.tooLarge))
    }
    let snapshot = objects.keys.sorted().map { name in
      KubeText.object(name, objects[name]?.version ?? 0, uid: objects[name]?.uid ?? 0)
    }
    snapshots[version] = snapshot
    return (200, page(of: snapshot, at: version, from: 0, limit: limit))
  }

  private func page(of snapshot: [String], at version: Int, from start: Int, limit: Int) -> String {
    let end = min(snapshot.count, start + limit)
    return KubeText.list(
      "\(version)", Array(snapshot[min(start, end)..<end]),
      continue: end < snapshot.count ? "\(version)-\(end)" : "")
  }

  /// The lines after a version, or nil if it is too old. None come to a version that is not reached yet.
  func lines(after position: Int) -> [(version: Int, line: String)]? {
    position < oldest ? nil : history.filter { $0.version > position }
  }
}

/// A small seeded generator for drivers.
struct SeededRandom {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0xD1B5_4A32_D192_ED03 }

  mutating func below(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int((state >> 33) % UInt64(bound))
  }
}
