/// The CustomResourceDefinition of OperatorSubscription, which the demo applies from the binary.
///
/// It names every field of DESIGN 2.1, also those that this version refuses: an API server prunes fields that
/// a definition does not name, and the hub could not tell anybody that they have no effect. It has defaults
/// only where the meaning of an absent field is settled: an API server writes them into stored objects.
public enum SubscriptionCRD {
  /// The name of the definition.
  public static let name = "operatorsubscriptions.frugalhub.dev"
  /// The API group of the kind.
  public static let group = "frugalhub.dev"
  /// The version that is served.
  public static let version = "v1alpha1"
  /// The plural in paths.
  public static let plural = "operatorsubscriptions"
  /// The definition as JSON, for a POST to the API server.
  public static var json: [UInt8] { Array(text.utf8) }
}
