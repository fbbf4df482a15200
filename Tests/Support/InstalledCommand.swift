import Foundation

/// Commands that tests run and that are no part of the package: `sh .ci/deps test` installs them.
public enum InstalledCommand {
  /// What a test throws, loudly, where such a command is missing.
  public struct Missing: Error, CustomStringConvertible {
    /// What is missing, and what to do.
    public let description: String
  }

  /// The path of a command that is found by `PATH`.
  public static func path(_ name: String) throws -> String {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    for directory in path.split(separator: ":") {
      let candidate = "\(directory)/\(name)"
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
    }
    throw Missing(description: "\(name) is missing, which this test needs; install it: sh .ci/deps test")
  }

  /// The Python of `.build/python`, which has the packages of `.ci/python-packages`.
  public static func python() throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let python = root.appending(path: ".build/python/bin/python").path
    guard FileManager.default.isExecutableFile(atPath: python) else {
      throw Missing(
        description: "\(python) is missing, which this test needs; install it: sh .ci/deps test")
    }
    return python
  }
}
