/// What happened to a reflector's requests, or that its deadline came. Answers for a request that is no longer the
/// current one are ignored.
public enum ReflectorInput: Sendable {
  /// The answer's status line and headers came.
  case head(request: UInt32, status: Int, retryAfterSeconds: Int?)
  /// A piece of the answer's body came.
  case bytes(request: UInt32, [UInt8])
  /// The transfer ended; nothing follows for this request.
  case ended(request: UInt32, ReflectorTransferEnd)
  /// `nextDeadline` is reached.
  case deadline
}

/// How a transfer ended.
public enum ReflectorTransferEnd: Sendable, Equatable {
  /// The whole answer came.
  case complete
  /// Nobody listened at the address.
  case refused
  /// It broke for another reason, at any point.
  case failed(String)
}

/// What a reflector wants done, in order.
public enum ReflectorAction: Sendable {
  /// GET `target` (path and query). The body is handed in piece by piece; `streaming` says that it is a watch.
  /// The transfer as a whole may take `deadlineSeconds`.
  case request(id: UInt32, target: String, streaming: Bool, deadlineSeconds: Int)
  /// Give that transfer up; nothing more is wanted of it.
  case cancel(id: UInt32)
  /// A complete list starts: what follows is compared with what is known.
  case listBegan(ReflectorListReason)
  /// A page of it; the slices refer to `page`. The items of typed lists have no kind and apiVersion: the page has.
  case listed(page: [UInt8], ListPage)
  /// A part of it that came as a stream: what was added or modified is an item, and what was deleted is gone again.
  /// The versions are in no order. No bookmark and no error is among the lines.
  case streamed(bytes: [UInt8], lines: [WatchLine])
  /// The list is complete: only now may deletes be concluded (SEMANTICS 9). With `newEpoch` the versions went
  /// back (a restored etcd): any different version is a change, and older ones are not older news (SEMANTICS 8).
  case listCompleted(version: String, newEpoch: Bool)
  /// The list proves nothing and may start again: forget its marks.
  case listAborted
  /// Changes in order, bookmarks included, errors not; the slices refer to `bytes`.
  case changed(bytes: [UInt8], lines: [WatchLine])
}

/// Why a complete list starts.
public enum ReflectorListReason: UInt8, Sendable, CaseIterable, CustomStringConvertible {
  /// Nothing is known yet.
  case first
  /// The watch's version was compacted away (410).
  case versionExpired
  /// A page's continue token was compacted away (410).
  case pageExpired
  /// The server has not reached the version, or never will (504).
  case versionTooLarge
  /// A watch's version went back.
  case versionWentBack
  /// A watch line or a page could not be understood.
  case malformed
  /// A line or a page was over its limit.
  case tooLong
  /// The server refused the watch, or it failed too often.
  case watchRefused
  /// The kind is not served, or not readable, as far as the last list got.
  case unavailable
  /// A whole watch passed without an event or a bookmark.
  case silentWatch

  /// A name for labels and logs.
  public var description: String {
    switch self {
    case .first: "first"
    case .versionExpired: "version_expired"
    case .pageExpired: "page_expired"
    case .versionTooLarge: "version_too_large"
    case .versionWentBack: "version_went_back"
    case .malformed: "malformed"
    case .tooLong: "too_long"
    case .watchRefused: "watch_refused"
    case .unavailable: "unavailable"
    case .silentWatch: "silent_watch"
    }
  }
}
