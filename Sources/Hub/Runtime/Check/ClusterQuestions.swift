import HubEngine
import JSONScan
import Kubernetes

/// What has been asked of a cluster, and what is still to be asked: judging begins anew with each batch of answers, and
/// whatever it asks that is not known yet is the next batch.
struct ClusterQuestions {
  /// What came back for something that may be there or not.
  enum Found<Value> {
    case found(Value)
    case missing
    /// It could not be asked; a reason.
    case unknown(String)
    /// It is being asked.
    case waiting
  }

  private var known: [String: APIInquiry.Answer] = [:]
  private var wanted: [(key: String, request: APIRequest)] = []
  /// What could not be found out, each once, in the order in which it was asked.
  private(set) var notes: [String] = []

  /// Takes the answers to the last batch.
  mutating func take(_ answers: [APIInquiry.Answer]) {
    for (question, answer) in zip(wanted, answers) { known[question.key] = answer }
    wanted = []
    notes = []
  }

  /// The next batch; empty: all is known.
  var next: [APIRequest] { wanted.map(\.request) }

  mutating func note(_ text: String) {
    if !notes.contains(text) { notes.append(text) }
  }

  private mutating func ask(_ request: APIRequest) -> APIInquiry.Answer? {
    let key = request.method + " " + request.target + " " + String(decoding: request.body, as: UTF8.self)
    if let answer = known[key] { return answer }
    if !wanted.contains(where: { $0.key == key }) { wanted.append((key, request)) }
    return nil
  }

  private static func problem(_ answer: APIInquiry.Answer) -> String {
    if answer.status == 0 { return answer.failure ?? "no answer" }
    let message = (try? JSONValue(parsing: answer.body))?["message"]?.string
    return message ?? "the API server answers with \(answer.status)"
  }

  /// The resources of a group and version.
  mutating func resources(_ groupVersion: GroupVersion) -> Found<[APIResource]> {
    guard let answer = ask(APIInquiry.get(groupVersion.path)) else { return .waiting }
    switch answer.status {
    case 200:
      do throws(DiscoveryError) {
        return .found(try DiscoveryDecoder.resources(fromResourceList: answer.body.span.bytes))
      } catch {
        return .unknown("\(error)")
      }
    case 404: return .missing
    default: return .unknown(Self.problem(answer))
    }
  }

  /// An object.
  mutating func object(_ path: String) -> Found<[UInt8]> {
    guard let answer = ask(APIInquiry.get(path)) else { return .waiting }
    switch answer.status {
    case 200: return .found(answer.body)
    case 404: return .missing
    default: return .unknown(Self.problem(answer))
    }
  }

  /// Which of the three rights an account lacks; `.found([])`: none.
  mutating func lacks(_ question: AccessQuestion) -> Found<[AccessVerb]> {
    var denied: [AccessVerb] = []
    var isWaiting = false
    for verb in AccessVerb.allCases {
      guard let answer = ask(APIInquiry.post(question.review(of: verb), to: AccessQuestion.target)) else {
        isWaiting = true
        continue
      }
      guard (200...299).contains(answer.status),
        let isAllowed = (try? JSONValue(parsing: answer.body))?["status"]?["allowed"]?.bool
      else { return .unknown(Self.problem(answer)) }
      if !isAllowed { denied.append(verb) }
    }
    return isWaiting ? .waiting : .found(denied)
  }
}
