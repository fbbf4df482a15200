import HubEngine
import JSONScan
import Kubernetes

/// Reads one OperatorSubscription of a cluster.
public enum ClusterSubscription {
  /// Why there is none to be had.
  public struct Problem: Error, CustomStringConvertible {
    /// A sentence with the remedy if there is one.
    public let description: String
  }

  /// The subscription of this name, as it is now. On the calling thread.
  public static func read(
    namespace: String, name: String, of access: APIAccess
  ) -> Result<OperatorSubscription, Problem> {
    var answer: APIInquiry.Answer?
    let problem = APIInquiry.run(access) { answers in
      answer = answers.first
      return answers.isEmpty
        ? [
          APIInquiry.get(
            "/apis/\(SubscriptionParser.apiVersion)/namespaces/\(namespace)/\(SubscriptionCRD.plural)/\(name)"
          )
        ] : []
    }
    guard let answer, answer.status != 0 else {
      return .failure(
        Problem(description: "the API server " + (problem ?? answer?.failure ?? "does not answer")))
    }
    guard answer.status == 200 else { return .failure(Problem(description: words(answer))) }
    switch SubscriptionParser.parse(answer.body, origin: .cluster) {
    case .success(let subscription): return .success(subscription)
    case .failure(let refusal):
      return .failure(Problem(description: "it is not accepted: \(refusal.message())"))
    }
  }

  private static func words(_ answer: APIInquiry.Answer) -> String {
    let message = (try? JSONValue(parsing: answer.body))?["message"]?.string
    return answer.status == 404
      ? "there is no such OperatorSubscription" : message ?? "the API server answers with \(answer.status)"
  }
}
