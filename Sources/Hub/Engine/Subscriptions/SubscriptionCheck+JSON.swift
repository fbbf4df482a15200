import JSONScan

extension SubscriptionCheck {
  /// The findings and what would be watched, for `--json`.
  public func json() -> JSONValue {
    [
      "valid": .bool(isValid),
      "findings": .array(
        findings.map { found in
          [
            "file": .string(found.file), "line": JSONValue(found.line), "column": JSONValue(found.column),
            "field": .string(found.finding.field), "reason": .string(found.finding.reason),
            "remedy": .string(found.finding.remedy),
          ]
        }),
      "watches": .array(
        accepted.flatMap { accepted in
          accepted.subscription.spec.resources.map {
            Self.json(WatchDescription($0, of: accepted.subscription), accepted)
          }
        }),
      "passedOver": .array(
        passedOver.map { passed in
          [
            "file": .string(passed.file), "line": JSONValue(passed.line),
            "kind": .string(passed.object.kind), "apiVersion": .string(passed.object.apiVersion),
          ]
        }),
    ]
  }

  private static func json(_ watch: WatchDescription, _ accepted: Accepted) -> JSONValue {
    [
      "file": .string(accepted.file), "line": JSONValue(accepted.line),
      "subscription": .string(watch.subscription), "kind": .string(watch.kind),
      "apiVersion": .string(watch.apiVersion), "namespaces": .string(watch.namespaces),
      "selector": .string(watch.selector), "owner": watch.owner.map { .string($0) } ?? .null,
      "controller": .bool(watch.viaController), "operations": .array(watch.operations.map { .string($0) }),
      "names": .array(watch.names.map { .string($0) }), "changes": .array(watch.changes.map { .string($0) }),
      "fieldSelector": .string(watch.fieldSelector),
      "ignoreManagers": .array(watch.ignoredManagers.map { .string($0) }),
      "mode": .string(watch.mode), "sink": .string(watch.sink), "suspended": .bool(watch.isSuspended),
    ]
  }
}
