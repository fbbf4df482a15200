import HTTP

/// The front of one Service: a listener of its own on the loopback address, and behind it the revision that serves and
/// those that are finishing. Home thread only.
///
/// `@unchecked Sendable` for the same reason as `RevisionRunner`.
final class ServiceActivator: @unchecked Sendable {
  let service: ServiceKey
  /// `http://127.0.0.1:PORT/`
  let url: String
  private let context: ActivatorContext
  private let listener: HTTPServer
  private let inbox: Inbox
  private var current: RevisionRunner?
  private var retired: [ObjectIdentifier: RevisionRunner] = [:]
  private var isDeleted = false
  private var requests: UInt64 = 0

  /// Gives the listener's thread the way to the activator, which exists only after the listener.
  private final class Inbox: @unchecked Sendable {
    // Home thread only; weak, as the listener that holds the inbox is held by the activator.
    weak var activator: ServiceActivator?
  }

  /// Listens at once; requests are answered 503 until there is a revision.
  init(_ service: ServiceKey, in context: ActivatorContext) throws(HTTPServerError) {
    self.service = service
    self.context = context
    let inbox = Inbox()
    let home = context.home
    listener = try HTTPServer(HTTPServerConfiguration(host: "127.0.0.1", port: 0)) { request, responder in
      home.execute {
        if let activator = inbox.activator {
          activator.accept(request, responder)
        } else {
          responder.send(.text(404, "this Service is deleted\n"))
        }
      }
    }
    url = "http://127.0.0.1:\(listener.port)/"
    self.inbox = inbox
    inbox.activator = self
    context.runtime.start(listener)
  }

  /// The revision that serves, if any.
  var revision: RevisionTemplate? { current?.template }

  /// Sends new requests to this revision from now on; the one before finishes what it has and ends.
  func serve(_ template: RevisionTemplate) {
    let old = current
    current = RevisionRunner(template, of: service, in: context)
    if let old { retire(old, atOnce: false) }
  }

  /// Ends everything of the Service: its processes, and after the last of them its listener.
  func delete() {
    if isDeleted { return }
    isDeleted = true
    for runner in Array(retired.values) { retire(runner, atOnce: true) }
    if let current { retire(current, atOnce: true) }
    current = nil
    closeIfDone()
  }

  /// Ends the process with this pid, if it is one of this Service's.
  func end(pid: Int32) {
    current?.end(pid: pid)
    for runner in Array(retired.values) { runner.end(pid: pid) }
  }

  private func retire(_ runner: RevisionRunner, atOnce: Bool) {
    retired[ObjectIdentifier(runner)] = runner
    // A retired revision keeps its listener's activator alive until it is done.
    runner.retire(atOnce: atOnce, to: route) {
      self.retired[ObjectIdentifier(runner)] = nil
      self.closeIfDone()
    }
  }

  private func closeIfDone() {
    if isDeleted, retired.isEmpty { context.runtime.close(listener) }
  }

  private func accept(_ request: HTTPRequest, _ responder: HTTPResponder) {
    requests += 1
    let sequence = context.runtime.log.arrived(
      at: service, cloudEvent: ProxyHeaders.cloudEvent(request.headers))
    route(
      HeldRequest(
        id: RequestID(number: requests), sequence: sequence, request: request, responder: responder,
        arrival: MonotonicClock.now()))
  }

  private func route(_ request: HeldRequest) {
    if let current { return current.accept(request) }
    let answer =
      isDeleted
      ? HTTPResponse.text(404, "the Service \(service) is deleted\n")
      : .text(503, "the Service \(service) has no revision that can run; see its Ready condition\n")
    context.runtime.log.note(service, request.sequence, outcome: .refused(status: answer.status))
    request.responder.send(answer)
  }
}
