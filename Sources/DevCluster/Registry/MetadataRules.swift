import JSONScan

/// What a real API server demands of names, labels and the like; the messages are its own.
enum MetadataRules {
  private static let subdomainMessage =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    + "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  private static let labelMessage =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    + "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
  private static let dns1035Message =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    + "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    + "'[a-z]([-a-z0-9]*[a-z0-9])?')"
  private static let labelValueMessage =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
    + "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation "
    + "is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
  private static let qualifiedNameMessage =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    + "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

  /// What is wrong with the metadata of an object that is to be stored.
  static func causes(_ object: JSONValue, _ resource: ResourceDefinition) -> [APIError.Cause] {
    var causes: [APIError.Cause] = []
    let name = object.name
    if name.isEmpty {
      causes.append(
        .init(
          reason: "FieldValueRequired", message: "Required value: name or generateName is required",
          field: "metadata.name"))
    } else if let message = nameProblem(name, resource.nameRule) {
      causes.append(invalid("metadata.name", name, message))
    }
    for (key, value) in object.labels {
      if !isQualifiedName(key) { causes.append(invalid("metadata.labels", key, qualifiedNameMessage)) }
      guard let value = value.string else {
        causes.append(invalid("metadata.labels", key, "a label value must be a string"))
        continue
      }
      if !isLabelValue(value) { causes.append(invalid("metadata.labels", value, labelValueMessage)) }
    }
    for (key, value) in object.annotations {
      if !isQualifiedName(key.lowercased()) {
        causes.append(invalid("metadata.annotations", key, qualifiedNameMessage))
      } else if value.string == nil {
        causes.append(invalid("metadata.annotations", key, "an annotation value must be a string"))
      }
    }
    for (position, owner) in object.ownerReferences.enumerated() {
      let field = "metadata.ownerReferences[\(position)]"
      for name in ["apiVersion", "kind", "name", "uid"] where owner[name]?.string?.isEmpty ?? true {
        causes.append(invalid("\(field).\(name)", "", "must not be empty"))
      }
    }
    return causes
  }

  /// What is wrong with a change of metadata.
  static func updateCauses(_ new: JSONValue, old: JSONValue) -> [APIError.Cause] {
    guard old.deletionTimestamp != nil else { return [] }
    let added = new.finalizers.filter { !old.finalizers.contains($0) }
    guard !added.isEmpty else { return [] }
    let list = added.map { "\"\($0)\"" }.joined(separator: ", ")
    return [
      .init(
        reason: "FieldValueForbidden",
        message:
          "Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers "
          + "[]string{\(list)}",
        field: "metadata.finalizers")
    ]
  }

  static func invalid(_ field: String, _ value: String, _ message: String) -> APIError.Cause {
    .init(reason: "FieldValueInvalid", message: "Invalid value: \"\(value)\": \(message)", field: field)
  }

  // MARK: Names

  private static func nameProblem(_ name: String, _ rule: ResourceDefinition.NameRule) -> String? {
    switch rule {
    case .subdomain:
      if name.utf8.count > 253 { return "must be no more than 253 characters" }
      return isSubdomain(name) ? nil : subdomainMessage
    case .label:
      if name.utf8.count > 63 { return "must be no more than 63 characters" }
      return isDNSLabel(name.utf8) ? nil : labelMessage
    case .dns1035Label:
      if name.utf8.count > 63 { return "must be no more than 63 characters" }
      return isDNSLabel(name.utf8) && !isDigit(name.utf8.first ?? 0) ? nil : dns1035Message
    case .pathSegment:
      if name == "." || name == ".." { return "may not be '\(name)'" }
      return name.contains(where: { $0 == "/" || $0 == "%" }) ? "may not contain '/' or '%'" : nil
    }
  }

  static func isSubdomain(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 253
      && name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        .allSatisfy(isDNSLabel)
  }

  private static func isDNSLabel(_ text: some Collection<UInt8>) -> Bool {
    let bytes = Array(text)
    guard let first = bytes.first, let last = bytes.last else { return false }
    return isLowerOrDigit(first) && isLowerOrDigit(last)
      && bytes.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }
  }

  static func isLabelValue(_ value: String) -> Bool {
    value.isEmpty || (value.utf8.count <= 63 && isNamePart(value.utf8))
  }

  /// `[subdomain/]name`: label keys, annotation keys.
  static func isQualifiedName(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    switch parts.count {
    case 1: return parts[0].utf8.count <= 63 && isNamePart(parts[0].utf8)
    case 2: return isSubdomain(String(parts[0])) && parts[1].utf8.count <= 63 && isNamePart(parts[1].utf8)
    default: return false
    }
  }

  private static func isNamePart(_ text: some Collection<UInt8>) -> Bool {
    let bytes = Array(text)
    guard let first = bytes.first, let last = bytes.last else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && bytes.allSatisfy {
        isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
      }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }
  private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
  }
  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLowerOrDigit(byte) || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"))
  }
}
