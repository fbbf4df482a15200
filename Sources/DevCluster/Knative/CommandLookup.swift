import Glibc

/// Finds the program that a container's command names.
enum CommandLookup {
  /// The command itself if it is the absolute path of a file, else the first executable file with its last path
  /// component in `directories`; nil if there is none.
  static func find(_ command: String, in directories: [String]) -> String? {
    if command.hasPrefix("/"), isFile(command) { return command }
    guard let name = command.split(separator: "/").last, name != ".", name != ".." else { return nil }
    return directories.lazy.map { "\($0)/\(name)" }.first { isFile($0) && access($0, X_OK) == 0 }
  }

  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
