import HTTP
import JSONScan

/// Who asks: as authentication finds it, or as a request impersonates.
struct UserInfo: Hashable, Sendable {
  static let mastersGroup = "system:masters"
  static let authenticatedGroup = "system:authenticated"
  static let unauthenticatedGroup = "system:unauthenticated"
  static let serviceAccountPrefix = "system:serviceaccount:"
  private static let serviceAccountsGroup = "system:serviceaccounts"

  var name: String
  var uid = ""
  var groups: [String] = []
  var extra: [String: [String]] = [:]

  /// Whoever sends no token: may do anything.
  static let administrator = UserInfo(
    name: "kubernetes-admin", groups: [mastersGroup, authenticatedGroup])

  /// A service account of a namespace.
  static func serviceAccount(namespace: String, name: String, uid: String = "") -> UserInfo {
    UserInfo(
      name: "\(serviceAccountPrefix)\(namespace):\(name)", uid: uid,
      groups: [serviceAccountsGroup, "\(serviceAccountsGroup):\(namespace)", authenticatedGroup])
  }

  /// Namespace and name of the service account, if it is one.
  var serviceAccount: (namespace: String, name: String)? {
    guard name.hasPrefix(Self.serviceAccountPrefix) else { return nil }
    let parts = name.dropFirst(Self.serviceAccountPrefix.count).split(
      separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
  }

  /// The groups that a name brings with it where none are given.
  static func impersonated(name: String, groups: [String]) -> UserInfo {
    var user = UserInfo(name: name, groups: groups)
    if groups.isEmpty, let account = user.serviceAccount {
      return serviceAccount(namespace: account.namespace, name: account.name)
    }
    if name != "system:anonymous", !user.groups.contains(authenticatedGroup) {
      user.groups.append(authenticatedGroup)
    }
    return user
  }

  /// As authentication.k8s.io writes it.
  var json: JSONValue {
    var json: JSONObject = [:]
    json["username"] = name.isEmpty ? .none : .string(name)
    json["uid"] = uid.isEmpty ? .none : .string(uid)
    json["groups"] = groups.isEmpty ? .none : .array(groups.map { .string($0) })
    if !extra.isEmpty {
      var values = JSONObject()
      for (name, texts) in extra.sorted(by: { $0.key < $1.key }) {
        values[name] = .array(texts.map { .string($0) })
      }
      json["extra"] = .object(values)
    }
    return .object(json)
  }
}
