/// How a development cluster runs.
public struct DevClusterConfiguration: Sendable {
  /// The address to listen on.
  public var host = "127.0.0.1"
  /// The port; 0 takes any free one.
  public var port = 0
  /// How long a Deployment's replicas take to become available.
  public var deploymentReadyMilliseconds = 300
  /// How many events of a resource are kept; who asks for older versions gets 410.
  public var historyLimit = 4096
  /// How often a watch with `allowWatchBookmarks` gets a bookmark, beside the one before its end.
  public var bookmarkMilliseconds = 60_000
  /// How long a request for a version that has not come yet waits for it before it gets 504.
  public var futureVersionWaitMilliseconds = 3_000
  /// Whether watches may begin with a streamed list (`sendInitialEvents`); false as on servers before 1.34.
  public var servesWatchList = true
  /// Where the executable of a Knative Service's container is looked for, by the last component of its
  /// command.
  public var executableDirectories: [String] = []
  /// Where the standard output and error of the processes of Knative Services go.
  public var processOutput = ChildOutput.inherited
  /// How long such a process may take to end after SIGTERM; then it is killed.
  public var terminationGraceMilliseconds = 5_000
  /// The largest body of a request, as a real server has it.
  public var maxBodyBytes = 3 * 1024 * 1024
  /// What a watcher may be behind before its connection is closed.
  public var maxBufferedWatchBytes = 64 * 1024 * 1024
  /// The file in which objects, versions and tokens survive the process; nil: they do not.
  public var dataFile: String?
  /// From which uids and generated names are made; nil: a random one.
  public var seed: UInt64?

  /// The defaults: any free port of the loopback address.
  public init() {}
}
