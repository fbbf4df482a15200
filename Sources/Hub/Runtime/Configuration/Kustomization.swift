import JSONScan
import YAML

/// The part of a kustomization that says which files it is made of. Patches and generators are not applied.
struct Kustomization {
  /// The fields that list files and folders.
  private static let fields = ["resources", "bases", "components"]

  /// Files and folders, relative to its own folder.
  private(set) var resources: [String] = []
  /// `FILE:LINE:COL: field: reason`.
  private(set) var problems: [String] = []
  private let file: String

  init(_ bytes: [UInt8], file: String) {
    self.file = file
    do throws(YAMLError) {
      let source = try JSONSource(bytes, format: .yaml)
      for document in source.documents { read(document, of: source) }
    } catch {
      problems.append(
        "\(file):\(error.line):\(error.column): (object): \(error.reason.sentence); \(error.remedy)")
    }
  }

  private mutating func read(_ document: Range<Int>, of source: JSONSource) {
    let text = source.json.span.bytes.extracting(document)
    // What the YAML room writes is JSON; only numbers that JSON cannot hold are left.
    guard let object = try? JSONValue(parsing: text) else { return }
    for field in Self.fields {
      guard let value = object[field], value != .null else { continue }
      guard let entries = value.array else {
        report([.member(field)], "is no list; write '- ' before each file", document, source)
        continue
      }
      for (index, entry) in entries.enumerated() {
        let path: [JSONPathStep] = [.member(field), .element(index)]
        if let name = entry.string, !name.isEmpty {
          if Self.isRemote(name) {
            let remedy = "fetch it, or run kubectl kustomize DIR | hub check -"
            report(path, "'\(name)' is not on this machine; \(remedy)", document, source)
          } else {
            resources.append(name)
          }
        } else {
          report(path, "is no file name; write one", document, source)
        }
      }
    }
  }

  /// As kustomize takes it: a URL, an address of git, or a repository on a host.
  private static func isRemote(_ name: String) -> Bool {
    name.contains("://") || name.contains("?ref=") || name.hasPrefix("git@") || name.hasPrefix("github.com/")
  }

  private mutating func report(
    _ path: [JSONPathStep], _ reason: String, _ document: Range<Int>, _ source: JSONSource
  ) {
    let offset = JSONLocator.offset(of: path, in: source.json.span.bytes.extracting(document)) ?? 0
    let place = source.location(of: document.lowerBound + offset)
    let field = path.reduce(into: "") { text, step in
      switch step {
      case .member(let name): text += name
      case .element(let index): text += "[\(index)]"
      }
    }
    problems.append("\(file):\(place.line):\(place.column): \(field): \(reason)")
  }
}
