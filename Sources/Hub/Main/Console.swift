import Glibc

/// The terminal, or whatever standard output and standard error are.
enum Console {
  /// A line on standard output. If nobody reads it any more (`hub check … | head`), the program ends quietly.
  static func print(_ text: String) {
    if !write(text, to: STDOUT_FILENO) { exit(ExitCode.success) }
  }

  /// A line on standard error.
  static func error(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    var text = text.hasSuffix("\n") ? text : text + "\n"
    return text.withUTF8 { buffer in
      var rest = UnsafeRawBufferPointer(buffer)
      // `rest` stays within `buffer`, which lives as long as this closure.
      while let base = rest.baseAddress, rest.count > 0 {
        let written = Glibc.write(descriptor, base, rest.count)
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return false }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      }
      return true
    }
  }
}
