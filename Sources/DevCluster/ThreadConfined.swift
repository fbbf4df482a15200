import Glibc
import Synchronization

/// The one thread that may touch what is confined to it: the first that asks.
final class ThreadOwner: Sendable {
  private let thread = Atomic<UInt>(0)

  /// Whether the caller is that thread.
  var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

  /// Traps on any thread but the owner.
  func check() {
    let current = UInt(pthread_self())
    let (isFirst, owner) = thread.compareExchange(expected: 0, desired: current, ordering: .relaxed)
    precondition(isFirst || owner == current, "the cluster's state is touched off its thread")
  }
}

/// A value that belongs to one thread, in a form that closures may carry to that thread.
///
/// `@unchecked Sendable` is right because the value is reached through `value` only, which traps off the
/// owner. The owner is the HTTP server's thread, which starts after the cluster is set up; so nothing is
/// touched from two threads, and starting a thread orders what was done before. (Letting go of the last
/// reference may happen elsewhere: what is confined has no deinit that touches shared state.)
final class ThreadConfined<Value>: @unchecked Sendable {
  private let confined: Value
  private let owner: ThreadOwner

  init(_ value: Value, to owner: ThreadOwner) {
    confined = value
    self.owner = owner
  }

  var isOnItsThread: Bool { owner.isCurrent }

  var value: Value {
    owner.check()
    return confined
  }
}
