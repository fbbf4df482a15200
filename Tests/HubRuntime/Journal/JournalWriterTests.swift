import Foundation
import HubEngine
import TestSupport
import Testing

@testable import HubRuntime

@Suite("Journal: writing")
struct JournalWriterTests {
  @Test("frames are numbered from 1, and those appended while the disk is busy share one sync")
  func groups() async throws {
    let place = try JournalPlace()
    let faulty = FaultyDisk()
    let journal = try RunningJournal(place, disk: faulty.disk)
    try await journal.appendDurably("first")
    faulty.become(.hangs)
    for index in 0..<1_000 { #expect(journal.append("\(index)") == UInt64(index + 2)) }
    #expect(journal.writer.statistics.waitingBytes > 36_000)
    faulty.become(.works)
    let last = try await journal.appendDurably("last")
    let statistics = journal.writer.statistics
    #expect(last == 1_002 && statistics.frames == 1_002 && statistics.waitingBytes == 0)
    #expect(statistics.syncs.count <= 4)
    #expect(statistics.fileBytes == UInt64(try place.bytes(1).count))
    #expect(journal.close())
    #expect(try place.load().payloads.count == 1_002)
  }

  @Test("frames that nobody waits for are gathered; one that somebody waits for is not held up by it")
  func gathering() async throws {
    let place = try JournalPlace()
    let journal = try RunningJournal(place) { $0.gatherMilliseconds = 3_600_000 }
    // The first sync is due at once, and the next in an hour.
    try await journal.appendDurably("first")
    for _ in 0..<100 { journal.append("later") }
    #expect(journal.writer.statistics.frames == 1)
    try await journal.appendDurably("urgent")
    #expect(journal.writer.statistics.frames == 102 && journal.writer.statistics.syncs.count == 2)
    journal.append("at the end")
    #expect(journal.close())
    #expect(try place.load().payloads.last == "at the end")
  }

  @Test("an image begins a file; when it is complete and durable, and not before, the older ones go")
  func image() async throws {
    let place = try JournalPlace()
    let journal = try RunningJournal(place)
    try await journal.appendDurably("old")
    journal.append("old too")
    try await journal.appendDurably("one", begins: true)
    try await journal.appendDurably("live")
    #expect(place.files.count == 3)
    try await journal.appendDurably("two", completes: true)
    #expect(place.files == ["journal-0000000000000002.log", "lock"])
    journal.append("after")
    #expect(journal.close())
    let read = try place.load()
    #expect(read.payloads == ["one", "live", "two", "after"])
    #expect(read.end.imageBytes + read.end.bytesSinceImage == read.end.files.last?.bytes)
  }

  @Test("images within one group, and one that another replaces before it is complete")
  func images() async throws {
    let place = try JournalPlace()
    let faulty = FaultyDisk()
    let journal = try RunningJournal(place, disk: faulty.disk)
    try await journal.appendDurably("old")
    faulty.become(.hangs)
    journal.append("x")
    journal.append("given up", begins: true)
    journal.append("image", begins: true)
    journal.append("y")
    journal.append("rest", completes: true)
    journal.append("whole", begins: true, completes: true)
    faulty.become(.works)
    try await journal.appendDurably("z")
    #expect(journal.close())
    #expect(try place.load().payloads == ["whole", "z"])
    #expect(place.files == ["journal-0000000000000004.log", "lock"])
  }

  @Test("an image is asked for when more was written than it has bytes, and than the least growth")
  func growth() async throws {
    let place = try JournalPlace()
    let journal = try RunningJournal(place) { $0.growthBytes = 1_000 }
    let text = String(repeating: "x", count: 264)
    for _ in 0..<3 { try await journal.appendDurably(text) }
    #expect(!journal.reports.contains(.imageWanted))
    try await journal.appendDurably(text)
    try await waitUntil("the wish") { journal.reports.contains(.imageWanted) }
    for _ in 0..<2 { try await journal.appendDurably(text) }
    #expect(journal.reports.count { $0 == .imageWanted } == 1)
    let image = String(repeating: "y", count: 2_916)
    try await journal.appendDurably(image, begins: true, completes: true)
    for _ in 0..<10 { try await journal.appendDurably(text) }
    #expect(journal.reports.count { $0 == .imageWanted } == 1)
    try await journal.appendDurably(text)
    try await waitUntil("the second wish") { journal.reports.count { $0 == .imageWanted } == 2 }
    #expect(journal.close())
    // What was grown when the hub ended is known at its next start.
    let next = try RunningJournal(place) { $0.growthBytes = 1_000 }
    try await waitUntil("the wish at the start") { next.reports == [.imageWanted] }
    #expect(next.close())
  }

  @Test("what was appended before the end is written, also by a writer that is let go")
  func end() async throws {
    let place = try JournalPlace()
    var journal: RunningJournal? = try RunningJournal(place) { $0.gatherMilliseconds = 3_600_000 }
    for index in 0..<100 { journal?.append("\(index)") }
    #expect(journal?.writer.statistics.problem == nil)
    journal = nil
    // The lock is let go by the writer's thread when it ends.
    let read = try await waitFor("the directory to be free") { try? place.load() }
    #expect(read.payloads.count == 100)
  }

  @Test("the directory as it is at any instant of writing, as a killed hub would leave it, can be loaded")
  func anyInstant() async throws {
    let place = try JournalPlace()
    let journal = try RunningJournal(place) { $0.growthBytes = 4_000 }
    var appended = 0
    var imaged = 0
    for round in 0..<150 {
      for _ in 0..<20 {
        appended += 1
        journal.append("\(appended)")
      }
      if round % 5 == 4 {
        imaged = appended
        journal.append("image \(appended)", begins: true)
        journal.append("rest", completes: round % 10 == 9)
      }
      guard let copy = try copied(place) else { continue }
      let numbers = try copy.load().payloads.compactMap { text in
        text.hasPrefix("image ") ? Int(text.dropFirst(6)) : Int(text)
      }
      // A prefix of what was appended: nothing in between is missing.
      for (one, next) in zip(numbers, numbers.dropFirst()) { #expect(next == one + 1 || next == one) }
    }
    #expect(imaged > 0 && journal.close())
  }

  /// Newest first, so that none is younger than the ones behind it. Nil: one went meanwhile.
  private func copied(_ place: JournalPlace) throws -> JournalPlace? {
    let copy = try JournalPlace()
    for name in place.files.reversed() where name != "lock" {
      guard let data = try? Data(contentsOf: URL(filePath: place.path + "/" + name)) else { return nil }
      try data.write(to: URL(filePath: copy.path + "/" + name))
    }
    return copy
  }

  @Test("100,000 entries of 100 bytes in frames of a thousand load at once")
  func large() async throws {
    let place = try JournalPlace()
    let journal = try RunningJournal(place)
    let frame = JournalFrame(entries: [UInt8](repeating: 7, count: 100_000))
    for _ in 0..<100 { _ = journal.writer.append(frame) }
    #expect(journal.close())
    var bytes = 0
    let opened = try JournalDirectory(place.path)
    let end = try opened.load { bytes += $0.byteCount }
    #expect(bytes == 10_000_000 && end.frames == 100)
  }
}
