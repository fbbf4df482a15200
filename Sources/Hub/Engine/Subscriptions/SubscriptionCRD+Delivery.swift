import CESQL
import CloudEvents

extension SubscriptionCRD {
  private typealias Limits = SubscriptionLimits

  static var filters: SchemaNode {
    let text = SchemaNode.text(1...EventFilterLimits.maxTextBytes)
    func attributes(_ says: String) -> SchemaNode {
      .map(says, of: text, 1...EventFilterLimits.maxAttributes)
    }
    func nested(_ says: String) -> SchemaNode {
      .list(
        says + "; at most \(EventFilterLimits.maxDepth) levels.", of: .anyObject(),
        1...EventFilterLimits.maxFilters)
    }
    func expression(_ says: String) -> SchemaNode { .text(says, 1...CESQLLimits.maxBytes) }
    let filter = SchemaNode.object(
      count: 1...1,
      [
        ("exact", attributes("Each attribute is exactly this text.")),
        ("prefix", attributes("Each attribute begins with this text.")),
        ("suffix", attributes("Each attribute ends with this text.")),
        ("all", nested("All of these filters pass")), ("any", nested("One of these filters passes")),
        ("not", .anyObject("This filter does not pass.")),
        ("cesql", expression("An expression of CloudEvents SQL 1.0 that is true.")),
        ("sql", expression("Another name of cesql.")),
      ])
    return .list(
      "What an event's attributes must be for it to be sent: CloudEvents Subscriptions API dialects. All must pass.",
      of: filter, 0...EventFilterLimits.maxFilters)
  }

  static var resync: SchemaNode {
    .object(
      "Send every matching key again from time to time; absent means never.", required: ["period"],
      [
        ("period", duration("How often, as PT10M or 10m.")),
        ("spread", .flag("Spread the keys over the period instead of one batch.")),
      ])
  }

  static var delivery: SchemaNode {
    .object(
      "How a failed delivery is tried again.",
      [
        (
          "retry",
          .integer(
            "How often; absent means for ever.", from: Limits.retry.lowerBound, to: Limits.retry.upperBound)
        ),
        (
          "backoffPolicy",
          .choice("How the wait grows.", ["exponential", "linear"], default: "exponential")
        ),
        ("backoffDelay", duration("The first wait, as PT0.2S or 200ms; absent means 200 ms.")),
        ("retryAfterMax", duration("The longest Retry-After that is honoured.")),
        ("timeout", duration("How long one attempt may take, as PT300S or 5m; absent means 300 s.")),
        (
          "deadLetterSink",
          destination("Where events go that were rejected or whose retries are used up.")
        ),
        (
          "concurrency",
          .integer(
            "How many deliveries at once; absent means 8.", from: Limits.concurrency.lowerBound,
            to: Limits.concurrency.upperBound)
        ),
        ("format", .text("How the event is written, json or binary.", 1...Limits.maxLabelBytes)),
      ])
  }

  static var scaleTarget: SchemaNode {
    .object(
      "A Deployment or StatefulSet in the same namespace which the hub scales.",
      required: ["apiVersion", "kind", "name"],
      [
        ("apiVersion", apiVersion()), ("kind", kind()), ("name", .text(1...Limits.maxSubdomainBytes)),
        ("idleAfter", duration("How long without work before it sleeps.")),
        ("minUp", duration("How long it stays up at least.")),
        ("replicas", .integer("How many replicas it wakes to.", from: 1)),
      ])
  }

  /// Knative's Destination.
  static func destination(_ says: String) -> SchemaNode {
    .object(
      says,
      rules: [
        SchemaRule(rule: "has(self.ref) || has(self.uri)", message: "give ref, uri or both"),
        SchemaRule(
          rule: "has(self.ref) || !has(self.uri) || self.uri.matches('^[hH][tT][tT][pP][sS]?://')",
          message: "a uri without a ref begins with http:// or https://"),
      ],
      [
        ("ref", reference),
        ("uri", .text("An http or https URL.", 1...SinkURI.maxBytes)),
        (
          "CACerts",
          .text("PEM certificates that the sink's TLS is verified with.", 1...Limits.maxCertificateBytes)
        ),
        ("audience", .text("The OIDC audience of the sink.", 1...Limits.maxAudienceBytes)),
      ])
  }

  private static var reference: SchemaNode {
    .object(
      "A Service, a Knative Service, or any Addressable.", required: ["kind", "name"],
      rules: [
        SchemaRule(rule: "has(self.apiVersion) || has(self.group)", message: "give apiVersion")
      ],
      [
        ("apiVersion", apiVersion()), ("kind", kind()),
        ("namespace", .text("Absent means the own namespace.", 1...Limits.maxLabelBytes)),
        ("name", .text(1...Limits.maxSubdomainBytes)),
        ("group", .text("The group in place of apiVersion; its v1 is taken.", 1...Limits.maxSubdomainBytes)),
        ("address", .text("The name of one of the object's addresses.", 1...Limits.maxSubdomainBytes)),
      ])
  }

  /// A superset of what the hub reads: ISO 8601 or Go style.
  private static func duration(_ says: String) -> SchemaNode {
    .text(
      says, 1...DurationText.maxBytes,
      pattern: "^(P[0-9.,WDTHMS]+|0|([0-9]+([.][0-9]*)?(ns|us|µs|μs|ms|s|m|h))+)$")
  }
}
