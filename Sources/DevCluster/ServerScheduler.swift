import Glibc
import HTTP

/// The cluster's thread is that of its HTTP server.
final class ServerScheduler: ClusterScheduler {
  private let owner: ThreadOwner
  private var server: HTTPServer?
  /// Work that came before there was a server.
  private var early: [(Int, () -> Void)] = []

  init(owner: ThreadOwner) { self.owner = owner }

  var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  func after(milliseconds: Int, _ work: @escaping () -> Void) {
    guard let server else {
      early.append((milliseconds, work))
      return
    }
    let confined = ThreadConfined(work, to: owner)
    if milliseconds <= 0 {
      server.execute { confined.value() }
    } else {
      server.schedule(after: milliseconds) { confined.value() }
    }
  }

  /// To be called once, before the server starts.
  func attach(_ server: HTTPServer) {
    self.server = server
    for (milliseconds, work) in early { after(milliseconds: milliseconds, work) }
    early = []
  }

  func detach() { server = nil }
}
