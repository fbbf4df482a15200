#if FUZZING
  import FuzzTargets
  import Glibc

  typealias FuzzCallback = @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32

  /// libFuzzer's main loop; its own `main` is not used, as one binary holds all targets.
  @_silgen_name("LLVMFuzzerRunDriver")
  func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: FuzzCallback
  ) -> Int32

  /// libFuzzer's library refers to it, though the driver is given `check` by hand.
  @_cdecl("LLVMFuzzerTestOneInput")
  func oneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 { check(bytes, count) }

  /// The target that was chosen. Written once, before the fuzzer's only thread runs it.
  nonisolated(unsafe) private var chosen: FuzzTarget?

  private func check(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    // libFuzzer gives as many bytes as it says, and keeps them for the length of the call.
    let input = unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: count))
    do {
      try chosen?.check(input)
    } catch {
      print("BROKEN: \(error)")
      fflush(nil)
      abort()
    }
    return 0
  }

  /// Runs libFuzzer with the arguments after the target's name.
  func drive(_ target: FuzzTarget) -> Int32 {
    chosen = target
    let limit = "-max_len=\(target.maxBytes)"
    // It starts itself anew to merge and to minimize, by a line for the shell that begins with the first argument.
    var arguments =
      [CommandLine.arguments[0] + " " + target.name, limit] + CommandLine.arguments.dropFirst(2)
    // The driver wants C strings that last; it ends the process, so they are not given back.
    var pointers = arguments.map { unsafe strdup($0) } + [nil]
    arguments = []
    var count = Int32(pointers.count - 1)
    return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
      guard var start = buffer.baseAddress else { return 1 }
      return unsafe runDriver(&count, &start) { bytes, count in check(bytes, count) }
    }
  }
#endif
