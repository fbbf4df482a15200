import Foundation
import HTTP
import TestSupport

/// A folder that holds what an image would: the base by mmdebstrap, then the steps of the Dockerfile, run by chroot.
struct ImageRoot {
  let directory: URL

  struct StepFailed: Error, CustomStringConvertible { let description: String }

  /// The Debian mirror of this machine.
  static var mirror: String {
    let files = ["/etc/apt/sources.list", "/etc/apt/sources.list.d/debian.sources"]
    let text = files.compactMap { try? String(contentsOfFile: $0, encoding: .utf8) }.joined(separator: "\n")
    let found = text.firstMatch(of: #/(?m)^(?:deb|URIs:) (?:\[[^\]]*\] )?(https?://\S+/debian)/?(?:\s|$)/#)
    return found.map { String($0.output.1) } ?? "http://deb.debian.org/debian"
  }

  /// Whether a root can be made here: by root who may mount, on the Debian of the image, with a mirror
  /// in reach.
  static func isPossible(_ suite: String) async -> Bool {
    guard getuid() == 0, FileManager.default.isExecutableFile(atPath: "/usr/bin/mmdebstrap"),
      let release = try? String(contentsOfFile: "/etc/os-release", encoding: .utf8),
      release.contains("VERSION_CODENAME=\(suite)\n")
    else { return false }
    guard (try? await run("/usr/bin/unshare", ["--mount", "/bin/true"])) != nil else { return false }
    let client = HTTPClientThread()
    defer { client.stop() }
    let request = HTTPClientRequest(url: "\(mirror)/dists/\(suite)/Release", deadlineMilliseconds: 30_000)
    return (try? await client.send(request).status) == 200
  }

  /// A slim Debian without documentation, as the image is.
  init(suite: String) async throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "image-\(UUID())")
    let excluded = ["doc", "man", "locale", "info"].map { "--dpkgopt=path-exclude=/usr/share/\($0)/*" }
    try await Self.run(
      "/usr/bin/mmdebstrap",
      ["--quiet", "--variant=minbase", "--mode=root", "--skip=chroot/mount"] + excluded
        + [suite, directory.path, Self.mirror])
  }

  func remove() {
    for made in [directory, directory.appendingPathExtension("volume")] {
      try? FileManager.default.removeItem(at: made)
    }
  }

  /// Runs a command in the root as its administrator.
  func run(_ command: String) async throws {
    try await Self.run("/usr/sbin/chroot", [directory.path, "/bin/sh", "-c", command])
  }

  /// Mounts that only the program sees and that end with it: its root, which nobody may write to, and /proc, from which
  /// Swift takes the arguments.
  private static let asContainer = """
    root=$1 user=$2 volume=$3 path=$4; shift 4
    mount --bind "$root" "$root" && mount --rbind /proc "$root/proc" && mount -o remount,bind,ro "$root" \
      && { [ -z "$volume" ] || mount --bind "$volume" "$root$path"; } \
      && exec chroot --userspec="$user" "$root" "$@"
    """

  /// A volume as the kubelet mounts it into a pod with an `fsGroup`.
  struct Volume {
    /// Its content, on this machine.
    let content: URL
    /// Where the program sees it.
    let path: String
  }

  /// An empty volume of ext4, as root's who lets the group write, and the place to mount it at.
  func makeVolume(at path: String, group: Int) throws -> Volume {
    let files = FileManager.default
    try files.createDirectory(at: directory.appending(path: path), withIntermediateDirectories: true)
    let content = directory.appendingPathExtension("volume")
    try files.createDirectory(
      at: content.appending(path: "lost+found"), withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    try files.setAttributes(
      [.groupOwnerAccountID: group, .posixPermissions: 0o2775], ofItemAtPath: content.path)
    return Volume(content: content, path: path)
  }

  /// Starts a program of the image as the image's user on a read-only root, with nothing in its environment but this.
  func start(
    _ command: [String], user: String, environment: [String: String] = [:], volume: Volume? = nil
  ) throws -> BuiltProcess {
    try BuiltProcess(
      "/usr/bin/unshare",
      ["--mount", "/bin/sh", "-c", Self.asContainer, "sh", directory.path, user]
        + [volume?.content.path ?? "", volume?.path ?? ""] + command,
      environment: environment.merging(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]) { own, _ in own })
  }

  /// Copies an executable, and the libraries of a toolchain that one built for tests is linked with. A release binary
  /// has the Swift libraries in itself.
  func copy(_ executable: URL, to target: String) async throws {
    try place(executable, at: target)
    let libraries = try await Self.run("/usr/bin/ldd", [executable.path])
    for found in libraries.matches(of: #/=> (/\S+/swift/linux/\S+)/#) {
      let path = String(found.output.1)
      try place(URL(filePath: path).resolvingSymlinksInPath(), at: path)
    }
  }

  private func place(_ file: URL, at path: String) throws {
    let target = directory.appending(path: path)
    guard !FileManager.default.fileExists(atPath: target.path) else { return }
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: file, to: target)
  }

  @discardableResult
  private static func run(_ program: String, _ arguments: [String]) async throws -> String {
    let process = try BuiltProcess(
      program, arguments,
      environment: [
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C",
      ])
    let code = try await process.end(seconds: 900)
    guard code == 0 else {
      throw StepFailed(
        description:
          "\(program) \(arguments.joined(separator: " ")): \(code)\n\(process.output.suffix(2000))\(process.errors.suffix(2000))"
      )
    }
    return process.output
  }
}
