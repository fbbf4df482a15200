import JSONScan

/// The parts of an object that following needs, as slices into the text it was found in: no Strings are made.
/// A member that is null or of the wrong type is nil here.
public struct ObjectHead: Sendable, Equatable {
  /// The whole object.
  public var object: JSONSlice
  /// `apiVersion`; nil on items of typed lists.
  public var apiVersion: JSONSlice?
  /// `kind`; nil on items of typed lists.
  public var kind: JSONSlice?
  /// `metadata.name`; decoders refuse an object without.
  public var name: JSONSlice?
  /// `metadata.namespace`; nil on cluster-scoped objects.
  public var namespace: JSONSlice?
  /// `metadata.uid`.
  public var uid: JSONSlice?
  /// `metadata.resourceVersion`; decoders refuse an object without.
  public var resourceVersion: JSONSlice?
  /// `metadata.generation`, a number.
  public var generation: JSONSlice?
  /// `metadata.labels`, an object.
  public var labels: JSONSlice?
  /// `metadata.annotations`, an object.
  public var annotations: JSONSlice?
  /// `metadata.ownerReferences`, an array.
  public var ownerReferences: JSONSlice?
  /// `metadata.deletionTimestamp`, a string.
  public var deletionTimestamp: JSONSlice?
  /// `metadata.managedFields`, an array.
  public var managedFields: JSONSlice?

  /// The owner reference that is marked as controller, if there is one; the first, should there be more.
  public func controllerReference(in text: RawSpan) -> OwnerReferenceSlices? {
    guard let ownerReferences else { return nil }
    var controller: OwnerReferenceSlices?
    ownerReferences.forEachElement(in: text) { element in
      if controller == nil { controller = OwnerReferenceSlices(ifController: element, in: text) }
    }
    return controller
  }
}

/// An owner reference as slices into the text it was found in, all strings.
public struct OwnerReferenceSlices: Sendable, Equatable {
  /// The owner's `apiVersion`.
  public var apiVersion: JSONSlice
  /// The owner's kind.
  public var kind: JSONSlice
  /// The owner's name.
  public var name: JSONSlice
  /// The owner's uid; nil if it is missing.
  public var uid: JSONSlice?
}

extension OwnerReferenceSlices {
  private static let names = ["controller", "apiVersion", "kind", "name", "uid"].map { Array($0.utf8) }

  /// An owner reference that is marked as controller and complete; nil for any other. One walk over its members.
  fileprivate init?(ifController element: JSONSlice, in text: RawSpan) {
    let names = Self.names
    var isController = false
    var version: JSONSlice?
    var kind: JSONSlice?
    var name: JSONSlice?
    var uid: JSONSlice?
    element.forEachMember(in: text) { key, value in
      if key.equals(names[0], in: text) {
        isController = value.bool(in: text) == true
      } else if key.equals(names[1], in: text) {
        version = value.ifString
      } else if key.equals(names[2], in: text) {
        kind = value.ifString
      } else if key.equals(names[3], in: text) {
        name = value.ifString
      } else if key.equals(names[4], in: text) {
        uid = value.ifString
      }
    }
    guard isController, let version, let kind, let name else { return nil }
    self.init(apiVersion: version, kind: kind, name: name, uid: uid)
  }
}

extension JSONSlice {
  var ifString: JSONSlice? { kind == .string ? self : nil }
  func of(_ wanted: JSONKind) -> JSONSlice? { kind == wanted ? self : nil }
  /// A string without characters; the slice includes its two quotes.
  var isEmptyString: Bool { end - start == 2 }
}

/// The members of an object that make its head, as paths for a `JSONPlan`.
enum HeadMember: Int, CaseIterable {
  case apiVersion, kind, name, namespace, uid, resourceVersion, generation, labels, annotations,
    ownerReferences,
    deletionTimestamp, managedFields

  var path: [String] {
    switch self {
    case .apiVersion: ["apiVersion"]
    case .kind: ["kind"]
    case .name: ["metadata", "name"]
    case .namespace: ["metadata", "namespace"]
    case .uid: ["metadata", "uid"]
    case .resourceVersion: ["metadata", "resourceVersion"]
    case .generation: ["metadata", "generation"]
    case .labels: ["metadata", "labels"]
    case .annotations: ["metadata", "annotations"]
    case .ownerReferences: ["metadata", "ownerReferences"]
    case .deletionTimestamp: ["metadata", "deletionTimestamp"]
    case .managedFields: ["metadata", "managedFields"]
    }
  }
}

extension ObjectHead {
  /// The head at the matches from `first` on, in the order of `HeadMember`, each moved by `shift` bytes.
  init(object: JSONSlice, matches: borrowing JSONMatches, first: Int, shift: Int) throws(WatchDecodeError) {
    func found(_ member: HeadMember, _ kind: JSONKind) -> JSONSlice? {
      guard let slice = matches[first + member.rawValue], slice.kind == kind else { return nil }
      return slice.shifted(by: shift)
    }
    self.object = object
    apiVersion = found(.apiVersion, .string)
    kind = found(.kind, .string)
    name = found(.name, .string)
    namespace = found(.namespace, .string)
    uid = found(.uid, .string)
    resourceVersion = found(.resourceVersion, .string)
    generation = found(.generation, .number)
    labels = found(.labels, .object)
    annotations = found(.annotations, .object)
    ownerReferences = found(.ownerReferences, .array)
    deletionTimestamp = found(.deletionTimestamp, .string)
    managedFields = found(.managedFields, .array)
    try requireIdentity()
  }

  /// An object that cannot be told from others, or ordered, cannot be followed.
  func requireIdentity() throws(WatchDecodeError) {
    guard let name, !name.isEmptyString else { throw .noName }
    guard let resourceVersion, !resourceVersion.isEmptyString else { throw .noVersion }
  }
}
