import Glibc

/// What the kernel knows about a process (proc(5)).
enum ProcessUsage {
  /// User and system time of all its threads so far, in microseconds; 0 if there is no such process.
  static func cpuMicroseconds(of pid: Int32) -> Int {
    var (clock, time) = (clockid_t(), timespec())
    guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
  }

  /// Resident memory in bytes.
  static func residentBytes(of pid: Int32) -> Int {
    guard let text = read("/proc/\(pid)/statm") else { return 0 }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
  }

  /// The processor's name and how many there are.
  static var machine: String {
    let line = (read("/proc/cpuinfo") ?? "").split(separator: "\n").first { $0.hasPrefix("model name") }
    let model = line?.split(separator: ":").last.map { $0.drop { $0 == " " } } ?? "unknown processor"
    return "\(model), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) CPUs"
  }

  /// The load of the machine over the last minute: runnable processes.
  static var load: Double {
    var load = 0.0
    return getloadavg(&load, 1) == 1 ? load : 0
  }

  /// Files of /proc have no size and are read in one go.
  private static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 16 << 10)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }
}

/// CLOCK_MONOTONIC in nanoseconds, which all processes of a machine share.
func monotonicNanoseconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
