/// What a path is about. Names in it are not checked against what exists.
enum RequestPath: Equatable {
  /// `/healthz`, `/readyz`, `/livez`.
  case health
  case version
  /// `/api`
  case coreVersions
  /// `/apis`
  case groups
  /// `/apis/GROUP`
  case group(String)
  /// `/api/v1`, `/apis/GROUP/VERSION`
  case resources(group: String, version: String)
  /// `/openapi/v2`
  case openAPI2
  /// `/openapi/v3`
  case openAPI3
  /// `/openapi/v3/api/v1`, `/openapi/v3/apis/GROUP/VERSION`
  case openAPI3Document(group: String, version: String)
  case collection(Location)
  case object(Location, name: String, subresource: String?)
  case unknown

  /// A resource, in a namespace or not.
  struct Location: Equatable {
    var group: String
    var version: String
    var plural: String
    var namespace: String?
  }

  init(_ path: String) {
    let parts = path.split(separator: "/").map(String.init)
    switch parts.first {
    case "healthz", "readyz", "livez": self = .health
    case "version" where parts.count == 1: self = .version
    case "api" where parts.count == 1: self = .coreVersions
    case "api": self = Self.inVersion(group: "", version: parts[1], parts[2...])
    case "apis" where parts.count == 1: self = .groups
    case "apis" where parts.count == 2: self = .group(parts[1])
    case "apis": self = Self.inVersion(group: parts[1], version: parts[2], parts[3...])
    case "openapi": self = Self.openAPI(parts.dropFirst())
    default: self = .unknown
    }
  }

  private static func openAPI(_ rest: ArraySlice<String>) -> RequestPath {
    switch Array(rest) {
    case ["v2"]: .openAPI2
    case ["v3"]: .openAPI3
    case let parts where parts.count == 3 && parts.starts(with: ["v3", "api"]):
      .openAPI3Document(group: "", version: parts[2])
    case let parts where parts.count == 4 && parts.starts(with: ["v3", "apis"]):
      .openAPI3Document(group: parts[2], version: parts[3])
    default: .unknown
    }
  }

  private static func inVersion(group: String, version: String, _ rest: ArraySlice<String>) -> RequestPath {
    let rest = Array(rest)
    func location(_ plural: String, _ namespace: String?) -> Location {
      Location(group: group, version: version, plural: plural, namespace: namespace)
    }
    // `/namespaces/NAME/status` is a part of the namespace, any other third member is a resource in it.
    let isNamespaced =
      rest.count >= 3 && rest[0] == "namespaces"
      && !(rest.count == 3 && ["status", "finalize"].contains(rest[2]))
    let plain = isNamespaced ? Array(rest.dropFirst(2)) : rest
    let namespace = isNamespaced ? rest[1] : nil
    switch plain.count {
    case 0: return .resources(group: group, version: version)
    case 1: return .collection(location(plain[0], namespace))
    case 2: return .object(location(plain[0], namespace), name: plain[1], subresource: nil)
    case 3: return .object(location(plain[0], namespace), name: plain[1], subresource: plain[2])
    default: return .unknown
    }
  }
}
