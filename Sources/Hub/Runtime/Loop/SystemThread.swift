import CLinux
import Glibc

/// A thread of the operating system, for work that blocks. It takes no signals: those belong to the main thread.
package enum SystemThread {
  /// Runs `body` on a new thread that nobody joins. The name is shown by `top -H` (15 bytes of it).
  package static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Body(name: name, run: body))
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    // A new thread inherits the mask.
    pthread_sigmask(SIG_SETMASK, &all, &before)
    let result = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        // The pointer is the box that was retained above for exactly this one taking.
        let body = Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
        pthread_setname_np(pthread_self(), String(body.name.prefix(15)))
        body.run()
        return nil
      }, box.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    precondition(result == 0, "no thread could be made: \(String(cString: strerror(result)))")
    pthread_detach(thread)
  }

  private final class Body: Sendable {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }
}
