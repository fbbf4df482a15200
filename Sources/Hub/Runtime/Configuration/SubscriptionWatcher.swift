import CLinux
import Glibc
import HubEngine
import Synchronization

/// Watches a directory of subscription files and hands on the whole set whenever one of them changed.
///
/// inotify only says when to look; what is there, the scan decides. So renames, symbolic links that are swapped (as the
/// kubelet does with ConfigMaps) and directories that are made anew need no rules of their own.
final class SubscriptionWatcher: Sendable {
  /// How often to look where inotify says nothing: behind a symbolic link, on a network file system.
  private static let rescanMilliseconds: Int32 = 10_000
  /// How often to look while the directory cannot be watched, or a file was being written.
  private static let retryMilliseconds: Int32 = 500

  private let directory: Mutex<SubscriptionDirectory>
  private let path: String
  private let log: Log
  private let post: @Sendable ([SubscriptionFile]) -> Void
  private let lastProblem = Mutex<String?>(nil)
  /// Becomes readable when the watcher is to end; closed by its thread.
  private let stopSignal: Int32

  /// Watches nothing until `start`.
  init(directory path: String, log: Log, post: @escaping @Sendable ([SubscriptionFile]) -> Void) {
    self.directory = Mutex(SubscriptionDirectory(path: path))
    self.path = path
    self.log = log
    self.post = post
    self.stopSignal = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
  }

  deinit { close(stopSignal) }

  /// Looks once. Returns why the directory cannot be read, if it cannot; the log does not say it then.
  func scan() -> String? { look(isFirst: true).problem }

  /// Begins to watch, on a thread of its own.
  func start() {
    SystemThread.start("hub-files") { [self] in watch() }
  }

  /// Ends the thread soon.
  func stop() {
    var one: UInt64 = 1
    // Eight bytes of a local; an eventfd takes them at once.
    _ = Glibc.write(stopSignal, &one, 8)
  }

  private func watch() {
    let notifier = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
    defer { if notifier >= 0 { close(notifier) } }
    while true {
      // Again before each look: the directory may be a new one of the same name; the same one stays watched once.
      let isWatched = notifier >= 0 && inotify_add_watch(notifier, path, Self.interest) >= 0
      let (problem, isUnsettled) = look()
      let wait =
        isWatched && problem == nil && !isUnsettled ? Self.rescanMilliseconds : Self.retryMilliseconds
      guard waitForChange(notifier, milliseconds: wait) else { return }
    }
  }

  /// Not IN_MODIFY and IN_CREATE: a file that is being written is read when it is closed.
  private static let interest = UInt32(
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)

  /// False: the watcher is to end.
  private func waitForChange(_ notifier: Int32, milliseconds: Int32) -> Bool {
    var descriptors = [
      pollfd(fd: stopSignal, events: Int16(POLLIN), revents: 0),
      pollfd(fd: notifier, events: Int16(POLLIN), revents: 0),
    ]
    _ = poll(&descriptors, 2, milliseconds)
    guard descriptors[0].revents == 0 else { return false }
    if descriptors[1].revents != 0 { discardNotes(notifier) }
    return true
  }

  private func discardNotes(_ notifier: Int32) {
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    // The kernel writes at most `count` bytes into the array's own storage.
    while buffer.withUnsafeMutableBytes({ Glibc.read(notifier, $0.baseAddress, $0.count) }) > 0 {}
  }

  /// Scans, says what is wrong, hands on what changed.
  private func look(isFirst: Bool = false) -> (problem: String?, isUnsettled: Bool) {
    do {
      let scan = try directory.withLock { try $0.scan() }
      noteDirectory(nil)
      for (name, reason) in scan.newProblems {
        log.write(.warn, "subscription file not read", ["file": path + "/" + name, "reason": reason])
      }
      if let files = scan.changed { post(files) }
      return (nil, scan.isUnsettled)
    } catch {
      if !isFirst { noteDirectory("\(error)") }
      return ("\(error)", false)
    }
  }

  /// Says once that the directory cannot be read.
  private func noteDirectory(_ problem: String?) {
    let isNew = lastProblem.withLock { last in
      defer { last = problem }
      return last != problem
    }
    guard isNew, let problem else { return }
    log.write(
      .warn, "subscription directory not read; what was read stays in force",
      ["directory": path, "reason": problem])
  }
}
