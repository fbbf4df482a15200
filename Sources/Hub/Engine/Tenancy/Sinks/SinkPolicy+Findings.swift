import JSONScan

extension SinkPolicy {
  /// What this policy forbids of a subscription, as far as that is known before names are looked up and objects are read.
  /// `isAdministrators`: the hub would read it from a file of its own.
  public func findings(
    about subscription: OperatorSubscription, isAdministrators: Bool = false
  ) -> [SubscriptionFinding] {
    let spec = subscription.spec
    let sender = SinkSender(
      namespace: subscription.namespace, isAdministrators: isAdministrators, tellsSecrets: spec.tellsSecrets)
    var findings = finding(spec.sink, [.member("spec"), .member("sink")], sender).map { [$0] } ?? []
    let path: [JSONPathStep] = [.member("spec"), .member("delivery"), .member("deadLetterSink")]
    if let finding = spec.delivery.deadLetterSink.flatMap({ finding($0, path, sender) }) {
      findings.append(finding)
    }
    return findings
  }

  private func finding(
    _ target: SinkTarget, _ path: [JSONPathStep], _ sender: SinkSender
  ) -> SubscriptionFinding? {
    let judge = SinkJudge(policy: self, apiServer: "")
    let path = path + [.member(target.uri == nil || target.ref != nil ? "ref" : "uri")]
    // The address of another Addressable is known to the cluster only.
    if let ref = target.ref, !ref.isCoreService {
      let mayTell = allow.contains {
        $0.secrets && ($0.namespaces.isEmpty || $0.namespaces.contains { $0.matches(sender.namespace) })
      }
      guard sender.tellsSecrets, !mayTell else { return nil }
      let objection = SinkObjection.secrets(to: "\(ref.kind) \(ref.namespace)/\(ref.name)")
      return SubscriptionFinding(path: path, fault: .sinkNotAllowed(objection))
    }
    // A URL that is none has its own finding.
    guard let url = try? target.url(address: target.ref?.serviceURL()) else { return nil }
    do throws(SinkObjection) {
      _ = try judge.judge(url, sender)
      return nil
    } catch {
      return SubscriptionFinding(path: path, fault: .sinkNotAllowed(error))
    }
  }
}
