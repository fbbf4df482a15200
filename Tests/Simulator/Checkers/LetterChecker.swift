import HubEngine

/// `CheckerName.deadLetters`: a letter is written of what failed for good, once, and of nothing else (SEMANTICS 24).
struct LetterChecker {
  /// The status that a letter tells where there was no answer.
  static let noAnswer = 500

  /// By key: what the sink answered last, if that was no yes.
  private var failures: [String: Int] = [:]
  /// The events of keys whose letter was taken and whose sink was not asked since.
  private var taken: [String: String] = [:]
  /// Rejected events whose letter has not come yet.
  private(set) var owed: [String: Sent] = [:]

  /// The sink's own answer; 0: there was none.
  mutating func answered(_ sent: Sent, _ status: Int) {
    if (200..<300).contains(status) {
      failures[sent.key] = nil
    } else {
      failures[sent.key] = status == 0 ? Self.noAnswer : status
    }
  }

  /// It was rejected by a subscription that has a dead letter sink, and no fault is in the way.
  mutating func owes(_ sent: Sent) { owed[sent.key] = sent }

  mutating func sent(_ sent: Sent, of tenant: Tenant) -> [Violation] {
    owed[sent.key] = nil
    guard sent.isLetter else {
      taken[sent.key] = nil
      return []
    }
    if !tenant.forms.contains(where: { $0.deadLetters == sent.request.url }) {
      return [Violation(.deadLetters, "nobody reads letters there", sent)]
    }
    let destination = sent.header("ce-knativeerrordest") ?? ""
    if !tenant.forms.contains(where: { $0.url == destination }) {
      return [Violation(.deadLetters, "it never was to go to \(destination)", sent)]
    }
    guard let failure = failures[sent.key] else {
      return [Violation(.deadLetters, "a letter of what did not fail", sent)]
    }
    if sent.header("ce-knativeerrorcode") != String(failure) {
      return [Violation(.deadLetters, "the sink answered \(failure)", sent)]
    }
    if taken[sent.key] == sent.eventID {
      return [Violation(.deadLetters, "its letter was taken before", sent)]
    }
    return []
  }

  mutating func wasTaken(_ letter: Sent) { taken[letter.key] = letter.eventID }

  /// The next hub has no letters: it asks the sink again.
  mutating func hubDied() { taken = [:] }

  func checkOwed() -> [Violation] {
    owed.values.map { Violation(.deadLetters, "no letter of what was rejected", $0) }
  }
}
