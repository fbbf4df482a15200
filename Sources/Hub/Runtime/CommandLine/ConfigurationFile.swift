import JSONScan

/// Reads the file of `--config`: one JSON object whose members are the flags of `hub serve` without their dashes. Flags
/// that take no value are `true` or `false`.
enum ConfigurationFile {
  /// The longest file, in bytes.
  static let maxBytes = 1 << 20

  /// Settings and values by name; a setting that is `false` is left out.
  static func read(_ path: String) throws(ConfigurationError) -> [String: String] {
    if path.hasSuffix(".yaml") || path.hasSuffix(".yml") {
      throw .badFile(path: path, reason: "YAML is not served by this version; write it as JSON")
    }
    let bytes: [UInt8]
    do throws(FileContentError) {
      bytes = try FileContent.read(path, limit: maxBytes)
    } catch {
      throw .unreadable(setting: "--config", path: path, reason: "\(error)")
    }
    return try settings(bytes, path: path)
  }

  static func settings(_ bytes: [UInt8], path: String) throws(ConfigurationError) -> [String: String] {
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONValue(parsing: bytes)
    } catch {
      let place = JSONLocation(offset: error.offset, in: bytes.span.bytes)
      throw .badFile(path: "\(path):\(place.line):\(place.column)", reason: "\(error)")
    }
    guard let object = root.object else {
      throw .badFile(path: path, reason: "the file must be one JSON object, such as {\"listen\": \":8080\"}")
    }
    var settings: [String: String] = [:]
    for (name, value) in object {
      if let text = try setting(name, value, path) { settings[name] = text }
    }
    return settings
  }

  private static func setting(
    _ name: String, _ value: JSONValue, _ path: String
  ) throws(ConfigurationError) -> String? {
    let flags = ServeSettings.grammar.flags.filter { $0.name != "--config" }
    guard let flag = flags.first(where: { $0.name == "--" + name }) else {
      let known = flags.map { String($0.name.dropFirst(2)) }.joined(separator: ", ")
      throw .badFile(path: path, reason: "unknown setting \"\(name)\"; there are \(known)")
    }
    if flag.value == nil {
      guard let isOn = value.bool else {
        throw .badFile(path: path, reason: "\"\(name)\" must be true or false")
      }
      return isOn ? "" : nil
    }
    guard let text = value.string, !text.isEmpty else {
      throw .badFile(path: path, reason: "\"\(name)\" must be a string: \(flag.value ?? "")")
    }
    return text
  }
}
