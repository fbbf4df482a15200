/// What the sink does wrong, by its arguments. Times are in milliseconds.
struct SinkOptions: Sendable {
  /// Of its answers.
  var status = 200
  /// Exit with this code before doing anything.
  var exitAtStart: Int32?
  /// Listen only after this time.
  var slowStart = 0
  /// Exit with this code on the first request, unanswered.
  var exitOnRequest: Int32?
  /// Stop listening after the first answer, but live on.
  var answersOnce = false
  /// Begin an answer and close the connection in the middle of it.
  var cutsAnswers = false
  /// Answer after this time; nil: never (`--hang`).
  var delay: Int? = 0
  /// Stay alive on SIGTERM.
  var ignoresTermination = false
  /// Make this file when the first request has come.
  var mark: String?
  /// Answer probes with this status.
  var health = 200

  /// Nil if there is an argument that is not known.
  init?(_ arguments: [String]) {
    var rest = arguments[...]
    func number() -> Int? { rest.popFirst().flatMap { Int($0) } }
    while let argument = rest.popFirst() {
      switch argument {
      case "--hang": delay = nil
      case "--cut": cutsAnswers = true
      case "--once": answersOnce = true
      case "--mark":
        guard let path = rest.popFirst() else { return nil }
        mark = path
      case "--ignore-term": ignoresTermination = true
      case "--status", "--exit-at-start", "--slow-start", "--exit-on-request", "--delay", "--health":
        guard let number = number() else { return nil }
        set(argument, number)
      default: return nil
      }
    }
  }

  private mutating func set(_ argument: String, _ number: Int) {
    switch argument {
    case "--status": status = number
    case "--exit-at-start": exitAtStart = Int32(number)
    case "--slow-start": slowStart = number
    case "--exit-on-request": exitOnRequest = Int32(number)
    case "--delay": delay = number
    default: health = number
    }
  }
}
