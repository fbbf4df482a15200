import JSONScan
import YAML

/// Reads the file of `--config`, YAML or JSON by its name: one mapping whose members are the flags of `hub serve` without their
/// dashes, and sections, which are mappings. Flags that take no value are `true` or `false`.
enum ConfigurationFile {
  /// The longest file, in bytes.
  static let maxBytes = 1 << 20

  /// A setting of the file.
  struct Setting {
    /// As a flag would have it; empty for one that takes no value, and for a section.
    var value = ""
    /// `FILE:LINE:COLUMN`.
    let place: String
    var section: ConfigurationSection?
  }

  /// The settings by name; one that is `false` is left out.
  static func read(_ path: String) throws(ConfigurationError) -> [String: Setting] {
    try settings(try bytes(of: path), path: path)
  }

  static func bytes(of path: String) throws(ConfigurationError) -> [UInt8] {
    do throws(FileContentError) {
      return try FileContent.read(path, limit: maxBytes)
    } catch {
      throw .unreadable(setting: "--config", path: path, reason: "\(error)")
    }
  }

  static func settings(_ bytes: [UInt8], path: String) throws(ConfigurationError) -> [String: Setting] {
    let source: JSONSource
    do throws(YAMLError) {
      source = try JSONSource(bytes, format: JSONSource.Format(fileName: path))
    } catch {
      throw .badFile(
        path: place(error.location, path), reason: "\(error.reason.sentence); \(error.remedy)")
    }
    // A YAML file of comments only: every setting has its default.
    guard let document = source.documents.first else { return [:] }
    guard source.documents.count == 1 else {
      let second = source.location(of: source.documents[1].lowerBound)
      throw .badFile(path: place(second, path), reason: "a second document; write all settings in one")
    }
    return try settings(source, document, path)
  }

  private static func settings(
    _ source: JSONSource, _ document: Range<Int>, _ path: String
  ) throws(ConfigurationError) -> [String: Setting] {
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONValue(parsing: source.json.span.bytes.extracting(document))
    } catch {
      throw .badFile(
        path: place(source.location(of: document.lowerBound + error.offset), path), reason: "\(error)")
    }
    guard let object = root.object else {
      throw .badFile(
        path: place(source.location(of: document.lowerBound), path),
        reason: "the file must be one mapping, such as listen: \":8080\"")
    }
    var settings: [String: Setting] = [:]
    for (name, value) in object where name != limitsName {
      let offset = JSONLocator.offset(of: [.member(name)], in: source.json.span.bytes) ?? 0
      let place = place(source.location(of: offset), path)
      if ConfigurationSection.names.contains(name) {
        let section = ConfigurationSection(name, value, of: source, path: path)
        settings[name] = Setting(place: place, section: section)
      } else if let text = try setting(name, value, place) {
        settings[name] = Setting(value: text, place: place)
      }
    }
    return settings
  }

  private static func place(_ location: YAMLLocation, _ path: String) -> String {
    "\(path):\(location.line):\(location.column)"
  }

  private static func setting(
    _ name: String, _ value: JSONValue, _ place: String
  ) throws(ConfigurationError) -> String? {
    if let words = ServeSettings.grammar.retired["--" + name] {
      throw .badFile(path: place, reason: "\"\(name)\" is no more: \(words)")
    }
    let flags = ServeSettings.grammar.flags.filter { $0.name != "--config" }
    guard let flag = flags.first(where: { $0.name == "--" + name }) else {
      let names = flags.map { String($0.name.dropFirst(2)) } + ConfigurationSection.names + [limitsName]
      let known = names.joined(separator: ", ")
      throw .badFile(path: place, reason: "unknown setting \"\(name)\"; there are \(known)")
    }
    if flag.value == nil {
      guard let isOn = value.bool else {
        throw .badFile(path: place, reason: "\"\(name)\" must be true or false")
      }
      return isOn ? "" : nil
    }
    guard let text = value.string, !text.isEmpty else {
      throw .badFile(path: place, reason: "\"\(name)\" must be a string: \(flag.value ?? "")")
    }
    return text
  }
}
