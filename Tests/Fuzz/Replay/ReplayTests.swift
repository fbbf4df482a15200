import Foundation
import FuzzTargets
import Testing

/// What `make fuzz` found or was seeded with, and seeded mutations of it.
@Suite("Fuzz targets")
struct ReplayTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Corpora")

  /// The inputs of a target's corpus, by name.
  private static func corpus(_ name: String) throws -> [(name: String, bytes: [UInt8])] {
    let folder = folder.appending(path: name)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { file in
      (file, [UInt8](try Data(contentsOf: folder.appending(path: file))))
    }
  }

  @Test("every input of a target's corpus keeps what must hold", arguments: FuzzTarget.all.map(\.name))
  func replayed(_ name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let corpus = try Self.corpus(name)
    #expect(corpus.count >= 5)
    for (file, bytes) in corpus {
      do { try target.check(bytes) } catch { Issue.record("\(name)/\(file): \(error)") }
    }
  }

  @Test("so do mutations of them", arguments: FuzzTarget.all.map(\.name), [1, 2] as [UInt64])
  func mutated(_ name: String, _ seed: UInt64) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let inputs = try Self.corpus(name).map(\.bytes).filter { $0.count <= 1024 }
    var mutator = Mutator(seed: seed)
    // Each input of entries begins four engines.
    for round in 0..<(name == "entries" ? 40 : 400) {
      let input = mutator.mutation(of: inputs)
      do {
        try target.check(input)
      } catch {
        Issue.record(
          "\(name), seed \(seed), round \(round): \(error); \(String(decoding: input, as: UTF8.self))")
        return
      }
    }
  }

  @Test("every folder of the corpora is that of a target")
  func folders() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
  }
}
