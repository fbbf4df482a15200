import CCurl
import Synchronization

/// Wakes a client's `poll` from any thread. It may outlive the client, and then does nothing.
public final class HTTPClientWakeup: Sendable {
  /// The multi handle. `curl_multi_wakeup` is the one function on it that any thread may call; the lock keeps the
  /// handle alive for the call.
  private struct Target: @unchecked Sendable {
    // Proof: the pointer is only ever passed to curl_multi_wakeup, and only under the lock that `detach` takes
    // before the handle is freed.
    var multi: UnsafeMutableRawPointer?
  }

  private let target = Mutex(Target())

  init() {}

  func attach(_ multi: UnsafeMutableRawPointer) { target.withLock { $0.multi = multi } }

  func detach() { target.withLock { $0.multi = nil } }

  /// Makes the current `poll` return, or the next one if none is running.
  public func wake() {
    target.withLock { target in
      if let multi = target.multi { curl_multi_wakeup(multi) }
    }
  }
}
