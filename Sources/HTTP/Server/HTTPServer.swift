import Glibc
import Synchronization

/// An HTTP/1.1 server on one thread of its own: keep-alive, chunked streams, limits and timeouts on everything
/// (`HTTPServerConfiguration`). It binds and listens when it is made, so that its port is known and connections can
/// queue; it answers from `start()` on.
///
/// The handler runs on the server's thread and must not block. Requests of one connection are handed over one after
/// the other, each when the one before it has been answered.
public final class HTTPServer: Sendable {
  private enum State {
    case ready(ServerParts)
    case running(LoopThread)
    case stopped
  }

  /// What the thread needs; it makes its loop of them, which never leaves it.
  private struct ServerParts: Sendable {
    let configuration: HTTPServerConfiguration
    let listener: ListeningSocket
    let handler: @Sendable (HTTPRequest, HTTPResponder) -> Void
  }

  /// The port that is bound.
  public let port: Int
  /// The address that is bound.
  public let host: String
  private let inbox: ServerInbox
  private let state: Mutex<State>

  /// Binds and listens. Throws if the address is malformed or taken.
  public init(
    _ configuration: HTTPServerConfiguration,
    handler: @escaping @Sendable (HTTPRequest, HTTPResponder) -> Void
  ) throws(HTTPServerError) {
    let listener = try ListeningSocket(host: configuration.host, port: configuration.port)
    port = listener.port
    host = listener.host
    inbox = try ServerInbox()
    state = Mutex(.ready(ServerParts(configuration: configuration, listener: listener, handler: handler)))
  }

  deinit { stop() }

  /// Starts the thread; further calls do nothing.
  public func start() {
    state.withLock { state in
      guard case .ready(let parts) = state else { return }
      state = .running(
        LoopThread(name: "http-server") { [inbox] in
          guard let poller = try? Poller() else { preconditionFailure("no descriptor for epoll") }
          ServerLoop(
            configuration: parts.configuration, listener: parts.listener, inbox: inbox, poller: poller,
            handler: parts.handler
          ).run()
        })
    }
  }

  /// Stops accepting, lets requests in flight finish (their answers say `Connection: close`), then closes. Returns
  /// when all have finished or the time is over, whichever comes first; what is open then is cut. From the server's
  /// own thread it only begins the draining.
  public func drain(seconds: Double) {
    let milliseconds = UInt64(max(0, min(seconds, 1e6)) * 1000)
    end(.drain(deadline: monotonicMilliseconds() + milliseconds))
  }

  /// Closes everything at once and waits for the thread to end (unless this is that thread). Work and answers
  /// posted later are dropped.
  public func stop() { end(.stop) }

  private func end(_ message: ServerInbox.Message) {
    inbox.post(message)
    let thread: LoopThread? = state.withLock { state in
      switch state {
      case .ready(let parts):
        parts.listener.close()
        _ = inbox.close()
        state = .stopped
        return nil
      case .running(let thread): return thread
      case .stopped: return nil
      }
    }
    thread?.join()
  }

  /// Runs work on the server's thread, after everything posted before; dropped if the server has stopped. Before
  /// `start()` it waits for that.
  public func execute(_ work: @escaping @Sendable () -> Void) {
    inbox.post(.execute(work))
  }

  /// Runs work on the server's thread when so much time has passed; dropped if the server stops before.
  public func schedule(after milliseconds: Int, _ work: @escaping @Sendable () -> Void) {
    inbox.post(.schedule(deadline: monotonicMilliseconds() + UInt64(max(0, milliseconds)), work))
  }
}
