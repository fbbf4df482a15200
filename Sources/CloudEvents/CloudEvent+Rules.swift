/// What names attributes may have (CloudEvents 1.0, "Naming conventions").
public enum CloudEventAttributeName {
  /// The attributes that the specification defines.
  public static let core: [String] = [
    "id", "source", "specversion", "type", "subject", "time", "datacontenttype", "dataschema",
  ]

  /// Whether this is a name for an attribute: one or more of a-z and 0-9, and not `data`. (More than 20 characters are
  /// advised against, not forbidden.)
  public static func isValid(_ name: String) -> Bool {
    !name.isEmpty && name != "data"
      && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
  }

  /// Whether this is a name that an extension attribute may have: valid, and not that of a core attribute.
  public static func isValidExtension(_ name: String) -> Bool {
    isValid(name) && !core.contains(name)
  }
}

extension CloudEvent {
  /// Checks the rules of CloudEvents 1.0: names, required and non-empty attributes, characters, time; and the limits.
  /// - Throws: the first rule that is broken.
  public func validate(limits: CloudEventLimits = .standard) throws(CloudEventError) {
    let attributes = attributes
    guard attributes.count <= limits.maxAttributes else {
      throw .tooManyAttributes(limit: limits.maxAttributes)
    }
    for (name, value) in extensions {
      guard CloudEventAttributeName.isValidExtension(name) else { throw .invalidAttributeName(name) }
      try Self.check(name, value, limits)
    }
    for (name, value) in attributes.dropLast(extensions.count) {
      guard !value.isEmpty else { throw .emptyAttribute(name) }
      try Self.check(name, value, limits)
    }
    if let time, !RFC3339.isValid(time) { throw .invalidTime(time) }
  }

  private static func check(
    _ name: String, _ value: String, _ limits: CloudEventLimits
  ) throws(CloudEventError) {
    guard value.utf8.count <= limits.maxAttributeBytes else {
      throw .attributeTooLong(name, limit: limits.maxAttributeBytes)
    }
    guard value.unicodeScalars.allSatisfy(isAllowed) else { throw .invalidAttributeValue(name) }
  }

  /// Whether a string attribute may hold this scalar: no control character, no noncharacter. ("Type system", String.)
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...0x1F, 0x7F...0x9F, 0xFDD0...0xFDEF: false
    default: scalar.value & 0xFFFE != 0xFFFE
    }
  }
}
