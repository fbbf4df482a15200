import HubEngine
import TestSupport
import Testing

@Suite("Journal: reading one file")
struct JournalScannerTests {
  /// Three groups: frames 1–2, 3, 4–5. Only the last is not known durable by a later one.
  static func sample() -> JournalText {
    var file = JournalText(1)
    file.group("one", "two, a longer one")
    file.group("")
    file.group("four", "five")
    return file
  }

  @Test("a file's frames come back, whole, byte by byte and in random pieces")
  func pieces() {
    let file = Self.sample()
    let whole = file.scanned
    #expect(whole.payloads == ["one", "two, a longer one", "", "four", "five"])
    #expect(whole.scan.isWhole && !whole.scan.isDamaged(before: 0))
    #expect(whole.scan.frames == 5 && whole.scan.lastFrame == 5 && whole.scan.imageEnd == nil)
    #expect(whole.scan.header?.createdAt == 1_795_600_800_000_000_000)
    for pieces in ByteFeeding.cuts(of: file.bytes, seed: 3) {
      #expect(ScannedFile(pieces: pieces) == whole)
    }
  }

  @Test("cut at any byte: the frames before the cut, and nothing that looks like damage")
  func truncated() {
    let file = Self.sample()
    for length in 0...file.bytes.count {
      let read = ScannedFile(Array(file.bytes[..<length]))
      let whole = (file.offsets + [file.bytes.count]).dropFirst().prefix { $0 <= length }.count
      #expect(read.payloads == Array(file.scanned.payloads[..<whole]), "cut at \(length)")
      #expect(!read.scan.isDamaged(before: 0))
      let good = length < JournalFormat.fileHeaderBytes ? 0 : (file.offsets + [file.bytes.count])[whole]
      #expect(read.scan.goodBytes == UInt64(good))
      #expect(read.scan.fileBytes == UInt64(length))
      #expect((read.scan.headerFault == .torn) == (length < JournalFormat.fileHeaderBytes))
    }
  }

  @Test("a byte flipped anywhere: the frames before it, and damage exactly if the broken frame was durable")
  func flipped() {
    let file = Self.sample()
    for at in file.bytes.indices {
      for bit in [UInt8(1), 0x80, 0xFF] {
        var bytes = file.bytes
        bytes[at] ^= bit
        let read = ScannedFile(bytes)
        let broken = file.offsets.lastIndex { $0 <= at }
        #expect(read.payloads == Array(file.scanned.payloads[..<(broken ?? 0)]), "byte \(at)")
        #expect(read.scan.goodBytes == UInt64(broken.map { file.offsets[$0] } ?? 0))
        // The frames of the last group are proved by none.
        #expect(read.scan.isDamaged(before: 0) == (broken ?? 0 < 3), "byte \(at)")
      }
    }
  }

  @Test("any piece cut out of the middle is damage if what it held was durable, never another content")
  func excised() {
    let file = Self.sample()
    for from in stride(from: 0, to: file.bytes.count, by: 3) {
      for to in stride(from: from + 1, through: file.bytes.count, by: 5) {
        let read = ScannedFile(Array(file.bytes[..<from] + file.bytes[to...]))
        let before = (file.offsets.lastIndex { $0 <= from } ?? 0)
        #expect(read.payloads.count <= max(before, 0) || read.payloads == file.scanned.payloads)
        #expect(read.payloads == Array(file.scanned.payloads[..<read.payloads.count]))
        // The two last frames, the witnesses, are still there as they were.
        if to <= file.offsets[3], from < file.offsets[3] { #expect(read.scan.isDamaged(before: 0)) }
      }
    }
  }

  @Test("zeros behind the frames are a torn tail, of any length; and so is any garbage", arguments: 1...8)
  func tails(seed: UInt64) {
    let file = Self.sample()
    var numbers = JournalNumbers(seed: seed)
    for length in [1, 35, 36, 37, 4096, 100_000] {
      let garbage = (0..<length).map { _ in UInt8(numbers.next(below: 256)) }
      for tail in [[UInt8](repeating: 0, count: length), garbage] {
        let read = ScannedFile(file.bytes + tail)
        #expect(read.payloads == file.scanned.payloads)
        #expect(
          read.scan.goodBytes == UInt64(file.bytes.count) && !read.scan.isDamaged(before: 0)
            && !read.scan.isWhole)
      }
    }
  }

  @Test("a file whose whole head was lost is damaged if its frames had been durable")
  func lostHead() {
    let file = Self.sample()
    for length in [1, 48, 50, 60] {
      let zeroed = [UInt8](repeating: 0, count: length) + file.bytes[length...]
      let read = ScannedFile(zeroed)
      #expect(read.payloads.isEmpty && read.scan.header == nil && read.scan.isDamaged(before: 0))
    }
    // Behind another file its first frames say nothing of themselves.
    #expect(!ScannedFile([UInt8](repeating: 0, count: 48) + file.bytes[48...]).scan.isDamaged(before: 3))
    var young = JournalText(1)
    young.group("one", "two")
    let read = ScannedFile([UInt8](repeating: 0, count: 48) + young.bytes[48...])
    #expect(read.scan.headerFault == .torn && !read.scan.isDamaged(before: 0))
  }

  @Test("the highest number belongs to no frame: no hub counts so far, and the next one could not be said")
  func highestNumber() {
    var last = JournalText(1, firstFrame: .max - 1)
    last.group("last")
    #expect(last.scanned.payloads == ["last"] && last.scanned.scan.isWhole)
    var bytes = last.bytes
    for _ in 0..<2 {
      JournalFrameHeader.append(
        JournalFrame(entries: [1]), number: .max, durableBefore: .max - 1, to: &bytes)
    }
    let beyond = ScannedFile(bytes)
    #expect(beyond.payloads == ["last"] && beyond.scan.goodBytes == UInt64(last.bytes.count))
    #expect(ScannedFile(JournalText(1, firstFrame: .max).bytes).scan.headerFault == .torn)
  }

  @Test("payloads that hold frames prove nothing unless they are real ones")
  func nested() {
    // Text can hold neither 0xFF nor 0xF5, the first and third byte of a frame.
    let marker: [UInt8] = [0xFF, 0x4A, 0xF5, 0x46]
    var file = JournalText(1)
    file.group([JournalFrame(entries: marker + marker + [UInt8](repeating: 0xFF, count: 99))])
    let torn = Array(file.bytes.dropLast())
    #expect(!ScannedFile(torn).scan.isDamaged(before: 0))
    #expect(String(validating: marker, as: UTF8.self) == nil)
  }

  @Test("an image is complete behind its last frame, if the file begins with it")
  func image() {
    var file = JournalText(7, firstFrame: 50)
    file.image("a", "b", "c")
    let end = file.bytes.count
    file.group("later")
    #expect(file.scanned.scan.imageEnd == UInt64(end))
    for length in 0..<end { #expect(ScannedFile(Array(file.bytes[..<length])).scan.imageEnd == nil) }
    var late = JournalText(7, firstFrame: 50)
    late.group("live")
    late.image("a", "b")
    #expect(late.scanned.scan.imageEnd == nil)
  }

  @Test("a payload of the longest length is read; a head that claims more is none")
  func longest() {
    var file = JournalText(1)
    file.group([JournalFrame(entries: [UInt8](repeating: 7, count: JournalFormat.maxPayloadBytes))])
    #expect(file.scanned.scan.isWhole && file.scanned.scan.frames == 1)
    // The same with one more in its length, and both checksums right.
    var header = Array(file.bytes[48..<84])
    header[4] &+= 1
    let checksum = CRC32C.checksum(header.span.bytes.extracting(0..<32))
    for index in 0..<4 { header[32 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(index))) }
    let read = ScannedFile(Array(file.bytes[..<48]) + header + file.bytes[84...] + [7])
    #expect(read.scan.frames == 0 && read.scan.goodBytes == 48)
  }

  @Test("random edits of a file never crash, and never change a payload", arguments: 1...16)
  func mutated(seed: UInt64) {
    let file = Self.sample()
    let payloads = file.scanned.payloads
    var numbers = JournalNumbers(seed: seed)
    for _ in 0..<2_000 {
      var bytes = file.bytes
      for _ in 0...numbers.next(below: 4) where !bytes.isEmpty {
        let at = numbers.next(below: bytes.count)
        let to = min(bytes.count, at + numbers.next(below: 60))
        switch numbers.next(below: 4) {
        case 0: bytes[at] = UInt8(numbers.next(below: 256))
        case 1: bytes.removeSubrange(at..<to)
        case 2: bytes.insert(contentsOf: bytes[at..<to], at: numbers.next(below: bytes.count))
        default: bytes.replaceSubrange(at..<to, with: [UInt8](repeating: 0, count: to - at))
        }
      }
      let read = ScannedFile(bytes)
      #expect(read.payloads == Array(payloads.prefix(read.payloads.count)))
      #expect(read.scan.goodBytes <= read.scan.fileBytes)
    }
  }

  @Test("names of files have sixteen digits")
  func names() {
    #expect(JournalFormat.fileName(1) == "journal-0000000000000001.log")
    #expect(JournalFormat.sequence(ofFileName: "journal-0000000000000042.log") == 42)
    #expect(JournalFormat.sequence(ofFileName: JournalFormat.fileName(9_999_999_999_999_999)) != nil)
    for name in [
      "journal-0000000000000000.log", "journal-1.log", "journal-000000000000000a.log", "lock", "",
      "journal-0000000000000001.log~", "journal-+000000000000001.log", "xjournal-0000000000000001.log",
    ] {
      #expect(JournalFormat.sequence(ofFileName: name) == nil, "\(name)")
    }
  }
}
