import Foundation
import HubEngine
import TestSupport
import Testing

@testable import HubRuntime

@Suite("Journal: the state directory")
struct JournalDirectoryTests {
  /// Two files as a hub leaves them: 1 with frames 1–3, and 2 with an image that was begun.
  private static func fill(_ place: JournalPlace, complete: Bool = false) async throws {
    let journal = try RunningJournal(place)
    try await journal.appendDurably("a")
    try await journal.appendDurably("b")
    try await journal.appendDurably("c")
    try await journal.appendDurably("image", begins: true, completes: complete)
    try await journal.appendDurably("live")
    #expect(journal.close())
  }

  @Test("it is made if its parent is there, and holds nothing then")
  func fresh() throws {
    let place = try JournalPlace()
    let path = place.path + "/state"
    let opened = try JournalDirectory(path)
    let end = try opened.load { _ in Issue.record("nothing was written") }
    #expect(end == JournalEnd())
    #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["lock"])
    #expect(throws: JournalError.unusable(path: place.path + "/a/b", reason: "No such file or directory")) {
      try JournalDirectory(place.path + "/a/b")
    }
  }

  @Test("a second hub is told who has it; when the first has gone, it may")
  func locked() throws {
    let place = try JournalPlace()
    var first: JournalDirectory? = try JournalDirectory(place.path)
    let locked = JournalError.locked(path: place.path, pid: "\(getpid())")
    #expect(throws: locked) { try JournalDirectory(place.path) }
    #expect(
      "\(locked)"
        == "\(place.path) is in use by another hub (process \(getpid())); stop that one, or give each"
        + " its own directory")
    #expect(first?.path == place.path)
    first = nil
    _ = try JournalDirectory(place.path)
  }

  @Test("a file where the directory should be, a directory where a file should be, a link out of it")
  func strangeFiles() throws {
    let place = try JournalPlace()
    let file = try place.directory.write("file", "x")
    #expect(throws: JournalError.notADirectory(path: file)) { try JournalDirectory(file) }
    let name = place.path + "/" + JournalFormat.fileName(1)
    try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: false)
    #expect(throws: JournalError.file(path: name, reason: "not a regular file; move it away")) {
      try place.load()
    }
    try FileManager.default.removeItem(atPath: name)
    try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: file)
    #expect(throws: JournalError.file(path: name, reason: "Too many levels of symbolic links")) {
      try place.load()
    }
  }

  @Test(
    "what may not be read or written is refused with the system's reason",
    .enabled(if: geteuid() != 0, "root may do everything"))
  func permissions() throws {
    let place = try JournalPlace()
    try place.write(1, JournalFileHeader(sequence: 1, createdAt: 0, firstFrame: 1, continues: true).encoded())
    let name = place.path + "/" + JournalFormat.fileName(1)
    #expect(chmod(name, 0) == 0)
    #expect(throws: JournalError.file(path: name, reason: "Permission denied")) { try place.load() }
    #expect(chmod(name, 0o600) == 0 && chmod(place.path, 0o500) == 0)
    defer { chmod(place.path, 0o700) }
    #expect(throws: JournalError.unusable(path: place.path, reason: "lock: Permission denied")) {
      try JournalDirectory(place.path)
    }
  }

  @Test("frames come back in order, and the journal is written on where it ended")
  func reload() async throws {
    let place = try JournalPlace()
    try await Self.fill(place)
    var read = try place.load()
    #expect(read.payloads == ["a", "b", "c", "image", "live"] && read.end.lastFrame == 5)
    #expect(place.files == ["journal-0000000000000001.log", "journal-0000000000000002.log", "lock"])
    let journal = try RunningJournal(place)
    #expect(try await journal.appendDurably("more") == 6)
    #expect(journal.close())
    read = try place.load()
    #expect(read.payloads == ["a", "b", "c", "image", "live", "more"] && read.end.frames == 6)
  }

  @Test("a torn tail at every byte: what was before is loaded, the file is cut there, and written on")
  func torn() async throws {
    let place = try JournalPlace()
    try await Self.fill(place)
    let whole = try place.bytes(2)
    let sizes = [48 + 36 + 5, 48 + 36 + 5 + 36 + 4]
    for length in 0..<whole.count {
      let other = try JournalPlace()
      try other.write(1, try place.bytes(1))
      try other.write(2, Array(whole[..<length]))
      let kept = sizes.count { $0 <= length }
      let payloads = ["a", "b", "c"] + ["image", "live"][..<kept]
      var read = try other.load()
      #expect(read.payloads == payloads, "cut at \(length)")
      let good = length < 48 ? nil : kept == 0 ? 48 : sizes[kept - 1]
      #expect((read.end.cut?.lostBytes ?? 0) == UInt64(good.map { length - $0 } ?? 0))
      if let good { #expect(try other.bytes(2).count == good) } else { #expect(other.files.count == 2) }
      guard length % 7 == 0 || length < 2 else { continue }
      let journal = try RunningJournal(other)
      try await journal.appendDurably("more")
      #expect(journal.close())
      read = try other.load()
      #expect(read.payloads == payloads + ["more"] && read.end.cut == nil)
    }
  }

  @Test("a damaged middle is refused by file and byte, with the way out, and nothing of it is touched")
  func damaged() async throws {
    let place = try JournalPlace()
    try await Self.fill(place)
    var bytes = try place.bytes(1)
    bytes[48 + 36 + 1 + 36] ^= 1
    try place.write(1, bytes)
    let error = JournalError.fault(
      directory: place.path, .damaged(sequence: 1, offset: UInt64(48 + 37), frame: 2))
    #expect(throws: error) { try place.load() }
    #expect(
      "\(error)" == place.path
        + "/journal-0000000000000001.log is damaged at byte 85 (frame 2), where it had been"
        + " safely on disk; restore the directory, or: move the directory away and start without: everything is"
        + " told again as initial, and deletes made since are not known (docs/journal.md)")
    #expect(try place.bytes(1) == bytes && place.files.count == 3)
  }

  @Test("faults name the file and the remedy")
  func faults() throws {
    func sentence(_ fault: JournalFault) -> String { "\(JournalError.fault(directory: "/s", fault))" }
    let file = "/s/journal-0000000000000003.log"
    #expect(
      sentence(.foreignFile(sequence: 3)).hasPrefix("\(file) is not a journal of this hub; move it away"))
    #expect(
      sentence(.newerFormat(sequence: 3, version: 9)).hasPrefix("\(file) has the format 9, and this hub"))
    #expect(sentence(.olderFormat(sequence: 3, version: 0)).hasPrefix("\(file) has the format 0, which this"))
    #expect(sentence(.missingFile(sequence: 3)).hasPrefix("\(file) is missing; put it back, or: move"))
    #expect(sentence(.misnamed(sequence: 3, holds: 4)).contains("it is journal-0000000000000004.log"))
  }

  @Test("what the frames say may be refused: by file and byte, before anything is changed")
  func refused() async throws {
    let place = try JournalPlace()
    try await Self.fill(place)
    struct Strange: Error, CustomStringConvertible { let description = "of another cluster" }
    let opened = try JournalDirectory(place.path)
    var count = 0
    let error = #expect(throws: JournalError.self) {
      try opened.load { _ in
        count += 1
        if count == 4 { throw Strange() }
      }
    }
    #expect(
      error == .refused(path: opened.path(of: 2), offset: 48, reason: "of another cluster") && count == 4)
    #expect(
      "\(try #require(error))".contains("the state at byte 48 cannot be used: of another cluster; move"))
  }

  @Test("older files that an image has made needless go at the next load, whatever is in them")
  func obsolete() async throws {
    let place = try JournalPlace()
    try await Self.fill(place, complete: true)
    #expect(place.files == ["journal-0000000000000002.log", "lock"])
    try place.write(1, Array("left over".utf8))
    let read = try place.load()
    #expect(read.payloads == ["image", "live"])
    #expect(place.files == ["journal-0000000000000002.log", "lock"])
  }
}
