import JSONScan
import Kubernetes

extension Sighting {
  /// What a list's version means for the objects that it does not mention.
  static func ofVersion(_ text: String) -> Sighting {
    var sighting = Sighting(source: .deleted, namespace: 0, uid: 0, version: 0, flags: [])
    sighting.setVersion(text)
    return sighting
  }

  /// What an object's head says of its incarnation and version; the rest is the caller's.
  init(_ source: Source, _ head: ObjectHead, in text: RawSpan, namespace: UInt32) {
    self.init(source: source, namespace: namespace, uid: 0, version: 0, flags: [])
    if let slice = head.uid, let uid = UIDText.parse(slice, in: text) {
      self.uid = uid
    } else {
      let uidText = head.uid?.string(in: text) ?? ""
      oddUID = uidText
      flags.insert(.opaqueUID)
      self.uid = Self.standIn(for: uidText)
    }
    if let slice = head.resourceVersion, let number = ResourceVersion.decimal(slice, in: text) {
      version = number
    } else {
      setVersion(head.resourceVersion?.string(in: text) ?? "")
    }
  }

  private mutating func setVersion(_ text: String) {
    if let number = ResourceVersion(text).decimal {
      version = number
    } else {
      oddVersion = text
      flags.insert(.opaqueVersion)
      version = Self.standIn(for: text)
    }
  }

  private static func standIn(for text: String) -> UInt128 {
    var hash = StableHash()
    hash.combine(text)
    return hash.value()
  }
}

/// The bytes of an object's name and namespace, copied out of its text into buffers that are used again.
struct ObjectNames: Sendable {
  private(set) var name: [UInt8] = []
  private(set) var namespace: [UInt8] = []

  mutating func read(_ head: ObjectHead, in text: RawSpan) {
    Self.read(head.name, in: text, into: &name)
    Self.read(head.namespace, in: text, into: &namespace)
  }

  private static func read(_ slice: JSONSlice?, in text: RawSpan, into bytes: inout [UInt8]) {
    bytes.removeAll(keepingCapacity: true)
    guard let slice else { return }
    if slice.hasEscapes {
      bytes.append(contentsOf: (slice.string(in: text) ?? "").utf8)
    } else {
      // The buffer is read inside the closure only; the slice stands between its quotes.
      text.extracting(slice.start + 1..<slice.end - 1).withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
  }
}
