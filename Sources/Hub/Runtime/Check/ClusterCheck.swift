import HubEngine
import JSONScan
import Kubernetes

/// `hub check FILE… --kubeconfig`: holds valid subscriptions to a cluster before they are applied: are the kinds served and can
/// they be followed, exist the service accounts and have they the rights, has the hub them, and are the sinks there.
/// Only reads, and reviews of rights, which leave nothing behind.
public struct ClusterCheck {
  /// The account of the hub whose rights are looked at.
  public struct Account: Sendable, Equatable {
    /// Its namespace.
    public let namespace: String
    /// Its name.
    public let name: String

    /// The account of `deploy/hub`.
    public static let deployed = Account(namespace: "frugalhub", name: "frugalhub")

    /// An account; nil if the text is not `NAMESPACE/NAME`.
    public init?(_ text: String) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
      (namespace, name) = (parts[0], parts[1])
    }

    private init(namespace: String, name: String) {
      self.namespace = namespace
      self.name = name
    }
  }

  private typealias Step = JSONPathStep
  private struct Finding: Hashable {
    let subscription: Int
    let path: [JSONPathStep]
    let fault: ClusterFault
  }

  private let hub: Account
  private let api: APIAccess
  private var questions = ClusterQuestions()
  private var findings: [Finding] = []

  /// Adds to `check` what the cluster lacks for its valid subscriptions, and returns what could not be found out.
  public static func run(_ check: inout SubscriptionCheck, of api: APIAccess, hub: Account) -> [String] {
    var cluster = ClusterCheck(hub: hub, api: api)
    let accepted = check.accepted
    APIInquiry.run(api) { answers in
      cluster.questions.take(answers)
      cluster.findings = []
      for (index, one) in accepted.enumerated() { cluster.judge(one.subscription, index) }
      return cluster.questions.next
    }
    for finding in cluster.findings {
      check.report(finding.path, finding.fault, of: accepted[finding.subscription])
    }
    return cluster.questions.notes
  }

  private init(hub: Account, api: APIAccess) {
    self.hub = hub
    self.api = api
  }

  private mutating func judge(_ subscription: OperatorSubscription, _ index: Int) {
    let isThere = accountExists(subscription, index)
    for (number, interest) in subscription.spec.resources.enumerated() {
      let path: [Step] = [.member("spec"), .member("resources"), .element(number)]
      guard let resource = resource(interest.groupVersion, interest.kind, at: path, index) else { continue }
      guard resource.canListAndWatch else {
        report(
          index, path + [.member("kind")], .notFollowable(plural: resource.plural, verbs: resource.verbs))
        continue
      }
      if isThere { judgeAccount(subscription, resource, at: path, index) }
      judgeHub(resource, at: path, index)
    }
    if case .selected = subscription.spec.namespaces {
      judgeHub(Self.namespaces, at: [.member("spec"), .member("namespaceSelector")], index)
    }
    judgeSink(subscription.spec.sink, at: [.member("spec"), .member("sink")], index)
    if let letters = subscription.spec.delivery.deadLetterSink {
      judgeSink(letters, at: [.member("spec"), .member("delivery"), .member("deadLetterSink")], index)
    }
  }

  private static let namespaces = APIResource(
    groupVersion: GroupVersion(group: "", version: "v1"), kind: "Namespace", plural: "namespaces",
    namespaced: false, verbs: ["get", "list", "watch"])

  private mutating func report(_ subscription: Int, _ path: [JSONPathStep], _ fault: ClusterFault) {
    let finding = Finding(subscription: subscription, path: path, fault: fault)
    if !findings.contains(finding) { findings.append(finding) }
  }

  // MARK: Kinds

  private mutating func resource(
    _ groupVersion: GroupVersion, _ kind: String, at path: [JSONPathStep], _ index: Int
  ) -> APIResource? {
    let version = groupVersion.apiVersion
    switch questions.resources(groupVersion) {
    case .found(let resources):
      if let found = resources.first(where: { $0.kind == kind }) { return found }
      report(
        index, path + [.member("kind")],
        .kindNotServed(kind: kind, apiVersion: version, served: resources.map(\.kind)))
    case .missing: report(index, path + [.member("apiVersion")], .versionNotServed(version))
    case .unknown(let problem): questions.note("what is served at \(version) is not known: \(problem)")
    case .waiting: break
    }
    return nil
  }

  // MARK: Rights

  private mutating func accountExists(_ subscription: OperatorSubscription, _ index: Int) -> Bool {
    let (namespace, name) = (subscription.namespace, subscription.spec.serviceAccountName)
    switch questions.object("/api/v1/namespaces/\(namespace)/serviceaccounts/\(name)") {
    case .found: return true
    case .missing:
      report(
        index, [.member("spec"), .member("serviceAccountName")], .accountMissing("\(namespace)/\(name)"))
      return false
    case .unknown(let problem):
      questions.note("whether service account \(namespace)/\(name) exists is not known: \(problem)")
      return true
    case .waiting: return false
    }
  }

  /// In the whole cluster first; for what is followed in its own namespace alone, there.
  private mutating func judgeAccount(
    _ subscription: OperatorSubscription, _ resource: APIResource, at path: [JSONPathStep], _ index: Int
  ) {
    var question = AccessQuestion(
      accountNamespace: subscription.namespace, account: subscription.spec.serviceAccountName,
      group: resource.groupVersion.group, resource: resource.plural, namespace: "")
    let isOwn = subscription.spec.namespaces == .own && resource.namespaced
    var answer = questions.lacks(question)
    if isOwn, case .found(let verbs) = answer, !verbs.isEmpty {
      question.namespace = subscription.namespace
      answer = questions.lacks(question)
    }
    let account = "\(subscription.namespace)/\(subscription.spec.serviceAccountName)"
    switch answer {
    case .found(let verbs) where verbs.isEmpty: break
    case .found(let verbs):
      let place = isOwn ? "in namespace \(subscription.namespace)" : "in the whole cluster"
      let missing =
        verbs.map(\.rawValue).joined(separator: ", ") + " \(question.resourceText) \(place)"
      report(
        index, path + [.member("kind")],
        .accountDenied(account: account, missing: missing, isClusterWide: !isOwn))
    case .unknown(let problem):
      questions.note("the rights of service account \(account) are not known: \(problem)")
    case .missing, .waiting: break
    }
  }

  private mutating func judgeHub(_ resource: APIResource, at path: [JSONPathStep], _ index: Int) {
    let account = "\(hub.namespace)/\(hub.name)"
    switch questions.object("/api/v1/namespaces/\(hub.namespace)/serviceaccounts/\(hub.name)") {
    case .found: break
    case .missing:
      return questions.note("the rights of the hub are not known: there is no service account \(account)")
    case .unknown(let problem):
      questions.note("whether the hub's service account \(account) exists is not known: \(problem)")
    case .waiting: return
    }
    let question = AccessQuestion(
      accountNamespace: hub.namespace, account: hub.name, group: resource.groupVersion.group,
      resource: resource.plural, namespace: "")
    switch questions.lacks(question) {
    case .found(let verbs) where verbs.isEmpty || verbs == [.get] && resource == Self.namespaces: break
    case .found:
      let rule =
        #"{apiGroups: ["\#(resource.groupVersion.group)"], resources: ["\#(resource.plural)"], "#
        + #"verbs: ["get", "list", "watch"]}"#
      report(index, path, .hubDenied(what: question.resourceText, rule: rule))
    case .unknown(let problem):
      questions.note("the rights of the hub (service account \(account)) are not known: \(problem)")
    case .missing, .waiting: break
    }
  }

  // MARK: Sinks

  private mutating func judgeSink(_ target: SinkTarget, at path: [JSONPathStep], _ index: Int) {
    guard let ref = target.ref, let groupVersion = GroupVersion(apiVersion: ref.apiVersion) else { return }
    let path = path + [.member("ref")]
    guard let resource = resource(groupVersion, ref.kind, at: path, index) else { return }
    let name = "\(ref.kind) \(ref.namespace)/\(ref.name)"
    switch questions.object(resource.path(namespace: ref.namespace, name: ref.name)) {
    case .found(let object):
      guard
        let address = ref.isCoreService ? ref.serviceURL() : ref.address(in: object.span.bytes)
      else { return report(index, path, .sinkWithoutAddress(name)) }
      do throws(SinkURIFault) {
        _ = try target.url(address: address)
      } catch {
        report(index, path, .sinkAddress(address, error))
      }
    case .missing: report(index, path + [.member("name")], .sinkMissing(name))
    case .unknown(let problem): questions.note("whether \(name) exists is not known: \(problem)")
    case .waiting: break
    }
  }
}
