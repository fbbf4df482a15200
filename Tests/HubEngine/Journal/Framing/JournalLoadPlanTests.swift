import HubEngine
import Testing

@Suite("Journal: which files are loaded")
struct JournalLoadPlanTests {
  /// The first file of a directory: frames 1–3.
  private static func first() -> JournalText {
    var file = JournalText(1)
    file.group("a", "b")
    file.group("c")
    return file
  }

  /// A second one, that begins with the image `pieces` and has one frame of changes behind it.
  private static func second(
    continues: Bool = true, firstFrame: UInt64 = 4, complete: Bool = true
  ) -> JournalText {
    var file = JournalText(2, firstFrame: firstFrame, continues: continues)
    if complete {
      file.image("x", "y")
    } else {
      file.group([JournalFrame(entries: [1], beginsImage: true)])
    }
    file.group("live")
    return file
  }

  private static func cut(_ file: JournalText, to length: Int) -> (UInt64, JournalFileScan) {
    (file.sequence, ScannedFile(Array(file.bytes[..<length])).scan)
  }

  private static func flipped(_ file: JournalText, at: Int) -> (UInt64, JournalFileScan) {
    var bytes = file.bytes
    bytes[at] ^= 0x40
    return (file.sequence, ScannedFile(bytes).scan)
  }

  @Test("no files: no state, and the first frame will be 1")
  func empty() throws {
    let plan = try JournalLoadPlan([])
    #expect(plan.parts.isEmpty && plan.lastFrame == 0 && plan.cut == nil && plan.bytesSinceImage == 0)
  }

  @Test("the first file of a directory needs no image; all of its bytes count as since the image")
  func fresh() throws {
    let file = Self.first()
    #expect(JournalLoadPlan.isEnough(file.scanned.scan))
    let plan = try JournalLoadPlan([file.file])
    #expect(plan.parts.map(\.sequence) == [1] && plan.parts.map(\.goodBytes) == [UInt64(file.bytes.count)])
    #expect(plan.lastFrame == 3 && plan.imageBytes == 0 && plan.bytesSinceImage == UInt64(file.bytes.count))
  }

  @Test("a file with a complete image is enough; one with a begun image continues the one before")
  func images() throws {
    let whole = Self.second()
    #expect(JournalLoadPlan.isEnough(whole.scanned.scan))
    let plan = try JournalLoadPlan([whole.file])
    #expect(plan.parts.map(\.sequence) == [2] && plan.lastFrame == 6)
    #expect(plan.imageBytes + plan.bytesSinceImage == UInt64(whole.bytes.count))
    let begun = Self.second(complete: false)
    #expect(!JournalLoadPlan.isEnough(begun.scanned.scan))
    let both = try JournalLoadPlan([Self.first().file, begun.file])
    #expect(both.parts.map(\.sequence) == [1, 2] && both.lastFrame == 5 && both.removals.isEmpty)
  }

  @Test("cut at any byte, the newest file is cut there or removed; what is loaded is what was before")
  func newestTorn() throws {
    let (one, two) = (Self.first(), Self.second(complete: false))
    for length in 0..<two.bytes.count {
      let plan = try JournalLoadPlan([one.file, Self.cut(two, to: length)])
      if length < JournalFormat.fileHeaderBytes {
        #expect(plan.parts.map(\.sequence) == [1] && plan.removals == [2] && plan.cut == nil)
        #expect(plan.lastFrame == 3)
      } else {
        #expect(plan.parts.map(\.sequence) == [1, 2] && plan.removals.isEmpty)
        let border = ([48] + two.offsets).contains(length)
        #expect((plan.cut == nil) == border)
      }
    }
  }

  @Test("an older file that is cut at any byte is damaged, at the place of the first frame that is gone")
  func olderTorn() {
    let (one, two) = (Self.first(), Self.second(complete: false))
    let borders = [0] + one.offsets + [one.bytes.count]
    for length in 0..<one.bytes.count {
      let whole = length < 48 ? 0 : borders.lastIndex { $0 <= length } ?? 0
      let fault = JournalFault.damaged(
        sequence: 1, offset: UInt64(borders[whole]), frame: UInt64(max(1, whole)))
      #expect(throws: fault, "cut at \(length)") {
        try JournalLoadPlan([Self.cut(one, to: length), two.file])
      }
    }
  }

  @Test("an older file with a flipped byte is damaged; with a newer complete image it is not even looked at")
  func olderFlipped() throws {
    let one = Self.first()
    for at in one.bytes.indices {
      let broken = one.offsets.lastIndex { $0 <= at }
      let fault = JournalFault.damaged(
        sequence: 1, offset: UInt64(broken.map { one.offsets[$0] } ?? 0), frame: UInt64((broken ?? 0) + 1))
      #expect(throws: fault) {
        try JournalLoadPlan([Self.flipped(one, at: at), Self.second(complete: false).file])
      }
    }
    #expect(try JournalLoadPlan([Self.second().file]).parts.map(\.sequence) == [2])
  }

  @Test("after frames were lost, a begun image is of no use: it is removed, and the older tail is cut")
  func afterLoss() throws {
    let one = Self.first()
    let alone = Self.second(continues: false, firstFrame: 20, complete: false)
    for length in one.offsets[2]...one.bytes.count {
      let plan = try JournalLoadPlan([Self.cut(one, to: length), alone.file])
      #expect(plan.parts.map(\.sequence) == [1] && plan.removals == [2])
      #expect((plan.cut != nil) == (length != one.bytes.count && length != one.offsets[2]))
      #expect(plan.lastFrame == (length == one.bytes.count ? 3 : 2))
    }
    let image = Self.second(continues: false, firstFrame: 20)
    #expect(JournalLoadPlan.isEnough(image.scanned.scan))
    #expect(try JournalLoadPlan([image.file]).lastFrame == 22)
  }

  @Test("files behind a head that was never completed are removed with it, unless they prove that it was")
  func tornHead() throws {
    let one = Self.first()
    let head = (UInt64(2), ScannedFile([UInt8](repeating: 0, count: 30)).scan)
    var third = JournalText(3, firstFrame: 20, continues: false)
    third.group([JournalFrame(entries: [1], beginsImage: true)])
    let plan = try JournalLoadPlan([one.file, head, third.file])
    #expect(plan.parts.map(\.sequence) == [1] && plan.removals == [2, 3])
    var proof = JournalText(3, firstFrame: 20, continues: true)
    proof.group("x")
    #expect(throws: JournalFault.damaged(sequence: 2, offset: 0, frame: 4)) {
      try JournalLoadPlan([one.file, head, proof.file])
    }
  }

  @Test("the very first file of a directory, only begun, is removed")
  func firstTorn() throws {
    for bytes in [[], [0], Array(Self.first().bytes[..<47])] as [[UInt8]] {
      let plan = try JournalLoadPlan([(1, ScannedFile(bytes).scan)])
      #expect(plan.parts.isEmpty && plan.removals == [1] && plan.lastFrame == 0)
    }
  }

  @Test("the first file, begun after frames were lost, is of no use without its complete image")
  func firstAfterLoss() throws {
    var file = JournalText(1, firstFrame: 9, continues: false)
    file.group([JournalFrame(entries: [1], beginsImage: true)])
    #expect(!JournalLoadPlan.isEnough(file.scanned.scan))
    let plan = try JournalLoadPlan([file.file])
    #expect(plan.parts.isEmpty && plan.removals == [1] && plan.lastFrame == 0)
    file.group([JournalFrame(entries: [2], completesImage: true)])
    #expect(try JournalLoadPlan([file.file]).lastFrame == 10)
  }

  @Test("a file that is missing: before the first, or between two")
  func missing() {
    var later = JournalText(4, firstFrame: 9)
    later.group("live")
    #expect(throws: JournalFault.missingFile(sequence: 3)) { try JournalLoadPlan([later.file]) }
    #expect(throws: JournalFault.missingFile(sequence: 3)) {
      try JournalLoadPlan([Self.second().file, later.file])
    }
    // Names are right, numbers of frames are not: frames 7 and 8 are gone from the end of the file before.
    var third = JournalText(3, firstFrame: 9)
    third.group("live")
    let two = Self.second()
    #expect(throws: JournalFault.damaged(sequence: 2, offset: UInt64(two.bytes.count), frame: 7)) {
      try JournalLoadPlan([two.file, third.file])
    }
  }

  @Test("another version, another program, another name")
  func strange() {
    func version(_ number: UInt8) -> JournalFileScan {
      var bytes = Self.first().bytes
      bytes[8] = number
      let checksum = CRC32C.checksum(bytes.span.bytes.extracting(0..<44))
      for index in 0..<4 { bytes[44 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(index))) }
      return ScannedFile(bytes).scan
    }
    #expect(throws: JournalFault.newerFormat(sequence: 1, version: 2)) {
      try JournalLoadPlan([(1, version(2))])
    }
    #expect(throws: JournalFault.olderFormat(sequence: 1, version: 0)) {
      try JournalLoadPlan([(1, version(0))])
    }
    #expect(throws: JournalFault.foreignFile(sequence: 1)) {
      try JournalLoadPlan([(1, ScannedFile(Array("some other program's text".utf8)).scan)])
    }
    #expect(throws: JournalFault.misnamed(sequence: 5, holds: 1)) {
      try JournalLoadPlan([(5, Self.first().scanned.scan)])
    }
  }
}
