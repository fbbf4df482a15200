import Foundation
import HubEngine
import Synchronization
import TestSupport
import Testing

@testable import HubRuntime

@Suite("Subscription files")
struct SubscriptionDirectoryTests {
  @Test("JSON and YAML files are read in the order of their names; hidden and other files are not")
  func reads() throws {
    let directory = try TemporaryDirectory()
    for name in ["b.json", "a.json", "d.yaml", "c.yml", ".c.json", ".d.yaml", "d.json~", "e.txt", "yaml"] {
      try directory.write(name, name)
    }
    var files = SubscriptionDirectory(path: directory.path)
    let scan = try files.scan()
    #expect(scan.changed?.map(\.name) == ["a.json", "b.json", "c.yml", "d.yaml"])
    #expect(scan.changed?.first?.bytes == [UInt8]("a.json".utf8))
    #expect(scan.newProblems.isEmpty)
  }

  @Test("an empty directory is an empty set, told once")
  func empty() throws {
    let directory = try TemporaryDirectory()
    var files = SubscriptionDirectory(path: directory.path)
    #expect(try files.scan().changed == [])
    #expect(try files.scan().changed == nil)
  }

  @Test("new, replaced, rewritten and removed files are seen; a touched one is not a change")
  func changes() throws {
    let directory = try TemporaryDirectory()
    try directory.write("a.json", "1")
    var files = SubscriptionDirectory(path: directory.path)
    func next() throws -> [String]? {
      try files.scan().changed?.map { $0.name + "=" + String(decoding: $0.bytes, as: UTF8.self) }
    }
    #expect(try next() == ["a.json=1"])
    #expect(try next() == nil)
    try directory.write("b.json", "2")
    #expect(try next() == ["a.json=1", "b.json=2"])
    try directory.replace("a.json", "3")
    #expect(try next() == ["a.json=3", "b.json=2"])
    try directory.write("b.json", "4")
    #expect(try next() == ["a.json=3", "b.json=4"])
    try directory.replace("b.json", "4")
    #expect(try next() == nil)
    try directory.remove("a.json")
    #expect(try next() == ["b.json=4"])
  }

  @Test("a replacement of the same size and time is seen by its inode")
  func sameSizeAndTime() throws {
    let directory = try TemporaryDirectory()
    try directory.write("a.json", "1")
    let attributes = try FileManager.default.attributesOfItem(atPath: directory.path + "/a.json")
    let time = try #require(attributes[.modificationDate] as? Date)
    var files = SubscriptionDirectory(path: directory.path)
    _ = try files.scan()
    try directory.replace("a.json", "2")
    try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: directory.path + "/a.json")
    #expect(try files.scan().changed?.first?.bytes == [UInt8]("2".utf8))
  }

  @Test(
    "a file that cannot be read is named once and keeps its last good content; when it is gone it is withdrawn"
  )
  func unreadable() throws {
    let directory = try TemporaryDirectory()
    try directory.write("a.json", "1")
    try directory.write("b.json", "2")
    var files = SubscriptionDirectory(path: directory.path)
    _ = try files.scan()
    try directory.write("a.json", String(repeating: " ", count: SubscriptionDirectory.maxFileBytes + 1))
    try directory.write("b.json", "3")
    let scan = try files.scan()
    #expect(scan.newProblems.map(\.name) == ["a.json"])
    #expect(scan.newProblems.first?.reason == "larger than 1048576 bytes")
    #expect(scan.changed?.map(\.bytes) == [[UInt8]("1".utf8), [UInt8]("3".utf8)])
    #expect(try files.scan().newProblems.isEmpty)
    try directory.remove("a.json")
    #expect(try files.scan().changed?.map(\.name) == ["b.json"])
  }

  @Test("a file of exactly the limit is read")
  func atLimit() throws {
    let directory = try TemporaryDirectory()
    try directory.write("a.json", String(repeating: " ", count: SubscriptionDirectory.maxFileBytes))
    var files = SubscriptionDirectory(path: directory.path)
    #expect(try files.scan().changed?.first?.bytes.count == SubscriptionDirectory.maxFileBytes)
  }

  @Test("a broken link, a directory and a pipe are named and do not hold up the others")
  func strange() throws {
    let directory = try TemporaryDirectory()
    try directory.write("z.json", "1")
    try FileManager.default.createSymbolicLink(
      atPath: directory.path + "/a.json", withDestinationPath: "/nowhere")
    try FileManager.default.createDirectory(
      atPath: directory.path + "/b.json", withIntermediateDirectories: false)
    #expect(mkfifo(directory.path + "/c.json", 0o600) == 0)
    var files = SubscriptionDirectory(path: directory.path)
    let scan = try files.scan()
    #expect(scan.changed?.map(\.name) == ["z.json"])
    #expect(
      scan.newProblems.map { "\($0.name): \($0.reason)" } == [
        "a.json: No such file or directory", "b.json: not a regular file", "c.json: not a regular file",
      ])
  }

  @Test("a directory that cannot be read changes nothing")
  func directoryGone() throws {
    let directory = try TemporaryDirectory()
    try directory.write("sub", "")
    var files = SubscriptionDirectory(path: directory.path + "/none")
    #expect(throws: FileContentError.system("No such file or directory")) { try files.scan() }
    files = SubscriptionDirectory(path: directory.path + "/sub")
    #expect(throws: FileContentError.system("Not a directory")) { try files.scan() }
  }
}

@Suite("The watcher of subscription files")
struct SubscriptionWatcherTests {
  private final class Posts: Sendable {
    private let all = Mutex<[[String]]>([])
    var last: [String]? { all.withLock { $0.last } }
    func add(_ files: [SubscriptionFile]) {
      all.withLock {
        $0.append(files.map { $0.name + "=" + String(decoding: $0.bytes, as: UTF8.self) })
      }
    }
  }

  @Test("changes arrive: written, renamed over, removed, and links swapped as the kubelet does")
  func follows() async throws {
    let directory = try TemporaryDirectory()
    let posts = Posts()
    let watcher = SubscriptionWatcher(directory: directory.path, log: .silent) { posts.add($0) }
    watcher.start()
    defer { watcher.stop() }
    try await waitUntil("the empty set") { posts.last == [] }
    try directory.write("a.json", "1")
    try await waitUntil("the new file") { posts.last == ["a.json=1"] }
    try directory.replace("a.json", "2")
    try await waitUntil("the replaced file") { posts.last == ["a.json=2"] }
    try directory.remove("a.json")
    try await waitUntil("the removed file") { posts.last == [] }

    // A ConfigMap's volume: a.json -> ..data/a.json, ..data -> ..one, then ..data is renamed over to ..two.
    let manager = FileManager.default
    for (name, text) in [("..one", "3"), ("..two", "4")] {
      try manager.createDirectory(atPath: directory.path + "/" + name, withIntermediateDirectories: false)
      try directory.write(name + "/a.json", text)
    }
    try manager.createSymbolicLink(atPath: directory.path + "/..data", withDestinationPath: "..one")
    try manager.createSymbolicLink(atPath: directory.path + "/a.json", withDestinationPath: "..data/a.json")
    try directory.write("b.json", "5")
    try await waitUntil("the linked file") { posts.last == ["a.json=3", "b.json=5"] }
    try manager.createSymbolicLink(atPath: directory.path + "/..tmp", withDestinationPath: "..two")
    #expect(rename(directory.path + "/..tmp", directory.path + "/..data") == 0)
    try await waitUntil("the swapped link") { posts.last == ["a.json=4", "b.json=5"] }
  }

  @Test("a directory that is replaced as a whole is followed on")
  func replacedDirectory() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/subs"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try directory.write("subs/a.json", "1")
    let lines = Mutex<[String]>([])
    let posts = Posts()
    let log = Log(level: .info) { line in lines.withLock { $0.append(line) } }
    let watcher = SubscriptionWatcher(directory: path, log: log) { posts.add($0) }
    watcher.start()
    defer { watcher.stop() }
    try await waitUntil("the first") { posts.last == ["a.json=1"] }
    #expect(rename(path, directory.path + "/old") == 0)
    try await waitUntil("the warning") { lines.withLock { $0.contains { $0.contains("not read") } } }
    #expect(posts.last == ["a.json=1"])
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try directory.write("subs/b.json", "2")
    try await waitUntil("the second") { posts.last == ["b.json=2"] }
    try directory.write("subs/b.json", "3")
    try await waitUntil("a change in it") { posts.last == ["b.json=3"] }
  }
}
