import JSONScan
import Kubernetes

/// One entry of `spec.resources` of one subscription, as one feed judges it. A known object refers to it by number.
struct Interest: Sendable {
  enum Role: UInt8, Sendable {
    /// The key is the object.
    case object
    /// The key is the object's controlling owner (SEMANTICS 5).
    case controller

    /// Tells a leaving that an edit causes from other events of the same version. The owner's own leaving and that of
    /// its child may be told of one key.
    var leavingMark: String {
      switch self {
      case .object: "/left"
      case .controller: "/released"
      }
    }
  }

  var subscription: UInt32
  var role: Role
  var selector: LabelSelector
  /// The controlling owner must be of this group and kind.
  var owner: GroupKind?
  var operations: OperationSet
  /// The names that an object may have; nil: all.
  var names: Set<String>?
  /// What its name and namespace must be.
  var fields = FieldSelector.everything
  /// What an Update must show; nil: nothing.
  var gate: UpdateGate?
  /// The one namespace, or nil for all of them.
  var namespace: UInt32?
  /// The selection of namespaces, of the feed's, that it looks at; nil: all of them, or the one.
  var scope: UInt32?
  /// The number under which acknowledgements are kept: one per subscription and feed, over all its edits.
  var member: UInt32
  var wantsBody: Bool
  /// Tell what exists already.
  var initial: Bool
  /// Its place among the subscription's entries of this kind, by which the journal finds its selector again.
  var entry: UInt32 = 0
  /// What tells the events of an edit from those before it: of the edit that let it in, or that retired it. Empty for
  /// the form that was accepted first.
  var token = ""
  /// A complete list has been judged for it.
  var isCaughtUp = false
  /// The list that is running judges it from its first page.
  var isInRunningList = false
  /// An edit replaced it: it matches nothing any more and only remembers what it did match (SEMANTICS 28).
  var isRetired = false

  /// Takes what an entry demands beyond its labels and owner.
  mutating func demand(_ entry: ResourceInterest) {
    names = entry.names.isEmpty ? nil : Set(entry.names)
    fields = entry.fieldSelector
    // By a name it is found faster than by anything else.
    if let name = fields.demandedName { names = names.map { $0.intersection([name]) } ?? [name] }
    gate = UpdateGate(entry)
  }

  /// Whether an object matches, its namespace apart (SEMANTICS 1).
  func matches(_ head: ObjectHead, _ controller: inout ControllerLook, in text: RawSpan) -> Bool {
    if owner != nil || role == .controller {
      guard let reference = controller.reference(of: head, in: text) else { return false }
      if let owner, !reference.isOf(owner, in: text) { return false }
    }
    if let names, !(head.name?.string(in: text).map(names.contains) ?? false) { return false }
    if !fields.isEverything, !fields.matches(head, in: text) { return false }
    return selector.isEverything || selector.matches(labels: head.labels, in: text)
  }
}

/// The controlling owner of one object, read when the first interest asks for it, and once.
enum ControllerLook: Sendable {
  case unread
  case none
  case found(OwnerReferenceSlices)

  mutating func reference(of head: ObjectHead, in text: RawSpan) -> OwnerReferenceSlices? {
    switch self {
    case .none: return nil
    case .found(let reference): return reference
    case .unread:
      let reference = head.controllerReference(in: text)
      self = reference.map { .found($0) } ?? .none
      return reference
    }
  }
}
