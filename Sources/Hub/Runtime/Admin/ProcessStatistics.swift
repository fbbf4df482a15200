import Glibc

/// What the kernel says about this process, by the names that Prometheus clients give it.
struct ProcessStatistics: Sendable, Equatable {
  /// User and system time in seconds.
  var cpuSeconds = 0.0
  /// Resident memory in bytes.
  var residentBytes = 0
  /// Virtual memory in bytes.
  var virtualBytes = 0
  /// Open file descriptors.
  var openDescriptors = 0
  /// The limit of open file descriptors.
  var maxDescriptors = 0
  /// Threads.
  var threads = 0
  /// When the process began, in seconds since 1970.
  var startSeconds = 0.0

  /// Reads `/proc/self`; what cannot be read stays 0.
  static func read() -> ProcessStatistics {
    var statistics = ProcessStatistics()
    if let stat = text("/proc/self/stat"), let fields = fieldsAfterName(stat), fields.count > 21 {
      let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
      // Counted from field 3 of proc(5): utime is 14, stime 15, num_threads 20, starttime 22, vsize 23, rss 24.
      statistics.cpuSeconds = ((Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)) / ticks
      statistics.threads = Int(fields[17]) ?? 0
      statistics.startSeconds = (bootSeconds ?? 0) + (Double(fields[19]) ?? 0) / ticks
      statistics.virtualBytes = Int(fields[20]) ?? 0
      statistics.residentBytes = (Int(fields[21]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
    statistics.openDescriptors = countOpenDescriptors()
    var limit = rlimit()
    // RLIMIT_NOFILE is 7 on Linux; its constant has a type of its own.
    if getrlimit(__rlimit_resource_t(7), &limit) == 0 {
      statistics.maxDescriptors = Int(clamping: limit.rlim_cur)
    }
    return statistics
  }

  /// The program's name, in parentheses, may itself contain spaces and parentheses.
  private static func fieldsAfterName(_ stat: String) -> [Substring]? {
    guard let end = stat.lastIndex(of: ")") else { return nil }
    return stat[stat.index(after: end)...].split(separator: " ")
  }

  private static var bootSeconds: Double? {
    text("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
      .flatMap { Double($0.dropFirst("btime ".count)) }
  }

  private static func countOpenDescriptors() -> Int {
    guard let directory = opendir("/proc/self/fd") else { return 0 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    // Without `.`, `..` and the directory's own.
    return max(0, count - 3)
  }

  private static func text(_ path: String) -> String? {
    guard let bytes = try? FileContent.read(path, limit: 1 << 20) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
