import Glibc
import HTTP
import Synchronization

/// What Knative Services have outside the cluster's thread: child processes, listeners, the client that reaches the
/// processes, the request log. Usable from any thread, so that none of it is left when the cluster stops, whatever
/// else has stopped already.
final class KnativeRuntime: Sendable {
  private struct State {
    var children: [ChildProcess] = []
    var listeners: [ObjectIdentifier: HTTPServer] = [:]
    var isStopped = false
  }

  let client = HTTPClientThread()
  let log: RequestLog
  private let state = Mutex(State())

  /// Remembers the last `requestLogLimit` requests of each Service.
  init(requestLogLimit: Int = RequestLog.standardLimit) {
    log = RequestLog(limit: requestLogLimit)
  }

  /// Starts a child and keeps it until it has ended; nil once stopped.
  func startChild(_ command: ChildCommand, report: @escaping @Sendable (ChildEvent) -> Void) -> ChildProcess?
  {
    state.withLock { state in
      if state.isStopped { return nil }
      state.children.removeAll { $0.hasEnded }
      let child = ChildProcess.start(command, report: report)
      state.children.append(child)
      return child
    }
  }

  /// Starts a listener and keeps it; does nothing once stopped.
  func start(_ listener: HTTPServer) {
    state.withLock { state in
      if state.isStopped { return }
      state.listeners[ObjectIdentifier(listener)] = listener
      listener.start()
    }
  }

  /// Closes a listener on a thread of its own: its thread may have to finish answers.
  func close(_ listener: HTTPServer) {
    let kept = state.withLock { $0.listeners.removeValue(forKey: ObjectIdentifier(listener)) }
    guard let kept else { return }
    DetachedThread.run { kept.drain(seconds: Self.drainSeconds) }
  }

  /// How long a closing listener may take to send what is answered already.
  private static let drainSeconds = 1.0

  /// Closes all listeners, ends all children (SIGTERM, then SIGKILL after the grace) and returns when the last one is
  /// reaped. Nothing new is started from here on. Blocks the calling thread, which must not be the home thread of a
  /// cluster that still serves its children: they may need it to end in order.
  func stop(graceMilliseconds: Int) {
    let (children, listeners) = state.withLock { state in
      state.isStopped = true
      defer { state.listeners = [:] }
      return (state.children, Array(state.listeners.values))
    }
    for listener in listeners { listener.stop() }
    for child in children { child.signal(SIGTERM) }
    waitForEnd(of: children, milliseconds: graceMilliseconds)
    for child in children { child.signal(SIGKILL) }
    waitForEnd(of: children, milliseconds: nil)
    client.stop()
  }

  /// Looks every 2 ms: it happens once in the life of a cluster, and spares every child a descriptor to wait on.
  private func waitForEnd(of children: [ChildProcess], milliseconds: Int?) {
    let deadline = milliseconds.map { MonotonicClock.now() + UInt64($0) * 1_000_000 }
    while children.contains(where: { !$0.hasEnded }) {
      if let deadline, MonotonicClock.now() >= deadline { return }
      usleep(2000)
    }
  }
}
