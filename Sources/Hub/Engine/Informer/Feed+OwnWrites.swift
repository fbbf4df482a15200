import JSONScan
import Kubernetes

/// What the hub wrote itself is nobody's news: its Events are as if they were not there (SEMANTICS 6).
extension Feed {
  private static let eventGroups = ["", "events.k8s.io"]
  private static let labelName = Array(ObjectEvent.label.name.utf8)
  private static let labelValue = Array(ObjectEvent.label.value.utf8)

  /// Whether it is an Event that the hub wrote. Its label says so, which stands in the metadata too: that is often all that
  /// is watched.
  func isHubsOwn(_ head: ObjectHead, in text: RawSpan) -> Bool {
    guard resource.kind == "Event", Self.eventGroups.contains(resource.groupVersion.group) else {
      return false
    }
    var isOwn = false
    head.labels?.forEachMember(in: text) { key, value in
      if key.equals(Self.labelName, in: text) { isOwn = value.equals(Self.labelValue, in: text) }
    }
    return isOwn
  }
}
