import CLinux
import Glibc
import Synchronization

/// A POSIX thread that runs one function to its end. It takes no signals: those belong to the main thread.
final class LoopThread: Sendable {
  private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  private let thread: pthread_t
  private let isJoined = Mutex(false)

  /// `name` is shown by the system's tools, at most 15 bytes of it.
  init(name: String, _ body: @escaping @Sendable () -> Void) {
    // The reference that is handed to the thread is taken over there, exactly once (the thread begins exactly once).
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
        pthread_setname_np(pthread_self(), String(start.name.prefix(15)))
        start.body()
        return nil
      }, start.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    precondition(result == 0, "the system refuses another thread: \(result)")
    self.thread = thread
  }

  deinit {
    isJoined.withLock { isJoined in
      if !isJoined { pthread_detach(thread) }
    }
  }

  /// Returns when the function has ended. From the thread itself it returns at once.
  func join() {
    // Before the lock: another thread may hold that while it waits for this one.
    guard pthread_equal(thread, pthread_self()) == 0 else { return }
    isJoined.withLock { isJoined in
      if !isJoined { pthread_join(thread, nil) }
      isJoined = true
    }
  }
}
