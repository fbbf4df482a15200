/// The version of the hub, as `hub version`, the User-Agent header and `frugalhub_build_info` show it.
public enum HubVersion {
  /// Semantic versioning; the section of CHANGELOG.md with the same number says what is in it.
  public static let current = "0.1.0"
  /// The User-Agent of every request that the hub makes.
  public static let userAgent = "frugalhub/" + current
}
