/// The bounds of one subscription. Each is refused beyond, by name, in the status and by `hub check`.
public enum SubscriptionLimits {
  /// Entries of `spec.resources`.
  public static let maxResources = 64
  /// Labels and expressions of one selector together.
  public static let maxSelectorTerms = 64
  /// Values of one `matchExpressions` entry.
  public static let maxSelectorValues = 256
  /// Entries of `operations`: each of the three once.
  public static let maxOperations = 3
  /// Entries of `names`.
  public static let maxNames = 1024
  /// Entries of `changes`; each has a bit in the plan that finds them.
  public static let maxChanges = 32
  /// Bytes of a path of `changes`.
  public static let maxPathBytes = 512
  /// Steps of a path of `changes`.
  public static let maxPathSteps = 32
  /// Entries of `ignoreManagers`.
  public static let maxIgnoredManagers = 32
  /// Bytes of the name of a field manager, as the API server has it.
  public static let maxManagerBytes = 128
  /// Bytes of a name or a group: RFC 1123 subdomain.
  public static let maxSubdomainBytes = 253
  /// Bytes of a namespace, a kind or a version: RFC 1123 label.
  public static let maxLabelBytes = 63
  /// Bytes of a group and version.
  public static let maxAPIVersionBytes = maxSubdomainBytes + 1 + maxLabelBytes
  /// Bytes of the certificates of a sink (`CACerts`).
  public static let maxCertificateBytes = 64 << 10
  /// Bytes of the audience of a sink.
  public static let maxAudienceBytes = 2048
  /// Bytes of a uid.
  public static let maxUIDBytes = 128
  /// `delivery.retry`.
  public static let retry = 0...1_000_000
  /// `delivery.concurrency`.
  public static let concurrency = 1...1024
  /// `delivery.backoffDelay` in milliseconds: 1 ms to the longest wait, 5 min.
  public static let backoffDelayMilliseconds = 1...300_000
  /// `delivery.retryAfterMax` in milliseconds: 0 (`Retry-After` is not heeded) to 24 h.
  public static let retryAfterMaxMilliseconds = 0...86_400_000
  /// `delivery.timeout` in milliseconds: 1 ms to 1 h.
  public static let timeoutMilliseconds = 1...3_600_000
  /// `resync.period` in milliseconds: 1 s to 365 days.
  public static let resyncMilliseconds = 1000...31_536_000_000
  /// Bytes of a file of subscriptions: as large as a ConfigMap.
  public static let maxFileBytes = 1 << 20
  /// Objects in one file.
  public static let maxObjectsPerFile = 20_000
  /// Entries of `ceOverrides.extensions`.
  public static let maxExtensions = 32
  /// Bytes of the name of an extension attribute; CloudEvents advises at most 20.
  public static let maxExtensionNameBytes = 63
  /// Bytes of the value of an extension attribute.
  public static let maxExtensionBytes = 1024
  /// Findings that are kept of one object; a text that has more is no subscription at all.
  public static let maxFindings = 64
}
