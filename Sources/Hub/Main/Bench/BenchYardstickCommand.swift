import CLinux
import Glibc
import HubRuntime

/// `hub bench-yardstick`: the simplest possible client that sends the same POSTs, 64 in flight: one
/// connection for each, one epoll, one `send` and one `recv` a request. On standard input it takes `run FIRST
/// COUNT`; then it says `done COUNT NANOSECONDS MICROSECONDS`: how long it took, and how much CPU.
enum BenchYardstickCommand: HubCommand {
  static let grammar = CommandGrammar(
    "hub bench-yardstick", "A part of hub bench: a client to compare with.",
    flags: [
      .init("--port", "N", "of the sink"),
      .init("--request", "FILE", "what is sent; each time the number after ce-name is another"),
    ])

  static func run(_ arguments: CommandArguments) throws(UsageError) -> Int32 {
    guard let port = Int(arguments["--port"] ?? ""), let file = arguments["--request"] else {
      throw grammar.usage("which port and file?")
    }
    let request: [UInt8]
    do throws(FileContentError) {
      request = try FileContent.read(file, limit: 1 << 20)
    } catch {
      throw grammar.usage("\(file): \(error)")
    }
    guard let client = BenchYardstick(port: port, request: request) else {
      Console.error("hub bench-yardstick: cannot connect, or the request names no object")
      return ExitCode.failure
    }
    while let line = readLine() {
      let numbers = line.split(separator: " ").compactMap { Int($0) }
      let (start, cpu) = (monotonicNanoseconds(), ownCPUMicroseconds())
      client.post(first: numbers[0], count: numbers[1])
      Console.print(
        "done \(numbers[1]) \(monotonicNanoseconds() - start) \(ownCPUMicroseconds() - cpu)")
    }
    return ExitCode.success
  }

  private static func ownCPUMicroseconds() -> Int {
    var usage = rusage()
    getrusage(0, &usage)
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000 + Int(usage.ru_utime.tv_usec)
      + Int(usage.ru_stime.tv_usec)
  }
}

/// Its connections, each with one request in flight.
final class BenchYardstick {
  private var epoll = BenchPoll()
  private var connections: [Int32] = []
  private var request: [UInt8]
  private let numberAt: Int

  init?(port: Int, request: [UInt8]) {
    let mark = [UInt8]("\r\nce-name: c".utf8)
    guard let start = request.indices.first(where: { request[$0...].starts(with: mark) }) else { return nil }
    self.request = request
    numberAt = start + mark.count
    for _ in 0..<BenchPlan.inFlight {
      guard let descriptor = BenchSockets.connect(port: port) else { return nil }
      epoll.add(descriptor)
      connections.append(descriptor)
    }
  }

  /// Sends so many requests and takes their answers, each of which comes in one piece.
  func post(first: Int, count: Int) {
    var sent = 0
    for descriptor in connections where sent < count {
      send(first + sent, on: descriptor)
      sent += 1
    }
    var answered = 0
    var answer = [UInt8](repeating: 0, count: 4096)
    var ready: [Int32] = []
    while answered < count {
      epoll.wait { ready.append($0) }
      for descriptor in ready {
        guard recv(descriptor, &answer, answer.count, 0) > 0 else { return }
        answered += 1
        if sent < count {
          send(first + sent, on: descriptor)
          sent += 1
        }
      }
      ready.removeAll(keepingCapacity: true)
    }
  }

  private func send(_ number: Int, on descriptor: Int32) {
    var rest = number
    for digit in (0..<BenchObject.nameDigits).reversed() {
      request[numberAt + digit] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
    BenchSockets.sendAll(descriptor, request)
  }
}
