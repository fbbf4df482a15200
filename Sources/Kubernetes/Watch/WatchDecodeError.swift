import JSONScan

/// Why a watch line, a list page or an object was not understood. None is worth a retry of the same bytes: list the
/// resource again, and if it lasts, look at what answers at this address.
public enum WatchDecodeError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The text is not JSON.
  case json(JSONError)
  /// A watch line has no `type` of the five that exist; the type, if it is a string.
  case unknownType(String?)
  /// A watch line has no `object`, or the text is no object.
  case noObject
  /// An object has no `metadata.name`.
  case noName
  /// An object, bookmark or list has no `metadata.resourceVersion`.
  case noVersion
  /// An ERROR line's object is not a Status.
  case noStatus
  /// A page is not a list: its kind does not end in `List`, or `items` is no array.
  case noList

  /// What is wrong with it.
  public var description: String {
    switch self {
    case .json(let error): "not JSON: \(error)"
    case .unknownType(let type): "unknown type of watch event \(type ?? "(none)")"
    case .noObject: "no object"
    case .noName: "an object without metadata.name"
    case .noVersion: "no metadata.resourceVersion"
    case .noStatus: "an ERROR event without a Status"
    case .noList: "not a list"
    }
  }
}
