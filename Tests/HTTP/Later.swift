import Foundation
import HTTP
import Synchronization

/// Work on another thread after a while, and answers that never come.
enum Later {
  static func run(afterMilliseconds milliseconds: Int, _ work: @escaping @Sendable () -> Void) {
    // A thread of its own: tests that wait for a socket block the threads of Dispatch's global queue.
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: Double(milliseconds) / 1000)
      work()
    }
  }

  /// Sends again and again, until the peer closes.
  static func trickle(_ text: String, to connection: RawConnection) {
    run(afterMilliseconds: 20) {
      if connection.send(text) { trickle(text, to: connection) }
    }
  }

  /// Keeps the request open: a responder that goes unused would close the connection.
  static func keep(_ responder: HTTPResponder) {
    kept.withLock { $0.append(responder) }
  }

  private static let kept = Mutex<[HTTPResponder]>([])
}
