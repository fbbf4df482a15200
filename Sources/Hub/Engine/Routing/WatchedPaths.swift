import JSONScan
import Kubernetes

/// The paths of `changes`, compiled: what of an object counts, as one number (SEMANTICS 2). Values that the decoder has
/// found in its pass are taken from there; only paths that lead elsewhere need another look at the object, and only
/// objects that such an interest matches get it.
struct WatchedPaths: Sendable {
  /// Tells it from other sets of paths; equal ones of many interests are one.
  let gate: UInt32
  private let paths: [Watched]
  private let plan: JSONPlan
  /// A path leads out of the metadata and is not `spec`.
  private let leavesMetadata: Bool
  private let hasSpec: Bool

  private struct Watched: Sendable {
    var source: Source
    /// The way on from there.
    var rest: [ChangePath.Step]
  }

  private enum Source: Sendable {
    case labels, annotations, generation, ownerReferences, deletionTimestamp, managedFields
    /// `metadata.generation`, of objects that have one; else the value at this place of the plan.
    case spec(Int)
    /// The value at this place of the plan.
    case scanned(Int)
  }

  init(_ paths: [ChangePath]) {
    let sorted = paths.map { ($0, Self.words(of: $0)) }.sorted { $0.1.lexicographicallyPrecedes($1.1) }
    gate = Self.number(of: sorted.map(\.1))
    var watched: [Watched] = []
    var scanned: [[String]] = []
    for (path, _) in sorted {
      let members = path.steps.prefix { if case .member = $0 { true } else { false } }.compactMap(\.name)
      if let source = Self.headSource(members) {
        watched.append(Watched(source: source, rest: Array(path.steps.dropFirst(2))))
      } else {
        let isSpec = path.steps == [.member("spec")]
        watched.append(
          Watched(
            source: isSpec ? .spec(scanned.count) : .scanned(scanned.count),
            rest: Array(path.steps.dropFirst(members.count))))
        scanned.append(members)
      }
    }
    self.paths = watched
    plan = JSONPlan(scanned)
    hasSpec = scanned.contains(["spec"])
    leavesMetadata = scanned.contains { $0.first != "metadata" && $0 != ["spec"] }
  }

  private static func headSource(_ members: [String]) -> Source? {
    guard members.count >= 2, members[0] == "metadata" else { return nil }
    return switch members[1] {
    case "labels": .labels
    case "annotations": .annotations
    case "generation": .generation
    case "ownerReferences": .ownerReferences
    case "deletionTimestamp": .deletionTimestamp
    case "managedFields": .managedFields
    default: nil
    }
  }

  /// Each step in words that nothing else has.
  private static func words(of path: ChangePath) -> [String] {
    path.steps.flatMap { step in
      switch step {
      case .member(let name): [".", name]
      case .element(let place): ["[", String(place)]
      }
    } + ["end"]
  }

  private static func number(of paths: [[String]]) -> UInt32 {
    var hash = StableHash()
    hash.combine("changes")
    hash.combine(UInt64(JSONSlice.digestVersion))
    for words in paths { for word in words { hash.combine(word) } }
    return UInt32(truncatingIfNeeded: hash.value())
  }

  func needsWhole(withoutGeneration: Bool) -> Bool { leavesMetadata || hasSpec && withoutGeneration }

  /// What stands at the paths, as one number; nil where only the metadata came and does not say it.
  func digest(
    of head: ObjectHead, isPartial: Bool, in text: RawSpan, _ matches: inout JSONMatches
  ) -> GateDigest? {
    if isPartial, needsWhole(withoutGeneration: head.generation == nil) { return nil }
    var isScanned = false
    var hash: UInt64 = 0
    for path in paths {
      let value: UInt64
      if case .spec = path.source, let generation = head.generation {
        value = Self.join(generation.digest(in: text), 2)
      } else {
        if let slice = slice(path, of: head, in: text, &matches, &isScanned) {
          value = Self.join(slice.digest(in: text), 1)
        } else {
          value = 0
        }
      }
      hash = Self.join(hash, value)
    }
    return GateDigest(gate: gate, value: hash)
  }

  private func slice(
    _ path: Watched, of head: ObjectHead, in text: RawSpan, _ matches: inout JSONMatches,
    _ isScanned: inout Bool
  ) -> JSONSlice? {
    let found: JSONSlice?
    switch path.source {
    case .labels: found = head.labels
    case .annotations: found = head.annotations
    case .generation: found = head.generation
    case .ownerReferences: found = head.ownerReferences
    case .deletionTimestamp: found = head.deletionTimestamp
    case .managedFields: found = head.managedFields
    case .spec(let place), .scanned(let place):
      if !isScanned {
        // The text was scanned when the object was found in it, so this cannot fail.
        try? plan.scan(head.object, in: text, into: &matches)
        isScanned = true
      }
      found = matches[place]
    }
    return path.rest.reduce(found) { $0?.value(at: $1, in: text) }
  }

  private static func join(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (high, low) = (left ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(by: right ^ 0xe703_7ed1_a0b4_28db)
    return (high ^ low) &+ left
  }
}

extension ChangePath.Step {
  fileprivate var name: String? { if case .member(let name) = self { name } else { nil } }
}

extension JSONSlice {
  /// The value one step further; nil if there is none.
  fileprivate func value(at step: ChangePath.Step, in text: RawSpan) -> JSONSlice? {
    switch step {
    case .member(let name): return member(name, in: text)
    case .element(let place):
      var found: JSONSlice?
      var index = 0
      forEachElement(in: text) { element in
        if index == place { found = element }
        index += 1
      }
      return found
    }
  }
}
