import Foundation

/// Work on a thread of its own after a while: an answer that comes late.
enum Later {
  static func run(afterMilliseconds milliseconds: Int, _ work: @escaping @Sendable () -> Void) {
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: work)
  }
}
