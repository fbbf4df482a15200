import CLinux
import Glibc

/// A process of the benchmark: this executable once more, with a hidden subcommand, or a program beside it. Lines go to
/// its standard input and come from its standard output.
final class BenchChild {
  /// How long a child may take to say something; far beyond anything that a measurement waits for.
  private static let patienceMilliseconds: Int32 = 60_000

  let name: String
  let pid: Int32
  private let input: Int32
  private let output: Int32
  private var received: [UInt8] = []
  private var hasEnded = false

  /// Starts `hub NAME ARGUMENTS…`. It ends when its standard input ends, so nothing is left behind whatever happens here.
  convenience init(_ name: String, _ arguments: [String]) throws(BenchFailure) {
    try self.init("hub " + name, path: "/proc/self/exe", ["hub", name] + arguments)
  }

  /// Starts a program; it has these variables too.
  init(
    _ name: String, path: String, _ words: [String], variables: [String] = [], isQuiet: Bool = false
  ) throws(BenchFailure) {
    var (toChild, fromChild): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
    guard pipe2(&toChild, O_CLOEXEC) == 0, pipe2(&fromChild, O_CLOEXEC) == 0 else {
      throw .cannotStart(name, reason: "no pipe: \(String(cString: strerror(errno)))")
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
    if isQuiet { posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) }
    let words = words.map { strdup($0) }
    let added = variables.map { strdup($0) }
    defer { for word in words + added { free(word) } }
    var (environment, place): ([UnsafeMutablePointer<CChar>?], Int) = (added, 0)
    // The list ends with nil; nothing here changes the environment.
    while let variable = environ[place] {
      environment.append(variable)
      place += 1
    }
    var pid: Int32 = 0
    let code = posix_spawn(&pid, path, &actions, nil, words + [nil], environment + [nil])
    close(toChild[0])
    close(fromChild[1])
    guard code == 0 else { throw .cannotStart(name, reason: String(cString: strerror(code))) }
    (self.name, self.pid, self.input, self.output) = (name, pid, toChild[1], fromChild[0])
  }

  deinit { end() }

  /// Ends it and waits for it.
  func end() {
    guard !hasEnded else { return }
    hasEnded = true
    close(input)
    close(output)
    kill(pid, SIGKILL)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) == -1, errno == EINTR {}
  }

  /// Sends it a line.
  func tell(_ line: String) throws(BenchFailure) {
    let bytes = [UInt8]((line + "\n").utf8)
    // A line is shorter than what a pipe takes at once, and children read theirs promptly.
    guard write(input, bytes, bytes.count) == bytes.count else { throw .ended(name) }
  }

  /// The words of its next line.
  func nextLine() throws(BenchFailure) -> [Substring] {
    while true {
      if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: received[..<end], as: UTF8.self)
        received.removeFirst(end + 1)
        return line.split(separator: " ")
      }
      var ready = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      let count = poll(&ready, 1, Self.patienceMilliseconds)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .silent(name) }
      var chunk = [UInt8](repeating: 0, count: 4096)
      let length = read(output, &chunk, chunk.count)
      guard length > 0 else { throw .ended(name) }
      received.append(contentsOf: chunk[..<length])
    }
  }

  /// Waits for a line that begins with this word; the numbers that follow it.
  func numbers(after word: String) throws(BenchFailure) -> [Int] {
    while true {
      let line = try nextLine()
      if line.first.map(String.init) == word { return line.dropFirst().compactMap { Int($0) } }
    }
  }
}

/// Why there is no figure.
enum BenchFailure: Error, CustomStringConvertible {
  case cannotStart(String, reason: String)
  case ended(String)
  case silent(String)
  case files(String)
  case listedAgain
  case noReconciler(String)

  var description: String {
    switch self {
    case .cannotStart(let name, let reason): "cannot start \(name): \(reason)"
    case .ended(let name): "\(name) ended too early; what it said is above"
    case .silent(let name): "\(name) did not finish its part within a minute"
    case .files(let reason): "cannot write the files of the measurement: \(reason)"
    case .listedAgain: "the hub listed again, although it had its state"
    case .noReconciler(let path): "\(path) is not there: build it, or put it beside the hub"
    }
  }
}
