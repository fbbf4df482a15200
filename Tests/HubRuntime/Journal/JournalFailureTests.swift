import Foundation
import HubEngine
import TestSupport
import Testing

@testable import HubRuntime

@Suite("Journal: a disk that fails")
struct JournalFailureTests {
  /// Fails it, sees it drop, heals it by an image, and reads what is left.
  private func heal(
    _ journal: RunningJournal, _ faulty: FaultyDisk, _ place: JournalPlace
  ) async throws {
    try await waitUntil("an image is asked for") { journal.reports.contains(.imageWanted) }
    let before = journal.writer.statistics
    #expect(before.problem != nil)
    journal.append("lost too")
    #expect(journal.writer.statistics.dropped == before.dropped + 1)
    faulty.become(.works)
    journal.append("image", begins: true)
    journal.append("live")
    try await journal.appendDurably("rest", completes: true)
    try await waitUntil("it has recovered") { journal.reports.contains(.recovered) }
    #expect(journal.writer.statistics.problem == nil)
    try await journal.appendDurably("after")
    #expect(journal.close())
    #expect(try place.load().payloads == ["image", "live", "rest", "after"])
    #expect(place.files.count == 2)
  }

  @Test(
    "a full disk, a failing one: said once, frames are dropped, and a new image in a new file ends it",
    arguments: [ENOSPC, EIO, EDQUOT, EFBIG, EROFS])
  func writes(code: Int32) async throws {
    let place = try JournalPlace()
    let faulty = FaultyDisk()
    let journal = try RunningJournal(place, disk: faulty.disk)
    try await journal.appendDurably("good")
    faulty.become(.writeFails(code))
    journal.append("lost")
    try await waitUntil("the failure") { !journal.failures.isEmpty }
    #expect(
      journal.failures == [
        "writing \(place.path)/journal-0000000000000001.log: \(String(cString: strerror(code)))"
      ])
    try await heal(journal, faulty, place)
    #expect(journal.failures.count == 1)
  }

  @Test("after a failed sync nothing written since is trusted: it is cut off, and the state before is kept")
  func syncs() async throws {
    let place = try JournalPlace()
    let faulty = FaultyDisk()
    let journal = try RunningJournal(place, disk: faulty.disk)
    try await journal.appendDurably("good")
    let size = try place.bytes(1).count
    faulty.become(.syncFails(EIO))
    journal.append("not to be trusted")
    try await waitUntil("the failure") { !journal.failures.isEmpty }
    try await waitUntil("the cut") { try place.bytes(1).count == size }
    try await heal(journal, faulty, place)
  }

  @Test("a write that was taken in part leaves nothing behind")
  func half() async throws {
    let place = try JournalPlace()
    let faulty = FaultyDisk()
    let journal = try RunningJournal(place, disk: faulty.disk)
    try await journal.appendDurably("good")
    faulty.become(.writesHalf(ENOSPC))
    journal.append("a longer text that is cut")
    try await waitUntil("the failure") { !journal.failures.isEmpty }
    try await heal(journal, faulty, place)
  }

  @Test("a disk that hangs: beyond the limit of waiting bytes the journal fails, and the loop never waits")
  func stalls() async throws {
    let place = try JournalPlace()
    let faulty = FaultyDisk()
    let journal = try RunningJournal(place, disk: faulty.disk) { $0.waitingBytes = 10_000 }
    try await journal.appendDurably("good")
    faulty.become(.hangs)
    let text = String(repeating: "x", count: 964)
    var count = 0
    while journal.failures.isEmpty, count < 100 {
      journal.append(text)
      count += 1
    }
    #expect(count == 11 && journal.failures == ["the disk is too slow: 10000 bytes wait for it"])
    faulty.become(.works)
    try await heal(journal, faulty, place)
  }

  @Test(
    "at the limit of waiting bytes it does not fail, and one frame longer than it is taken when none waits")
  func atTheLimit() async throws {
    let place = try JournalPlace()
    let faulty = FaultyDisk()
    let journal = try RunningJournal(place, disk: faulty.disk) { $0.waitingBytes = 10_000 }
    try await journal.appendDurably(String(repeating: "x", count: 20_000))
    faulty.become(.hangs)
    for _ in 0..<10 { journal.append(String(repeating: "x", count: 964)) }
    faulty.become(.works)
    try await waitUntil("the disk has all") { journal.writer.statistics.waitingBytes == 0 }
    try await journal.appendDurably("end")
    #expect(journal.failures.isEmpty && journal.close())
  }

  @Test("a frame longer than the format allows is not written: it fails as a disk does")
  func tooLong() async throws {
    let place = try JournalPlace()
    let journal = try RunningJournal(place)
    let bytes = [UInt8](repeating: 1, count: JournalFormat.maxPayloadBytes + 1)
    _ = journal.writer.append(JournalFrame(entries: bytes))
    #expect(journal.failures == ["a frame of 67108865 bytes is longer than 67108864"])
    try await heal(journal, FaultyDisk(), place)
  }

  @Test("the disk fails again while the image is written: asked for again, and again, until it works")
  func failsAgain() async throws {
    let place = try JournalPlace()
    let faulty = FaultyDisk()
    let journal = try RunningJournal(place, disk: faulty.disk)
    try await journal.appendDurably("good")
    faulty.become(.writeFails(ENOSPC))
    journal.append("lost")
    for round in 1...3 {
      try await waitUntil("an image is asked for") {
        journal.failures.count == round && journal.reports.last == .imageWanted
      }
      journal.append("image of round \(round)", begins: true)
      journal.append("rest")
    }
    try await waitUntil("the last failure") { journal.failures.count == 4 }
    // Nothing is left of the images that came to nothing, and the state before is still there.
    try await waitUntil("the clean-up") { place.files == ["journal-0000000000000001.log", "lock"] }
    try await heal(journal, faulty, place)
  }

  @Test("a hub that ends while its journal fails leaves the state from before the failure")
  func endsFailing() async throws {
    let place = try JournalPlace()
    let faulty = FaultyDisk()
    let journal = try RunningJournal(place, disk: faulty.disk)
    try await journal.appendDurably("good")
    faulty.become(.syncFails(EIO))
    journal.append("lost")
    try await waitUntil("an image is asked for") { journal.reports.contains(.imageWanted) }
    journal.append("image", begins: true)
    journal.append("rest", completes: true)
    try await waitUntil("the second failure") { journal.failures.count == 2 }
    #expect(journal.close())
    #expect(try place.load().payloads == ["good"])
  }

  @Test("a disk that is full from the start: the first image, in the first file, is all that counts")
  func fullFromTheStart() async throws {
    let place = try JournalPlace()
    let faulty = FaultyDisk()
    faulty.become(.writeFails(ENOSPC))
    let journal = try RunningJournal(place, disk: faulty.disk)
    journal.append("lost")
    try await waitUntil("the failure") { !journal.failures.isEmpty }
    faulty.become(.works)
    try await journal.appendDurably("image", begins: true)
    // Without its end the image is not loaded.
    let copy = try JournalPlace()
    try copy.write(1, try place.bytes(1))
    #expect(try copy.load().payloads.isEmpty && copy.files == ["lock"])
    try await journal.appendDurably("rest", completes: true)
    try await waitUntil("it has recovered") { journal.reports.contains(.recovered) }
    #expect(journal.close())
    #expect(try place.load().payloads == ["image", "rest"])
  }

  @Test("a state directory that was removed under the hub is a failure like any other")
  func removed() async throws {
    let place = try JournalPlace()
    let journal = try RunningJournal(place)
    try await journal.appendDurably("good")
    try FileManager.default.removeItem(atPath: place.path)
    journal.append("image", begins: true, completes: true)
    try await waitUntil("the failure") { !journal.failures.isEmpty }
    #expect(journal.failures[0].hasSuffix("journal-0000000000000002.log: No such file or directory"))
    #expect(journal.close())
  }
}
