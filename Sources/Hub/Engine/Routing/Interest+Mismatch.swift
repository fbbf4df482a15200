import JSONScan
import Kubernetes

extension Interest {
  /// Why an object does not match, its namespace apart; nil if it does. Judges as `matches` does, and says why.
  func mismatch(
    _ head: ObjectHead, _ controller: inout ControllerLook, in text: RawSpan
  ) -> Untold.Reason? {
    if owner != nil || role == .controller {
      guard let reference = controller.reference(of: head, in: text) else { return .noController }
      if let owner, !reference.isOf(owner, in: text) { return .otherOwner }
    }
    if !fields.isEverything, !fields.matches(head, in: text) { return .fields }
    if let names, !(head.name?.string(in: text).map(names.contains) ?? false) { return .name }
    return selector.isEverything || selector.matches(labels: head.labels, in: text) ? nil : .labels
  }
}
