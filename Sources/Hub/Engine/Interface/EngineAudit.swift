/// The engine's books, counted anew, for whoever holds them against each other and against the world: the simulator
/// does so after every step. Walks every key; not for the admin port.
package struct EngineAudit: Sendable, Equatable {
  /// The books of one subscription.
  package struct Subscription: Sendable, Equatable {
    /// Its uid.
    package var uid: String
    /// Its namespace and name.
    package var name: String
    /// Keys that became dirty; each ends in one of the next three or is among `keys` (SEMANTICS 26).
    package var added: Int
    /// Keys that were delivered, with nothing left to tell.
    package var settled: Int
    /// Keys whose news came to nothing before it was told.
    package var superseded: Int
    /// Keys that an edit or the loss of rights made forget.
    package var forgotten: Int
    /// Keys that wait, are under way, back off or are parked.
    package var keys: Int
    /// Of these, in line.
    package var waiting: Int
    /// Of these, under way to the sink.
    package var inFlight: Int
    /// Of these, being read again.
    package var reading: Int
    /// Of these, backing off.
    package var backingOff: Int
    /// Of these, parked.
    package var parked: Int
    /// Of these, to be told to the dead letter sink.
    package var lettersWaiting: Int
    /// Of these, under way to the dead letter sink.
    package var lettersInFlight: Int
    /// Keys that have nothing to tell and nothing under way: there must be none.
    package var idle: Int
    /// Attempts under way, by the table of deliveries.
    package var deliveries: Int
    /// The most keys that may be under way or read at once.
    package var concurrency: Int
    /// Bytes of waiting bodies, as counted on the way.
    package var bodyBytesCounted: Int
    /// Bytes of waiting bodies, key by key.
    package var bodyBytesHeld: Int
    /// Something may be sent for it now, the hub's own bounds apart.
    package var isRunnable: Bool
    /// Slots and places in line that its queue keeps, free ones too.
    package var placesHeld: Int
  }

  /// By slot.
  package var subscriptions: [Subscription] = []
  /// Attempts under way.
  package var deliveries = 0
  /// Requests to the API server under way.
  package var requests = 0
  /// Reads of single objects, by the requests and as counted on the way.
  package var reads = 0
  package var readsCounted = 0
  /// Status writes, by the requests and as counted on the way.
  package var statusWrites = 0
  package var statusWritesCounted = 0
  /// Bytes of waiting bodies over all subscriptions, as counted on the way.
  package var bodyBytesCounted = 0
  /// Children's changes that wait for their owner's kind.
  package var heldChildren = 0
  /// Deadlines that are set, outdated ones too.
  package var timers = 0
  /// The highest epoch of any resource: above 0, the API server was restored from a backup (SEMANTICS 8).
  package var newestEpoch: UInt32 = 0
  /// An image of the journal is under way.
  package var isWritingImage = false
}
