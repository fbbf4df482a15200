import JSONScan
import Testing

@testable import HubEngine

@Suite("Kubernetes Events on a subscription")
struct ObjectEventTests {
  private func event(
    name: String = "s", uid: String = "u", message: String = "m", spell: UInt64 = 0,
    concern: Announcements.Concern = .spec
  ) -> ObjectEvent {
    var status = SubscriptionStatus()
    status.set(.authorized, .isFalse, reason: "R", message: message, at: 0)
    let words = status[.authorized].map(Announcements.Words.init)
    return ObjectEvent(
      uid: uid, namespace: "a", name: name,
      announcement: Announcements.Announcement(
        concern: concern, words: words ?? .init(status.conditions[0]), spell: spell), time: 0)
  }

  @Test("the name is the same for the same words of the same spell, and another for others")
  func names() {
    #expect(event().eventName == event().eventName)
    #expect(event().eventName.hasPrefix("s."))
    let others = [
      event(uid: "v"), event(message: "n"), event(spell: 1), event(concern: .rights), event(),
    ]
    #expect(Set(others.map(\.eventName)).count == others.count)
    #expect(
      event(message: "1", concern: .failing).eventName == event(message: "2", concern: .failing).eventName)
  }

  @Test("the name is a valid one of at most 253 bytes, whatever the subscription's is")
  func longNames() {
    let long = event(name: String(repeating: "a", count: 199) + "." + String(repeating: "b", count: 53))
    #expect(long.eventName.utf8.count == 199 + 1 + 16)
    #expect(!long.eventName.contains(".."))
  }

  @Test("a message is cut at 1,024 bytes, not inside a character", arguments: [1023, 1024, 1025, 5000])
  func longMessages(bytes: Int) throws {
    let text = String(repeating: "é", count: bytes / 2) + (bytes % 2 == 1 ? "x" : "")
    let message = try #require(try JSONValue(parsing: event(message: text).encoded())["message"]?.string)
    #expect(message.utf8.count <= 1024 && message.utf8.count >= min(bytes, 1022))
    #expect(bytes > 1024 ? message.hasSuffix("…") : message == text)
  }
}
