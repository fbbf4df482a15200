import JSONScan

/// Who writes, and how.
struct WriteOptions {
  /// The field manager; `managedFields` remember it.
  var manager: String
  /// Everything is checked and answered, nothing is kept.
  var dryRun = false
  /// When set, the write changes the status only.
  var subresource: Subresource?
  /// The `managedFields` to store, where server-side apply has worked them out; nil: as an update has them.
  var managedFields: JSONValue?

  init(manager: String, dryRun: Bool = false, subresource: Subresource? = nil) {
    self.manager = manager
    self.dryRun = dryRun
    self.subresource = subresource
  }
}

/// A part of an object with a path of its own.
enum Subresource: String, Sendable {
  case status, scale, token
}

/// What a deletion asks for.
struct DeleteOptions {
  /// What becomes of the objects that the deleted one owns.
  enum Propagation: Equatable {
    /// They are deleted afterwards.
    case background
    /// They are deleted first.
    case foreground
    /// They stay, without an owner.
    case orphan
  }

  var propagation = Propagation.background
  /// Only an object with this uid.
  var uid: String?
  /// Only in this version.
  var resourceVersion: String?
  var dryRun = false
}

/// What a deletion did.
enum DeleteOutcome {
  /// The object is gone; its last state.
  case removed(JSONValue)
  /// The object waits for its finalizers.
  case marked(JSONValue)
}
