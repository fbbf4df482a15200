import Foundation
import HubEngine
import Synchronization
import TestSupport

@testable import HubRuntime

/// A state directory that is removed in the end, and what a hub does with it.
struct JournalPlace {
  let directory: TemporaryDirectory
  var path: String { directory.path }

  init() throws { directory = try TemporaryDirectory() }

  /// Opens, loads, and lets go again: the payloads, and where it ends.
  func load() throws -> (payloads: [String], end: JournalEnd) {
    let opened = try JournalDirectory(path)
    return try Self.load(opened)
  }

  static func load(_ opened: JournalDirectory) throws -> (payloads: [String], end: JournalEnd) {
    var payloads: [String] = []
    let end = try opened.load { payload in
      payloads.append(payload.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
    }
    return (payloads, end)
  }

  /// The names of the files, sorted.
  var files: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
  }

  func bytes(_ sequence: UInt64) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path + "/" + JournalFormat.fileName(sequence))))
  }

  func write(_ sequence: UInt64, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: path + "/" + JournalFormat.fileName(sequence)))
  }
}

/// A writer with what it reported. Ended by `close`, or left to itself.
final class RunningJournal: Sendable {
  let writer: JournalWriter
  private let seen: Seen

  final class Seen: Sendable {
    let reports = Mutex<[JournalReport]>([])
  }

  init(
    _ directory: JournalDirectory, _ end: JournalEnd, disk: JournalDisk = .system,
    _ change: (inout JournalSettings) -> Void = { _ in }
  ) {
    var settings = JournalSettings()
    settings.gatherMilliseconds = 0
    settings.retryMilliseconds = 20
    change(&settings)
    let seen = Seen()
    self.seen = seen
    writer = JournalWriter(directory, end, settings: settings, disk: disk) { report in
      seen.reports.withLock { $0.append(report) }
    }
  }

  /// Opens and loads a place, and writes on.
  convenience init(
    _ place: JournalPlace, disk: JournalDisk = .system, _ change: (inout JournalSettings) -> Void = { _ in }
  ) throws {
    let directory = try JournalDirectory(place.path)
    self.init(directory, try JournalPlace.load(directory).end, disk: disk, change)
  }

  var reports: [JournalReport] { seen.reports.withLock { $0 } }

  var failures: [String] {
    reports.compactMap { if case .failed(let reason) = $0 { reason } else { nil } }
  }

  @discardableResult
  func append(_ text: String, begins: Bool = false, completes: Bool = false) -> UInt64 {
    writer.append(JournalFrame(entries: Array(text.utf8), beginsImage: begins, completesImage: completes))
  }

  /// Appends, and waits until it is durable.
  @discardableResult
  func appendDurably(_ text: String, begins: Bool = false, completes: Bool = false) async throws -> UInt64 {
    let number = append(text, begins: begins, completes: completes)
    if writer.reportDurable(number) { return number }
    try await waitUntil("frame \(number) is durable") { reports.contains(.durable(number)) }
    return number
  }

  func close() -> Bool { writer.close(milliseconds: 60_000) }
}

/// A disk that works, until it is told otherwise.
final class FaultyDisk: Sendable {
  enum Mode {
    case works
    /// Writes fail with this errno.
    case writeFails(Int32)
    /// Half of what is written is taken, then it fails with this errno.
    case writesHalf(Int32)
    case syncFails(Int32)
    /// Syncs wait until the mode changes.
    case hangs
  }

  private let mode = Mutex(Mode.works)

  func become(_ mode: Mode) { self.mode.withLock { $0 = mode } }

  var disk: JournalDisk {
    JournalDisk(
      write: { [self] descriptor, bytes in
        switch mode.withLock({ $0 }) {
        case .writeFails(let code):
          errno = code
          return -1
        case .writesHalf(let code):
          become(.writeFails(code))
          return JournalDisk.system.write(
            descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]))
        case .works, .syncFails, .hangs: return JournalDisk.system.write(descriptor, bytes)
        }
      },
      sync: { [self] descriptor in
        while case .hangs = mode.withLock({ $0 }) { usleep(1_000) }
        if case .syncFails(let code) = mode.withLock({ $0 }) {
          errno = code
          return -1
        }
        return JournalDisk.system.sync(descriptor)
      })
  }
}
