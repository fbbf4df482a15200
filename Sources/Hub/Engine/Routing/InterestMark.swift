import JSONScan
import Kubernetes

/// What an interest demands of every object that it matches, as one number: a label with its value, or the group and kind
/// of the controlling owner. An object has few marks, so the interests in it are found by them and not by trying each.
/// Different demands may have one mark, so who is found is still judged.
enum InterestMark {
  /// What an interest is found by.
  enum Demand: Sendable {
    /// Any object may match.
    case nothing
    /// One of these labels.
    case labels([UInt64])
    case owner(UInt64)
    /// One of these names.
    case names([UInt64])
  }

  static func demand(of interest: Interest) -> Demand {
    if let names = interest.names {
      return .names(
        names.map { name in
          let name = [UInt8](name.utf8)
          return Self.name(name.span.bytes)
        })
    }
    if let label = interest.selector.indexedLabel {
      let key = [UInt8](label.key.utf8)
      return .labels(
        label.values.map { value in
          let value = [UInt8](value.utf8)
          return Self.label(key.span.bytes, value.span.bytes)
        })
    }
    guard let owner = interest.owner else { return .nothing }
    let group = [UInt8](owner.group.utf8)
    let kind = [UInt8](owner.kind.utf8)
    return .owner(Self.owner(group.span.bytes, kind.span.bytes))
  }

  /// The mark of a label of an object; nil if its value is none.
  static func ofLabel(_ key: JSONSlice, _ value: JSONSlice, in text: RawSpan) -> UInt64? {
    guard value.kind == .string else { return nil }
    if key.hasEscapes || value.hasEscapes {
      let key = [UInt8]((key.string(in: text) ?? "").utf8)
      let value = [UInt8]((value.string(in: text) ?? "").utf8)
      return label(key.span.bytes, value.span.bytes)
    }
    return label(text.extracting(key.content), text.extracting(value.content))
  }

  /// The mark of an object's controlling owner.
  static func ofOwner(_ reference: OwnerReferenceSlices, in text: RawSpan) -> UInt64 {
    guard let group = reference.group(in: text), !reference.kind.hasEscapes else {
      let kind = reference.groupKind(in: text)
      let groupBytes = [UInt8](kind.group.utf8)
      let kindBytes = [UInt8](kind.kind.utf8)
      return owner(groupBytes.span.bytes, kindBytes.span.bytes)
    }
    return owner(text.extracting(group), text.extracting(reference.kind.content))
  }

  /// The mark of an object's name.
  static func ofName(_ slice: JSONSlice, in text: RawSpan) -> UInt64 {
    guard slice.hasEscapes else { return name(text.extracting(slice.content)) }
    let unescaped = [UInt8]((slice.string(in: text) ?? "").utf8)
    return name(unescaped.span.bytes)
  }

  private static func name(_ name: RawSpan) -> UInt64 { name.tableHash(seed: 5) }

  private static func label(_ key: RawSpan, _ value: RawSpan) -> UInt64 {
    key.tableHash(seed: 1) &* 3 ^ value.tableHash(seed: 2)
  }

  private static func owner(_ group: RawSpan, _ kind: RawSpan) -> UInt64 {
    group.tableHash(seed: 3) &* 3 ^ kind.tableHash(seed: 4)
  }
}

extension JSONSlice {
  /// What stands between the quotes of a string.
  fileprivate var content: Range<Int> { start + 1..<end - 1 }
}

extension OwnerReferenceSlices {
  /// Whether the owner is of this group and kind. The version is ignored: owners are stored under whichever was current.
  func isOf(_ owner: GroupKind, in text: RawSpan) -> Bool {
    guard let group = group(in: text), !kind.hasEscapes else { return groupKind(in: text) == owner }
    return text.extracting(kind.content).equals(owner.kind) && text.extracting(group).equals(owner.group)
  }

  /// Where the group stands in `apiVersion`: before the slash; nothing, of a core kind. Nil if it is written with escapes.
  fileprivate func group(in text: RawSpan) -> Range<Int>? {
    guard !apiVersion.hasEscapes else { return nil }
    let content = apiVersion.content
    for offset in content where text.octet(offset) == UInt8(ascii: "/") { return content.lowerBound..<offset }
    return content.lowerBound..<content.lowerBound
  }

  fileprivate func groupKind(in text: RawSpan) -> GroupKind {
    let version = apiVersion.string(in: text) ?? ""
    let slash = version.firstIndex(of: "/") ?? version.startIndex
    return GroupKind(group: String(version[..<slash]), kind: kind.string(in: text) ?? "")
  }
}
