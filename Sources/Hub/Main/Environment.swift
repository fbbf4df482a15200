import Glibc
import HubRuntime

/// The environment of this process, and the place of its executable.
enum Environment {
  /// All variables that the hub knows.
  static var all: [String: String] {
    var values: [String: String] = [:]
    for name in ServeSettings.variables {
      // `getenv` returns a string that lives on, as nothing here changes the environment.
      if let value = getenv(name) { values[name] = String(cString: value) }
    }
    return values
  }

  /// The directory of this executable; the programs that belong to the hub lie beside it.
  static var executableDirectory: String {
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    // Leaves room for the zero byte, which `readlink` does not write.
    let count = readlink("/proc/self/exe", &path, path.count - 1)
    guard count > 0 else { return "." }
    let text = String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let slash = text.lastIndex(of: "/") else { return "." }
    return String(text[..<slash])
  }
}
