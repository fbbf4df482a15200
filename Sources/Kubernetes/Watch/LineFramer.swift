/// A line was longer than the framer's limit; the stream cannot be followed further.
public struct LineTooLong: Error, Equatable, Sendable {
  /// The limit, in bytes without the newline.
  public let limit: Int

  /// The error of a framer with this limit.
  public init(limit: Int) {
    self.limit = limit
  }
}

/// A buffer and the complete lines in it, without their newlines.
public struct FramedBuffer: Equatable, Sendable {
  /// The bytes that the ranges refer to.
  public let bytes: [UInt8]
  /// The lines, in order; none is empty.
  public let lines: [Range<Int>]

  /// A buffer with its lines.
  public init(bytes: [UInt8], lines: [Range<Int>]) {
    self.bytes = bytes
    self.lines = lines
  }
}

/// The lines that one chunk completed, in order: at most two buffers, the first with the line that began in an
/// earlier chunk, the second the chunk itself.
public struct FramedLines: Equatable, Sendable {
  /// The buffers; empty if the chunk completed no line.
  public var buffers: [FramedBuffer] = []
}

/// Cuts a byte stream into lines. Lines within one chunk are not copied; only a line that is cut by a chunk's end
/// is gathered. Empty lines are skipped.
public struct LineFramer: Sendable {
  private let maxLineBytes: Int
  private var pending: [UInt8] = []

  /// A framer for lines of at most `maxLineBytes` bytes.
  public init(maxLineBytes: Int) {
    self.maxLineBytes = maxLineBytes
  }

  /// Bytes of the line that is not complete yet.
  public var pendingBytes: Int { pending.count }

  /// Takes the next chunk and gives the lines that it completes. After an error the framer is of no more use.
  public mutating func append(_ chunk: [UInt8]) throws(LineTooLong) -> FramedLines {
    var framed = FramedLines()
    var start = 0
    if !pending.isEmpty {
      guard let newline = Self.newline(in: chunk, from: 0) else {
        try gather(chunk[...])
        return framed
      }
      try gather(chunk[..<newline])
      framed.buffers.append(FramedBuffer(bytes: pending, lines: [0..<pending.count]))
      pending = []
      start = newline + 1
    }
    var lines: [Range<Int>] = []
    while let newline = Self.newline(in: chunk, from: start) {
      guard newline - start <= maxLineBytes else { throw LineTooLong(limit: maxLineBytes) }
      if newline > start { lines.append(start..<newline) }
      start = newline + 1
    }
    if start < chunk.count { try gather(chunk[start...]) }
    if !lines.isEmpty { framed.buffers.append(FramedBuffer(bytes: chunk, lines: lines)) }
    return framed
  }

  /// The line that is not complete yet, as far as it came.
  var pendingLine: [UInt8] { pending }

  /// The stream ended: drops what is left of an incomplete line and gives its length in bytes.
  public mutating func finish() -> Int {
    let leftover = pending.count
    pending = []
    return leftover
  }

  private mutating func gather(_ piece: ArraySlice<UInt8>) throws(LineTooLong) {
    guard pending.count + piece.count <= maxLineBytes else { throw LineTooLong(limit: maxLineBytes) }
    pending.append(contentsOf: piece)
  }

  /// The next newline at or after `start`, eight bytes at a time.
  private static func newline(in chunk: [UInt8], from start: Int) -> Int? {
    let bytes = chunk.span.bytes
    let ones: UInt64 = 0x0101_0101_0101_0101
    var position = start
    while position &+ 8 <= bytes.byteCount {
      // Every bit pattern is a UInt64, and the load checks its bounds.
      let word = unsafe UInt64(
        littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
      let zeroWhereNewline = word ^ (ones &* 0x0A)
      let found = (zeroWhereNewline &- ones) & ~zeroWhereNewline & (ones << 7)
      if found != 0 { return position + found.trailingZeroBitCount / 8 }
      position &+= 8
    }
    while position < chunk.count {
      if chunk[position] == 0x0A { return position }
      position += 1
    }
    return nil
  }
}
