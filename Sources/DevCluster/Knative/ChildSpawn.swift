import CLinux
import Glibc

/// `posix_spawn` with what a child of the dev cluster needs: its own process group, no inherited descriptors but the
/// standard three, default signal handling, and the parent's death as its own (see `ChildProcess`).
enum ChildSpawn {
  /// Starts the command on the calling thread, whose end would be the child's end too.
  static func spawn(_ command: ChildCommand) throws(ChildStartFailure) -> Int32 {
    // Asked here, as the wrapper could tell it only by an exit code.
    guard access(command.executable, X_OK) == 0 else {
      throw ChildStartFailure(executable: command.executable, code: errno)
    }
    var words = [command.executable] + command.arguments
    if let setpriv = DeathSignalWrapper.path { words = [setpriv, "--pdeathsig", "KILL", "--"] + words }
    let environment = command.environment.map { "\($0.name)=\($0.value)" }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    addDescriptors(of: command.output, to: &actions)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    setSignalsAndGroup(&attributes)

    var pid: Int32 = 0
    let code = withCStrings(words) { arguments in
      withCStrings(environment) { environment in
        posix_spawn(&pid, words[0], &actions, &attributes, arguments, environment)
      }
    }
    guard code == 0 else { throw ChildStartFailure(executable: command.executable, code: code) }
    return pid
  }

  private static func addDescriptors(of output: ChildOutput, to actions: inout posix_spawn_file_actions_t) {
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    switch output {
    case .inherited: break
    case .discarded:
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
      posix_spawn_file_actions_adddup2(&actions, 1, 2)
    }
    // Sockets of the cluster must not live on in a child: their peers would never see them closed.
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
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
}

/// Where a `setpriv` that knows `--pdeathsig` is (util-linux since 2.33; busybox's does not).
private enum DeathSignalWrapper {
  static let path: String? = ["/usr/bin/setpriv", "/bin/setpriv"].first { path in
    access(path, X_OK) == 0 && knowsDeathSignal(path)
  }

  /// Runs it once to see: its exit code is that of the program it becomes.
  private static func knowsDeathSignal(_ path: String) -> Bool {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var pid: Int32 = 0
    let code = withCStrings([path, "--pdeathsig", "KILL", "--", "/bin/true"]) { words in
      posix_spawn(&pid, path, &actions, nil, words, nil)
    }
    guard code == 0 else { return false }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) == -1, errno == EINTR {}
    return ChildEnd(waitStatus: status) == .exited(code: 0)
  }
}

/// The strings as the null-terminated array of C strings that `exec` takes, valid during `body`.
private func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return body(copies + [nil])
}
