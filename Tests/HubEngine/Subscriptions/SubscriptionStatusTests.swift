import HubEngine
import JSONScan
import Testing

@Suite("Status of subscriptions")
struct SubscriptionStatusTests {
  private static let second: Int64 = 1_000_000_000
  private static let noon: Int64 = 1_767_268_800 * second  // 2026-01-01T12:00:00Z

  @Test("SEMANTICS 31: Ready is accepted, authorized, found and sink resolved")
  func ready() {
    var status = SubscriptionStatus()
    status.observe(generation: 1, at: Self.noon)
    #expect(status[.ready]?.status == .unknown)
    status.set(.authorized, .isTrue, reason: "Allowed", message: "", at: Self.noon)
    status.set(.resourcesFound, .isTrue, reason: "Served", message: "", at: Self.noon)
    #expect(status[.ready]?.status == .unknown)
    #expect(status[.ready]?.reason == "Pending")
    status.set(.sinkResolved, .isTrue, reason: "Resolved", message: "", at: Self.noon)
    #expect(status[.ready]?.status == .isTrue)
  }

  @Test(
    "SEMANTICS 31: Ready is False with the reason of what fails",
    arguments: [ConditionType.authorized, .resourcesFound, .sinkResolved])
  func notReady(_ type: ConditionType) {
    var status = Self.readyStatus()
    status.set(type, .isFalse, reason: "Broken", message: "it is", at: Self.noon)
    #expect(status[.ready]?.status == .isFalse)
    #expect(status[.ready]?.reason == "Broken")
    #expect(status[.ready]?.message == "it is")
  }

  @Test("SEMANTICS 31: a failing sink shows in Delivering only")
  func failingSink() {
    var status = Self.readyStatus()
    status.set(.delivering, .isFalse, reason: "SinkFailing", message: "503", at: Self.noon)
    #expect(status[.ready]?.status == .isTrue)
  }

  @Test("False is worse than Unknown whatever the order")
  func worst() {
    var status = Self.readyStatus()
    status.set(.sinkResolved, .isFalse, reason: "NoSink", message: "", at: Self.noon)
    status.set(.resourcesFound, .unknown, reason: "Discovering", message: "", at: Self.noon)
    #expect(status[.ready]?.reason == "NoSink")
    status.set(.sinkResolved, .isTrue, reason: "Resolved", message: "", at: Self.noon)
    #expect(status[.ready]?.status == .unknown)
    #expect(status[.ready]?.reason == "Discovering")
  }

  @Test("rights that are not known hold Ready back")
  func notReviewed() {
    var status = Self.readyStatus()
    status.set(.authorized, .unknown, reason: "ReviewFailed", message: "", at: Self.noon)
    #expect(status[.ready]?.status == .unknown)
  }

  @Test("the transition time changes only when the status changes")
  func transitionTime() {
    var status = SubscriptionStatus()
    status.set(.delivering, .isTrue, reason: "A", message: "", at: 1)
    status.set(.delivering, .isTrue, reason: "B", message: "m", at: 2)
    #expect(status[.delivering]?.lastTransitionTime == 1)
    #expect(status[.delivering]?.reason == "B")
    status.set(.delivering, .isFalse, reason: "C", message: "", at: 3)
    #expect(status[.delivering]?.lastTransitionTime == 3)
    status.set(.delivering, .unknown, reason: "C", message: "", at: 4)
    #expect(status[.delivering]?.lastTransitionTime == 4)
  }

  @Test("SEMANTICS 27: a refused edit shows until it is mended, whatever the form in force does")
  func refusedEdit() {
    var status = Self.readyStatus()
    let finding = SubscriptionFinding(path: [.member("spec"), .member("wake")], fault: .notServed)
    status.refuse(
      SubscriptionRefusal(generation: 2, findings: [finding]), lastAcceptedInForce: true, at: Self.noon + 1)
    #expect(status.observedGeneration == 2)
    #expect(status[.ready]?.status == .isFalse)
    #expect(status[.ready]?.reason == SubscriptionStatus.notAcceptedReason)
    #expect(
      status[.ready]?.message
        == "spec.wake: not served by this version; remove it (the form accepted before stays in force)")
    #expect(status[.ready]?.observedGeneration == 2)
    status.set(.sinkResolved, .isTrue, reason: "Resolved", message: "", at: Self.noon + 2)
    #expect(status[.ready]?.status == .isFalse)
    #expect(status[.sinkResolved]?.observedGeneration == 1)
    status.observe(generation: 3, at: Self.noon + 3)
    #expect(status[.ready]?.status == .isTrue)
    #expect(status[.ready]?.lastTransitionTime == Self.noon + 3)
  }

  @Test("a long list of findings is cut, and a long message too")
  func cut() {
    let findings = (0..<20).map {
      SubscriptionFinding(path: [.member("spec"), .member("x\($0)")], fault: .unknownField(suggestion: nil))
    }
    let message = SubscriptionRefusal(findings: findings).message(most: 2)
    #expect(
      message == "spec.x0: unknown field; remove it | spec.x1: unknown field; remove it | and 18 more")
    var status = SubscriptionStatus()
    let long = String(repeating: "é", count: SubscriptionStatus.maxMessageBytes)
    status.set(.delivering, .isFalse, reason: "R", message: long, at: 0)
    let written = status[.delivering]?.message ?? ""
    #expect(written.utf8.count <= SubscriptionStatus.maxMessageBytes)
    #expect(written.hasSuffix("é…"))
    let fitting = String(repeating: "e", count: SubscriptionStatus.maxMessageBytes)
    status.set(.delivering, .isFalse, reason: "R", message: fitting, at: 0)
    #expect(status[.delivering]?.message == fitting)
  }

  @Test("the merge patch has everything, in metav1's forms")
  func encoded() throws {
    var status = Self.readyStatus()
    status.set(
      .delivering, .isFalse, reason: "SinkFailing", message: "a \"503\"", at: Self.noon + Self.second / 2)
    status.sinkURI = "http://sink"
    status.pending = 3
    status.lastDeliveryTime = Self.noon + 61 * Self.second
    let patch = try JSONValue(parsing: status.encoded())
    #expect(patch["status"]?["observedGeneration"] == 1)
    #expect(patch["status"]?["sinkUri"] == "http://sink")
    #expect(patch["status"]?["pending"] == 3)
    #expect(patch["status"]?["lastDeliveryTime"] == "2026-01-01T12:01:01Z")
    let conditions = patch["status"]?["conditions"]?.array ?? []
    #expect(
      conditions.map { $0["type"]?.string } == [
        "Ready", "ResourcesFound", "Authorized", "SinkResolved", "Delivering",
      ])
    #expect(
      conditions.last == [
        "type": "Delivering", "status": "False", "reason": "SinkFailing", "message": "a \"503\"",
        "lastTransitionTime": "2026-01-01T12:00:00Z", "observedGeneration": 1,
      ])
  }

  @Test("what is not known is null in the patch, so that an older value goes")
  func encodedNulls() {
    let text = String(decoding: SubscriptionStatus().encoded(), as: UTF8.self)
    let expected = """
      {"status":{"observedGeneration":0,"conditions":[],"sinkUri":null,"pending":0,"lastDeliveryTime":null}}
      """
    #expect(text == expected)
  }

  @Test("SEMANTICS 31: conditions are written when they change, the counts alone at most every 10 minutes")
  func writes() {
    let written = Self.readyStatus()
    var status = written
    let maximum = SubscriptionStatus.countsMaximumAge
    #expect(!status.needsWrite(after: written, writtenAt: 0, at: maximum))
    #expect(status.needsWrite(after: nil, writtenAt: 0, at: 0))
    status.pending = 1
    status.lastDeliveryTime = 1
    #expect(!status.needsWrite(after: written, writtenAt: 0, at: maximum - 1))
    #expect(status.needsWrite(after: written, writtenAt: 0, at: maximum))
    status.sinkURI = "http://other"
    #expect(status.needsWrite(after: written, writtenAt: 0, at: 1))
    status = written
    status.set(.delivering, .isFalse, reason: "R", message: "", at: 1)
    #expect(status.needsWrite(after: written, writtenAt: 0, at: 1))
    status = written
    status.set(.sinkResolved, .isTrue, reason: "Resolved", message: "", at: 5)
    #expect(!status.needsWrite(after: written, writtenAt: 0, at: 5))
    status.observe(generation: 2, at: 5)
    #expect(status.needsWrite(after: written, writtenAt: 0, at: 5))
  }

  private static func readyStatus() -> SubscriptionStatus {
    var status = SubscriptionStatus()
    status.observe(generation: 1, at: noon)
    status.set(.authorized, .isTrue, reason: "Allowed", message: "", at: noon)
    status.set(.resourcesFound, .isTrue, reason: "Served", message: "", at: noon)
    status.set(.sinkResolved, .isTrue, reason: "Resolved", message: "", at: noon)
    return status
  }
}
