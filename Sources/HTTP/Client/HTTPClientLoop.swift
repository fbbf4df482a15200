/// The thread of an `HTTPClientThread`; confined to it.
final class HTTPClientLoop {
  private static let pollMilliseconds = 60_000

  private let client: HTTPClient
  private let inbox: HTTPClientInbox
  private var receivers: [UInt64: HTTPClientInbox.Receiver] = [:]
  private var isStopped = false

  init(_ configuration: HTTPClientConfiguration, inbox: HTTPClientInbox) {
    self.inbox = inbox
    client = HTTPClient(configuration, wakeup: inbox.wakeup)
  }

  func run() {
    while !isStopped {
      // A wake that comes after the inbox was emptied makes the poll below return at once.
      for message in inbox.take() { perform(message) }
      client.perform { event in handle(event) }
      if !isStopped { client.poll(milliseconds: Self.pollMilliseconds) }
    }
    for case .start(_, _, let receiver) in inbox.close() { receiver.fail(.cancelled) }
    for id in receivers.keys.sorted() { receivers[id]?.fail(.cancelled) }
  }

  private func perform(_ message: HTTPClientInbox.Message) {
    switch message {
    case .start(let id, let request, let receiver):
      receivers[id] = receiver
      client.start(request, id: id)
    case .cancel(let id):
      client.cancel(id: id)
      if let receiver = receivers.removeValue(forKey: id) { receiver.fail(.cancelled) }
    case .stop: isStopped = true
    }
  }

  private func handle(_ event: HTTPClientEvent) {
    switch event {
    case .head(let id, _, _), .bytes(let id, _):
      forward(event, to: id)
    case .end(let id, let result):
      switch (receivers.removeValue(forKey: id), result) {
      case (.answer(let continuation), _): continuation.resume(returning: result)
      case (.stream(let continuation), .success):
        continuation.yield(event)
        continuation.finish()
      case (.stream(let continuation), .failure(let failure)): continuation.finish(throwing: failure)
      case (nil, _): break
      }
    }
  }

  private func forward(_ event: HTTPClientEvent, to id: UInt64) {
    guard case .stream(let continuation) = receivers[id] else { return }
    if case .dropped = continuation.yield(event) {
      client.cancel(id: id)
      receivers.removeValue(forKey: id)?.fail(.tooLarge)
    }
  }
}
