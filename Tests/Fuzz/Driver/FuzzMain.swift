import FuzzTargets
import Glibc

/// `fuzz TARGET [FILE…]` replays files. Built with `-sanitize=fuzzer` and `FUZZING` (`make fuzz`), what follows the target
/// are libFuzzer's arguments instead.
@main
enum FuzzMain {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count > 1, let target = FuzzTarget.all.first(where: { $0.name == arguments[1] }) else {
      print(
        "usage: fuzz TARGET [ARGUMENT...]; the targets are \(FuzzTarget.all.map(\.name).joined(separator: " "))"
      )
      exit(2)
    }
    #if FUZZING
      exit(drive(target))
    #else
      for file in arguments.dropFirst(2) { replay(file, target) }
    #endif
  }

  private static func replay(_ file: String, _ target: FuzzTarget) {
    guard let bytes = contents(of: file) else {
      print("fuzz: cannot read \(file)")
      exit(1)
    }
    do {
      try target.check(bytes)
      print("\(file): holds")
    } catch {
      print("\(file): \(error)")
      exit(1)
    }
  }

  private static func contents(of file: String) -> [UInt8]? {
    guard let stream = fopen(file, "r") else { return nil }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    while true {
      let byte = getc(stream)
      if byte == EOF { return bytes }
      bytes.append(UInt8(truncatingIfNeeded: byte))
    }
  }
}
