import Glibc
import HubEngine

/// Reads what a plugin writes until it has ended or has to be.
struct ExecReader {
  /// How often to look whether it has ended, in milliseconds: a grandchild may keep its pipes open.
  private static let lookMilliseconds: Int32 = 20

  private let descriptors: [Int32]
  private let limits: ExecLimits
  private(set) var output: [UInt8] = []
  private var errors: [UInt8] = []

  init(output: Int32, errors: Int32, limits: ExecLimits) {
    descriptors = [output, errors]
    self.limits = limits
  }

  /// The end of what it said on standard error, as one line.
  var said: String {
    let text = String(decoding: errors, as: UTF8.self)
    return text.split { $0.isWhitespace }.joined(separator: " ")
  }

  /// Returns once it has ended, nil, or with the reason to end it.
  mutating func run(hasEnded: () -> Bool) -> ExecFailure? {
    let start = LoopClock.now().monotonic
    let limit = UInt64(limits.milliseconds) * 1_000_000
    while true {
      let isOver = hasEnded()
      readAll()
      if output.count > limits.maxOutputBytes { return .tooMuch(bytes: limits.maxOutputBytes) }
      if isOver { return nil }
      if LoopClock.now().monotonic &- start >= limit { return .hung(seconds: limits.milliseconds / 1000) }
      var waits = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      poll(&waits, nfds_t(waits.count), Self.lookMilliseconds)
      // A closed pipe is always ready: then only the clock is waited for.
      if waits.allSatisfy({ $0.revents & Int16(POLLIN) == 0 && $0.revents != 0 }) {
        usleep(UInt32(Self.lookMilliseconds) * 1000)
      }
    }
  }

  private mutating func readAll() {
    while output.count <= limits.maxOutputBytes, let bytes = Self.read(descriptors[0]) { output += bytes }
    while let bytes = Self.read(descriptors[1]) {
      errors = Array((errors + bytes).suffix(limits.maxSaidBytes))
    }
  }

  private static func read(_ descriptor: Int32) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    return count > 0 ? [UInt8](buffer[..<count]) : nil
  }
}
