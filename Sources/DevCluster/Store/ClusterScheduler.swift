/// Time, as the store and the controllers see it: the calendar, and work for later on the thread that owns
/// them.
///
/// Not Sendable: used on the cluster's thread only, and the work runs there.
protocol ClusterScheduler: AnyObject {
  /// Nanoseconds since 1970.
  var now: Int64 { get }
  /// Runs the work on the cluster's thread, never before the current work has returned.
  func after(milliseconds: Int, _ work: @escaping () -> Void)
}

extension ClusterScheduler {
  /// Runs the work when the current work has returned.
  func soon(_ work: @escaping () -> Void) { after(milliseconds: 0, work) }
  /// Seconds since 1970.
  var seconds: Int64 { now / 1_000_000_000 }
  /// The time as objects carry it: RFC 3339, whole seconds, UTC.
  var timestamp: String { Timestamp.text(nanosecondsSince1970: now) }
}
