import CLinux
import Glibc

/// `posix_spawn` for a plugin: a process group of its own, no input, no inherited descriptors, default signals.
enum ExecSpawn {
  static func spawn(
    _ plugin: ExecPlugin, _ environment: [String: String], output: Int32, errors: Int32
  ) throws(ExecFailure) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    setSignalsAndGroup(&attributes)

    var pid: Int32 = 0
    let words = [plugin.command] + plugin.arguments
    let code = withCStrings(words) { arguments in
      withCStrings(variables(plugin, environment)) { environment in
        posix_spawnp(&pid, plugin.command, &actions, &attributes, arguments, environment)
      }
    }
    switch code {
    case 0: return pid
    case ENOENT: throw .notFound
    default: throw .notStarted(String(cString: strerror(code)))
    }
  }

  /// The hub's own variables, then the plugin's, which count.
  private static func variables(_ plugin: ExecPlugin, _ environment: [String: String]) -> [String] {
    var all = environment
    for variable in plugin.environment { all[variable.name] = variable.value }
    all["KUBERNETES_EXEC_INFO"] = plugin.information
    return all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }

  private static func setSignalsAndGroup(_ attributes: inout posix_spawnattr_t) {
    var all = sigset_t()
    sigfillset(&all)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    posix_spawnattr_setflags(&attributes, Int16(flags))
  }

  /// The strings as the null-terminated array of C strings that `exec` takes, valid during `body`.
  private static func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}
