/// Why the hub gets nothing from the API server. The texts hold reason and remedy.
enum APIProblem: Sendable, Equatable {
  /// No answer comes.
  case noAnswer(String)
  /// There are no credentials to ask with.
  case notAsked(String)
  /// It answers 401 to whatever the hub shows.
  case notAccepted(String)

  /// The end of a sentence that begins with `the API server`.
  var phrase: String {
    switch self {
    case .noAnswer(let reason): "does not answer: \(reason)"
    case .notAsked(let reason): "is not asked, as there are no credentials: \(reason)"
    case .notAccepted(let remedy): "does not accept the hub's credentials: \(remedy)"
    }
  }
}
