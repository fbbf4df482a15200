import Kubernetes
import TestSupport
import Testing

@Suite("Line framer")
struct LineFramerTests {
  private func lines(of pieces: [[UInt8]], limit: Int = 1 << 20) throws -> (lines: [String], leftover: Int) {
    var framer = LineFramer(maxLineBytes: limit)
    var lines: [String] = []
    for piece in pieces {
      for buffer in try framer.append(piece).buffers {
        lines += buffer.lines.map { String(decoding: buffer.bytes[$0], as: UTF8.self) }
      }
    }
    return (lines, framer.finish())
  }

  @Test("The same lines come however the stream is cut")
  func cuts() throws {
    let words = (0..<60).map { String(repeating: "x", count: $0 % 23) + "\($0)" }
    let stream = Array((words.joined(separator: "\n") + "\n\n\nrest").utf8)
    for pieces in ByteFeeding.cuts(of: stream) {
      let (found, leftover) = try lines(of: pieces)
      #expect(found == words)
      #expect(leftover == 4)
    }
  }

  @Test(
    "Recorded watches have the lines that splitting them whole gives",
    arguments: try Fixtures.recordedNames(withExtension: "ndjson"))
  func recorded(name: String) throws {
    let stream = try Fixtures.recorded(name)
    let expected = stream.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    for pieces in ByteFeeding.cuts(of: stream, seed: 7) {
      #expect(try lines(of: pieces).lines == expected)
    }
  }

  @Test("Lines inside one chunk refer to the chunk itself; only a cut line is gathered")
  func noCopies() throws {
    var framer = LineFramer(maxLineBytes: 100)
    let first = try framer.append(Array("one\ntw".utf8))
    #expect(first.buffers == [FramedBufferExpectation("one\ntw", [0..<3])].map(\.buffer))
    let second = try framer.append(Array("o\nthree\n\nfour\nfi".utf8))
    #expect(
      second.buffers.map { String(decoding: $0.bytes, as: UTF8.self) } == ["two", "o\nthree\n\nfour\nfi"])
    #expect(second.buffers.map(\.lines) == [[0..<3], [2..<7, 9..<13]])
    #expect(framer.pendingBytes == 2)
    #expect(framer.finish() == 2)
    #expect(framer.finish() == 0)
  }

  @Test("A line at the limit passes, one byte more is refused, complete or not")
  func limit() throws {
    let longest = [UInt8](repeating: 0x61, count: 32)
    #expect(try lines(of: [longest + [0x0A]], limit: 32).lines.count == 1)
    #expect(try lines(of: [longest, [0x0A]], limit: 32).lines.count == 1)
    #expect(throws: LineTooLong(limit: 32)) { try lines(of: [longest + [0x61, 0x0A]], limit: 32) }
    #expect(throws: LineTooLong(limit: 32)) { try lines(of: [longest + [0x61]], limit: 32) }
    #expect(throws: LineTooLong(limit: 32)) { try lines(of: [longest, [0x61]], limit: 32) }
    #expect(throws: LineTooLong(limit: 32)) { try lines(of: [longest, [0x61, 0x0A]], limit: 32) }
  }

  private struct FramedBufferExpectation {
    let buffer: FramedBuffer
    init(_ text: String, _ lines: [Range<Int>]) {
      buffer = FramedBuffer(bytes: Array(text.utf8), lines: lines)
    }
  }
}
