import Kubernetes
import Testing

@testable import HubEngine

@Suite("Children whose owner's kind is not known yet")
struct HeldChildrenTests {
  private static let group = GroupVersion(group: "samplecontroller.k8s.io", version: "v1alpha1")
  private static let other = GroupVersion(group: "other.example", version: "v1")

  private static func child(_ owner: String, version: String = "1") -> ChildChange {
    ChildChange(
      owner: OwnerReference(apiVersion: group.apiVersion, kind: "Foo", name: owner, uid: "u"),
      childKind: "Deployment", childUID: 7, childVersion: version)
  }

  private static func change(_ child: ChildChange, of subscription: UInt32, cause: Cause = .change)
    -> RoutedChange
  {
    RoutedChange(subscription: subscription, namespace: 1, what: .child(child), cause: cause)
  }

  private static func hold(
    _ held: inout HeldChildren, _ owner: String, _ subscription: UInt32, version: String = "1",
    cause: Cause = .change, until groupVersion: GroupVersion = group
  ) {
    let child = child(owner, version: version)
    held.hold(change(child, of: subscription, cause: cause), child, until: groupVersion)
  }

  private static func texts(_ changes: [RoutedChange]) -> [String] {
    changes.map { change in
      guard case .child(let child) = change.what else { return "?" }
      return "\(change.subscription) \(child.owner.name) \(child.childVersion) \(change.cause.text)"
    }
  }

  @Test("of each owner and subscription the newest change is held, in the order of the first")
  func newest() {
    var held = HeldChildren()
    Self.hold(&held, "a", 1)
    Self.hold(&held, "b", 1)
    Self.hold(&held, "a", 2)
    Self.hold(&held, "a", 1, version: "2")
    #expect(held.count == 3)
    #expect(Self.texts(held.release(Self.group)) == ["1 a 2 change", "1 b 1 change", "2 a 1 change"])
    #expect(held.count == 0 && held.release(Self.group).isEmpty)
  }

  @Test("SEMANTICS 15: of the held causes the strongest is told")
  func causes() {
    var held = HeldChildren()
    Self.hold(&held, "a", 1, version: "1", cause: .change)
    Self.hold(&held, "a", 1, version: "2", cause: .initial)
    #expect(Self.texts(held.release(Self.group)) == ["1 a 2 change"])
  }

  @Test("each group and version is released alone")
  func groups() {
    var held = HeldChildren()
    Self.hold(&held, "a", 1)
    Self.hold(&held, "b", 1, until: Self.other)
    #expect(Self.texts(held.release(Self.other)) == ["1 b 1 change"])
    #expect(held.count == 1)
  }

  @Test("nothing is kept of a subscription that is gone, and the others' changes still merge")
  func forgetting() {
    var held = HeldChildren()
    for owner in ["a", "b"] {
      for subscription in [1, 2] as [UInt32] { Self.hold(&held, owner, subscription) }
    }
    held.forget(subscription: 1)
    Self.hold(&held, "b", 2, version: "2")
    #expect(Self.texts(held.release(Self.group)) == ["2 a 1 change", "2 b 2 change"])
  }
}
