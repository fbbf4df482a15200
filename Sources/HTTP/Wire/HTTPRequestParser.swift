/// Turns the bytes of one connection into requests (RFC 9112): no I/O, no clock. Append what came, then call
/// `next()` until it returns nil. Stricter than the RFC demands wherever leniency lets two readers see different
/// requests in the same bytes: lone LF, folded lines, repeated lengths, chunk extensions with controls.
struct HTTPRequestParser {
  struct Limits: Sendable {
    var maxHeaderBytes = 32 * 1024
    var maxBodyBytes = 4 * 1024 * 1024
  }

  /// Longest line with a chunk's size and extensions.
  static let maxChunkLineBytes = 1024

  /// A request and what its head said about the connection.
  struct Message: Equatable {
    var request: HTTPRequest
    var keepAlive: Bool
    var isHTTP10: Bool
  }

  enum Event: Equatable {
    /// The peer waits for `100 Continue` before it sends the body.
    case expectsContinue
    case message(Message)
  }

  /// How far the current request has come; decides which timeout applies.
  enum Phase: Equatable {
    case idle
    case head
    case body
  }

  private enum State {
    case requestLine
    case fields
    case body(remaining: Int)
    case chunkSize
    case chunk(remaining: Int)
    case chunkEnd
    case trailers
    case failed(HTTPParseError)
  }

  private let limits: Limits
  private var state = State.requestLine
  private var head = HTTPRequestHead()
  private var body: [UInt8] = []
  /// Bytes of the head (or the trailers) that may still come.
  private var headBudget: Int
  private var buffer: [UInt8] = []
  /// What precedes it in `buffer` is consumed.
  private var position = 0
  /// What precedes it has no line end: a line that comes byte by byte is scanned once.
  private var scanned = 0

  init(limits: Limits = Limits()) {
    self.limits = limits
    headBudget = limits.maxHeaderBytes
  }

  /// Bytes that are appended and not consumed yet.
  var bufferedBytes: Int { buffer.count - position }

  var phase: Phase {
    switch state {
    case .requestLine: bufferedBytes == 0 ? .idle : .head
    case .fields: .head
    case .body, .chunkSize, .chunk, .chunkEnd, .trailers, .failed: .body
    }
  }

  /// Takes the next bytes of the connection.
  mutating func append(_ bytes: some Collection<UInt8>) {
    if position == buffer.count {
      // An idle connection does not keep the buffer of its largest request.
      buffer.removeAll(keepingCapacity: buffer.capacity <= 64 * 1024)
      position = 0
      scanned = 0
    } else if position > 64 * 1024 {
      buffer.removeFirst(position)
      scanned = max(0, scanned - position)
      position = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next event, or nil if more bytes are needed. After an error every further call throws the same.
  mutating func next() throws(HTTPParseError) -> Event? {
    do {
      while true {
        let (event, goesOn) = try step()
        if let event { return event }
        if !goesOn { return nil }
      }
    } catch {
      state = .failed(error)
      throw error
    }
  }

  /// One step of the state machine: an event, or whether the bytes at hand may suffice for another step.
  private mutating func step() throws(HTTPParseError) -> (Event?, Bool) {
    switch state {
    case .requestLine:
      guard let line = try headLine(tooLong: .targetTooLong) else { return (nil, false) }
      // Empty lines before a request are allowed (RFC 9112 section 2.2) and count against the head's limit.
      guard !line.isEmpty else { return (nil, true) }
      try head.parseRequestLine(line)
      state = .fields
      return (nil, true)
    case .fields:
      guard let line = try headLine(tooLong: .headersTooLarge) else { return (nil, false) }
      guard line.isEmpty else {
        try head.parseField(line)
        return (nil, true)
      }
      return (try endHead(), true)
    case .body(let remaining):
      let rest = remaining - takeBody(remaining)
      state = .body(remaining: rest)
      return rest == 0 ? (endMessage(), false) : (nil, false)
    case .chunkSize, .chunk, .chunkEnd, .trailers:
      return try chunkStep()
    case .failed(let error):
      throw error
    }
  }

  private mutating func endHead() throws(HTTPParseError) -> Event? {
    let expectsContinue: Bool
    switch try head.framing() {
    case .length(let length):
      guard length <= limits.maxBodyBytes else { throw .bodyTooLarge }
      state = .body(remaining: length)
      expectsContinue = length > 0
    case .chunked:
      state = .chunkSize
      expectsContinue = true
    }
    // Not asked for by HTTP/1.0 peers, nor by one that has begun its body already (RFC 9110 section 10.1.1).
    return expectsContinue && head.expectsContinue && !head.isHTTP10 && bufferedBytes == 0
      ? .expectsContinue : nil
  }

  private mutating func chunkStep() throws(HTTPParseError) -> (Event?, Bool) {
    switch state {
    case .chunkSize:
      guard let line = try takeLine(budget: Self.maxChunkLineBytes, tooLong: .badChunk) else {
        return (nil, false)
      }
      let size = try Self.chunkSize(line)
      guard size <= limits.maxBodyBytes - body.count else { throw .bodyTooLarge }
      if size == 0 { headBudget = limits.maxHeaderBytes }
      state = size == 0 ? .trailers : .chunk(remaining: size)
      return (nil, true)
    case .chunk(let remaining):
      let rest = remaining - takeBody(remaining)
      state = rest == 0 ? .chunkEnd : .chunk(remaining: rest)
      return (nil, rest == 0)
    case .chunkEnd:
      guard let line = try takeLine(budget: 2, tooLong: .badChunk) else { return (nil, false) }
      guard line.isEmpty else { throw .badChunk }
      state = .chunkSize
      return (nil, true)
    default:
      // Trailers are checked and dropped: nothing here may depend on a field that came after the body.
      guard let line = try headLine(tooLong: .headersTooLarge) else { return (nil, false) }
      if line.isEmpty { return (endMessage(), false) }
      _ = try HTTPRequestHead.field(line)
      return (nil, true)
    }
  }

  /// `1*HEXDIG [ chunk-ext ]`; extensions are ignored, but may not hold controls.
  private static func chunkSize(_ line: ArraySlice<UInt8>) throws(HTTPParseError) -> Int {
    var size = 0
    var index = line.startIndex
    while index < line.endIndex, let digit = ASCII.hexValue(line[index]) {
      // 15 digits fit an Int with room to spare; leading zeros beyond that have no honest use.
      guard index - line.startIndex < 15 else { throw .badChunk }
      size = size << 4 | Int(digit)
      index += 1
    }
    guard index > line.startIndex else { throw .badChunk }
    let rest = line[index...]
    guard rest.isEmpty || rest.first == ASCII.semicolon, rest.allSatisfy(ASCII.isFieldValue) else {
      throw .badChunk
    }
    return size
  }

  private mutating func takeBody(_ limit: Int) -> Int {
    let count = min(limit, bufferedBytes)
    body.append(contentsOf: buffer[position..<position + count])
    position += count
    return count
  }

  private mutating func endMessage() -> Event {
    let request = HTTPRequest(method: head.method, target: head.target, headers: head.headers, body: body)
    let message = Message(request: request, keepAlive: head.keepAlive, isHTTP10: head.isHTTP10)
    state = .requestLine
    head = HTTPRequestHead()
    body = []
    headBudget = limits.maxHeaderBytes
    return .message(message)
  }

  private mutating func headLine(tooLong: HTTPParseError) throws(HTTPParseError) -> ArraySlice<UInt8>? {
    let before = position
    let line = try takeLine(budget: headBudget, tooLong: tooLong)
    headBudget -= position - before
    return line
  }

  /// The next line without its CR LF, if it is complete; `budget` counts them.
  private mutating func takeLine(
    budget: Int, tooLong: HTTPParseError
  ) throws(HTTPParseError) -> ArraySlice<UInt8>? {
    var index = max(scanned, position)
    while index < buffer.count {
      if buffer[index] == ASCII.lf {
        guard index + 1 - position <= budget else { throw tooLong }
        guard index > position, buffer[index - 1] == ASCII.cr else { throw .bareLineFeed }
        let line = buffer[position..<index - 1]
        position = index + 1
        scanned = position
        return line
      }
      index += 1
    }
    scanned = index
    guard bufferedBytes <= budget else { throw tooLong }
    return nil
  }
}
