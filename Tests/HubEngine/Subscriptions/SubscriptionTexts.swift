import HubEngine
import JSONScan

/// Texts of subscriptions for the tests of this folder.
enum SubscriptionTexts {
  static let resources = #""resources":[{"apiVersion":"v1","kind":"ConfigMap"}]"#
  static let sink = #""sink":{"uri":"http://sink"}"#

  /// A subscription of a file with this spec, an object without its braces.
  static func object(_ spec: String, metadata: String = #""name":"s""#) -> String {
    """
    {"apiVersion":"frugalhub.dev/v1alpha1","kind":"OperatorSubscription","metadata":{\(metadata)},"spec":{\(spec)}}
    """
  }

  /// A subscription with a good sink and this one resource, an object without its braces.
  static func object(resource: String) -> String { object(#""resources":[{\#(resource)}],\#(sink)"#) }

  /// What the parser says about a text: one line per finding; empty for a valid one.
  static func findings(_ text: String, origin: SubscriptionOrigin = .file) -> [String] {
    switch SubscriptionParser.parse(Array(text.utf8), origin: origin) {
    case .success: []
    case .failure(let refusal): refusal.findings.map(\.description)
    }
  }

  /// The subscription of a valid text.
  static func parsed(_ text: String, origin: SubscriptionOrigin = .file) throws -> OperatorSubscription {
    try SubscriptionParser.parse(Array(text.utf8), origin: origin).get()
  }
}
