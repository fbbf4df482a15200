import CLinux
import Glibc
import HubRuntime

/// The sink: one thread, one epoll, requests with `Content-Length` only. Every request is answered 200
/// without a body.
final class BenchSinkLoop {
  private static let readBytes = 64 << 10
  private static let answer = [UInt8]("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8)

  let port: Int
  private let listener: Int32
  private var epoll = BenchPoll()
  /// By descriptor: what has come of a request that is not whole yet.
  private var connections: [[UInt8]?] = []
  private var chunk = [UInt8](repeating: 0, count: readBytes)
  private var commands: [UInt8] = []
  private var ledger = BenchLedger()
  private var captureFile: String?
  private var isOver = false

  init?() {
    guard let (descriptor, port) = BenchSockets.listen() else { return nil }
    listener = descriptor
    self.port = port
    epoll.add(listener)
    epoll.add(STDIN_FILENO)
  }

  /// Runs until standard input ends.
  func run() {
    while !isOver {
      var ready: [Int32] = []
      epoll.wait { ready.append($0) }
      for descriptor in ready {
        switch descriptor {
        case listener: accept()
        case STDIN_FILENO: readCommands()
        default: readRequests(descriptor)
        }
      }
    }
  }

  private func accept() {
    let descriptor = accept4(listener, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
    guard descriptor >= 0 else { return }
    BenchSockets.sendAtOnce(descriptor)
    while connections.count <= Int(descriptor) { connections.append(nil) }
    connections[Int(descriptor)] = []
    epoll.add(descriptor)
  }

  private func readRequests(_ descriptor: Int32) {
    let count = recv(descriptor, &chunk, chunk.count, 0)
    guard count > 0 else {
      connections[Int(descriptor)] = nil
      close(descriptor)
      return
    }
    let now = monotonicNanoseconds()
    // Moved out and back, so that the bytes are changed in place.
    var bytes = connections[Int(descriptor)].take() ?? []
    bytes.append(contentsOf: chunk[..<count])
    var start = 0
    while let request = BenchRequest(in: bytes, from: start) {
      BenchSockets.sendAll(descriptor, Self.answer)
      if let file = captureFile.take() { capture(bytes[start..<request.end], to: file) }
      if let news = ledger.count(request.number, written: request.written, at: now) { Console.print(news) }
      start = request.end
    }
    bytes.removeFirst(start)
    connections[Int(descriptor)] = bytes
  }

  // MARK: Commands

  private func readCommands() {
    var text = [UInt8](repeating: 0, count: 4096)
    let count = read(STDIN_FILENO, &text, text.count)
    guard count > 0 else {
      isOver = true
      return
    }
    commands.append(contentsOf: text[..<count])
    while let end = commands.firstIndex(of: UInt8(ascii: "\n")) {
      obey(String(decoding: commands[..<end], as: UTF8.self).split(separator: " ").map(String.init))
      commands.removeFirst(end + 1)
    }
  }

  private func obey(_ words: [String]) {
    let numbers = words.compactMap { Int($0) }
    switch words.first {
    case "expect":
      ledger = BenchLedger(first: numbers[0], count: numbers[1], step: numbers[2], times: numbers[3])
      Console.print("expecting")
    case "capture": captureFile = words[1]
    default: Console.error("hub bench-sink: what is \(words)?")
    }
  }

  private func capture(_ request: ArraySlice<UInt8>, to file: String) {
    let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    let bytes = Array(request)
    if write(descriptor, bytes, bytes.count) != bytes.count {
      Console.error("hub bench-sink: cannot write \(file)")
    }
    close(descriptor)
  }
}

/// A whole request at the start of some bytes.
struct BenchRequest {
  /// The number of the object that the event tells of; -1 if it tells of none.
  var number = -1
  /// When the object's watch line was written; 0: not told.
  var written = 0
  /// Where the next request begins.
  var end = 0

  /// Nil if it is not all there.
  init?(in bytes: [UInt8], from start: Int) {
    guard let headEnd = Self.place(after: "\r\n\r\n", in: bytes, start..<bytes.count) else { return nil }
    let head = start..<headEnd
    let length = Self.place(after: "\r\nContent-Length: ", in: bytes, head).map {
      Self.number(in: bytes, at: $0)
    }
    end = headEnd + (length ?? 0)
    guard end <= bytes.count else { return nil }
    if let place = Self.place(after: "\r\nce-name: c", in: bytes, head) {
      number = Self.number(in: bytes, at: place)
    }
    let mark: StaticString = "bench.frugalhub.dev/written\":\""
    if let place = Self.place(after: mark, in: bytes, headEnd..<end) {
      written = Self.number(in: bytes, at: place)
    }
  }

  private static func place(after mark: StaticString, in bytes: [UInt8], _ range: Range<Int>) -> Int? {
    bytes.withUnsafeBytes { all in
      guard let base = all.baseAddress, range.upperBound <= all.count else { return nil }
      // memmem looks at no more than the range, which lies within the array.
      let found = memmem(base + range.lowerBound, range.count, mark.utf8Start, mark.utf8CodeUnitCount)
      return found.map { UnsafeRawPointer($0) - base + mark.utf8CodeUnitCount }
    }
  }

  private static func number(in bytes: [UInt8], at start: Int) -> Int {
    var value = 0
    for byte in bytes[start...] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { break }
      value = value &* 10 &+ Int(byte - UInt8(ascii: "0"))
    }
    return value
  }
}
