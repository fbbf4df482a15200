import CLinux
import Glibc
import HubEngine

/// Writes the journal, on a thread of its own. `append` never waits for the disk.
///
/// A disk that fails, is full, or is slower than `JournalSettings.waitingBytes` allow makes the journal fail: after a
/// failed sync nothing can be trusted that was written since the last good one. Frames are dropped then; every few
/// seconds an image is asked for, and written to a new file; when it is durable, all is well again.
final class JournalWriter: Sendable {
  private let queue: JournalQueue
  private let ending = JournalEnding()

  /// Goes on where the load of `directory` ended. `report` is called on several threads and must be quick.
  init(
    _ directory: JournalDirectory, _ end: JournalEnd, settings: JournalSettings = JournalSettings(),
    disk: JournalDisk = .system, report: @escaping @Sendable (JournalReport) -> Void
  ) {
    var statistics = JournalStatistics()
    statistics.path = directory.path
    statistics.files = end.files.count
    statistics.fileBytes = end.files.reduce(0) { $0 + $1.bytes }
    statistics.imageAt = end.imageAt
    let queue = JournalQueue(
      lastFrame: end.lastFrame, settings: settings, statistics: statistics, report: report)
    self.queue = queue
    SystemThread.start("hub-journal") { [ending] in
      var scribe = JournalScribe(directory, end, queue: queue, settings: settings, disk: disk)
      scribe.run()
      directory.release()
      ending.signal()
    }
  }

  /// What was appended is still written, but nobody waits for it.
  deinit { queue.close() }

  /// Takes a frame; returns its number. Numbers only grow; those of dropped frames are not used again.
  func append(_ frame: JournalFrame) -> UInt64 { queue.append(frame) }

  /// True: the frame is durable. False: it is reported as soon as it is, unless the journal fails first.
  func reportDurable(_ number: UInt64) -> Bool { queue.reportDurable(number) }

  /// What is known now.
  var statistics: JournalStatistics { queue.statistics }

  /// Writes and syncs what was appended, and ends the thread. False: it was not done in time, and may be later.
  func close(milliseconds: Int) -> Bool {
    queue.close()
    return ending.wait(milliseconds: milliseconds)
  }
}

/// Says once that something has ended.
private final class JournalEnding: Sendable {
  private let descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))

  init() { precondition(descriptor >= 0, "no event descriptor could be made") }

  deinit { close(descriptor) }

  func signal() {
    var one: UInt64 = 1
    // Eight bytes of a local; an eventfd takes them at once.
    _ = Glibc.write(descriptor, &one, 8)
  }

  /// False: not within that time.
  func wait(milliseconds: Int) -> Bool {
    let until = LoopClock.now().monotonic + UInt64(max(0, milliseconds)) * 1_000_000
    while true {
      let now = LoopClock.now().monotonic
      let rest = until > now ? (until - now + 999_999) / 1_000_000 : 0
      var descriptors = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
      if poll(&descriptors, 1, Int32(min(rest, 60_000))) > 0 { return true }
      if rest == 0 { return false }
    }
  }
}
