import Foundation
import HTTP
import Synchronization

/// Work on another thread after a while, and answers that never come.
enum Later {
  static func run(afterMilliseconds milliseconds: Int, _ work: @escaping @Sendable () -> Void) {
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: work)
  }

  /// Keeps the request open: a responder that goes unused would close the connection.
  static func keep(_ responder: HTTPResponder) {
    kept.withLock { $0.append(responder) }
  }

  private static let kept = Mutex<[HTTPResponder]>([])
}
