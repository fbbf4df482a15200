import Foundation

/// Files that tests read, found beside this source so that they need no bundle.
public enum Fixtures {
  /// The folder `Tests/Fixtures`.
  public static let directory = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .appending(path: "Fixtures")

  /// The bytes of one answer recorded from a real kube-apiserver 1.36 (see that folder's README.md).
  public static func recorded(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: directory.appending(path: "kube-apiserver-1.36").appending(path: name)))
  }

  /// The names of all recorded answers with this extension, sorted.
  public static func recordedNames(withExtension pathExtension: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: directory.appending(path: "kube-apiserver-1.36").path
    ).filter { $0.hasSuffix("." + pathExtension) }.sorted()
  }
}
