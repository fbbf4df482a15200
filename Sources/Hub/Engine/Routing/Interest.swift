import JSONScan
import Kubernetes

/// One entry of `spec.resources` of one subscription, as one feed judges it. A known object refers to it by number.
struct Interest: Sendable {
  enum Role: UInt8, Sendable {
    /// The key is the object.
    case object
    /// The key is the object's controlling owner (SEMANTICS 5).
    case controller
  }

  var subscription: UInt32
  var role: Role
  var selector: LabelSelector
  /// The controlling owner must be of this group and kind.
  var owner: GroupKind?
  var operations: OperationSet
  /// The one namespace, or nil for all of them.
  var namespace: UInt32?
  /// The number under which acknowledgements are kept: one per subscription and feed, over all its edits.
  var member: UInt32
  var wantsBody: Bool
  /// Tell what exists already.
  var initial: Bool
  /// What tells the events of an edit from those before it: of the edit that let it in, or that retired it. Empty for
  /// the form that was accepted first.
  var token = ""
  /// A complete list has been judged for it.
  var isCaughtUp = false
  /// The list that is running judges it from its first page.
  var isInRunningList = false
  /// An edit replaced it: it matches nothing any more and only remembers what it did match (SEMANTICS 28).
  var isRetired = false

  /// Whether an object matches, its namespace apart (SEMANTICS 1).
  func matches(_ head: ObjectHead, in text: RawSpan) -> Bool {
    if let owner {
      guard let reference = head.controllerReference(in: text),
        let kind = reference.kind.string(in: text), kind == owner.kind,
        let apiVersion = reference.apiVersion.string(in: text),
        // The version is ignored: owners are stored under whichever was current.
        (GroupVersion(apiVersion: apiVersion)?.group ?? "") == owner.group
      else { return false }
    }
    if role == .controller, owner == nil, head.controllerReference(in: text) == nil { return false }
    return selector.isEverything || selector.matches(labels: head.labels, in: text)
  }
}
