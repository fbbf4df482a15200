import Glibc
import HubEngine
import JSONScan
import YAML

/// Reads what `hub check` is given: files; folders, by their kustomization or, without one, those of their files that
/// `--subscriptions` would read; and `-` for the standard input.
public struct CheckedFiles: Sendable {
  /// A text to be judged.
  public struct Text: Sendable, Equatable {
    /// As findings name it.
    public let name: String
    /// Its content.
    public let bytes: [UInt8]
    /// How it is written.
    public let format: JSONSource.Format
  }

  /// The longest file or input that is read at all, in bytes.
  public static let maxBytes = 16 << 20
  /// The most folders that kustomizations may lead to.
  public static let maxFolders = 1000

  /// What was read, in the order of the arguments; each file once.
  public private(set) var texts: [Text] = []
  /// What could not be read: `FILE: cannot read it: reason`, or `FILE:LINE:COL: resources[0]: reason`.
  public private(set) var problems: [String] = []
  private var seen: Set<String> = []
  private var folders = 0

  /// Reads files, folders and the standard input.
  public init(_ arguments: [String]) {
    for argument in arguments {
      if argument == "-" { addStandardInput() } else { add(argument) }
    }
  }

  private mutating func addStandardInput() {
    do throws(FileContentError) {
      let bytes = try FileContent.readStream(STDIN_FILENO, limit: Self.maxBytes)
      texts.append(Text(name: "-", bytes: bytes, format: Self.format(of: bytes)))
    } catch {
      problems.append("-: cannot read it: \(error)")
    }
  }

  /// An input has no name that tells: what begins as a JSON object or array is JSON.
  private static func format(of bytes: [UInt8]) -> JSONSource.Format {
    switch bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
    case UInt8(ascii: "{"), UInt8(ascii: "["): .json
    default: .yaml
    }
  }

  private mutating func add(_ path: String) {
    // Kustomizations may lead to one file by two ways, and in a circle.
    guard seen.insert(FileContent.resolved(path) ?? path).inserted else { return }
    if FileContent.isFolder(path) { return addFolder(path) }
    // How a folder is put together is no object; the folder is read by it, the file is not.
    if SubscriptionFiles.isKustomization(path) { return }
    do throws(FileContentError) {
      let bytes = try FileContent.read(path, limit: Self.maxBytes)
      texts.append(Text(name: path, bytes: bytes, format: JSONSource.Format(fileName: path)))
    } catch {
      problems.append("\(path): cannot read it: \(error)")
    }
  }

  private mutating func addFolder(_ folder: String) {
    folders += 1
    guard folders <= Self.maxFolders else {
      problems.append("\(folder): not read: more than \(Self.maxFolders) folders")
      return
    }
    let folder = folder.hasSuffix("/") && folder.count > 1 ? String(folder.dropLast()) : folder
    for name in SubscriptionFiles.kustomizationNames where FileContent.exists(folder + "/" + name) {
      return addResources(of: folder, by: folder + "/" + name)
    }
    do throws(FileContentError) {
      for name in try SubscriptionDirectory.fileNames(in: folder) { add(folder + "/" + name) }
    } catch {
      problems.append("\(folder): cannot read it: \(error)")
    }
  }

  private mutating func addResources(of folder: String, by file: String) {
    do throws(FileContentError) {
      let kustomization = Kustomization(try FileContent.read(file, limit: Self.maxBytes), file: file)
      problems += kustomization.problems
      for resource in kustomization.resources {
        add(Self.path(resource, from: folder))
      }
    } catch {
      problems.append("\(file): cannot read it: \(error)")
    }
  }

  /// A path from a folder, without the steps that undo each other: kustomizations may lead far.
  private static func path(_ name: String, from folder: String) -> String {
    guard !name.hasPrefix("/") else { return name }
    var parts = folder.split(separator: "/", omittingEmptySubsequences: false)
    for part in name.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, ![".", "..", ""].contains(last) {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }
}
