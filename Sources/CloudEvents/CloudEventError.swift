import JSONScan

/// Why a message is not an acceptable CloudEvent. All of them are the sender's fault: answer 400, or 415 where
/// `isUnsupportedMediaType`; the same message will be refused again.
public enum CloudEventError: Error, Equatable, Sendable {
  /// Neither `ce-` headers nor a content type of CloudEvents.
  case notACloudEvent
  /// A content type of CloudEvents in a format or charset that is not served: send JSON in UTF-8.
  case unsupportedContentType(String)
  /// A version other than 1.0.
  case unsupportedSpecVersion(String)
  /// A required attribute, named here, is not there.
  case missingAttribute(String)
  /// An attribute that may not be empty is.
  case emptyAttribute(String)
  /// An attribute, or the Content-Type header, comes twice.
  case duplicateAttribute(String)
  /// Not a name for an attribute at this place: only a-z and 0-9, and not one that the mode reserves.
  case invalidAttributeName(String)
  /// The attribute's value has a control character or a noncharacter, is not UTF-8, or is not of its type.
  case invalidAttributeValue(String)
  /// `time` is not a date and time of RFC 3339.
  case invalidTime(String)
  /// A structured or batched body is not JSON.
  case invalidJSON(JSONError)
  /// A structured body is not an object, or an element of a batch is not.
  case notAnObject
  /// A batched body is not an array.
  case notAnArray
  /// Both `data` and `data_base64`.
  case twoDataMembers
  /// `data_base64` is not base64 of RFC 4648.
  case invalidBase64
  /// The batch has more events than this limit: send smaller ones.
  case tooManyEvents(limit: Int)
  /// The event has more attributes than this limit.
  case tooManyAttributes(limit: Int)
  /// The attribute's value is longer than this limit of bytes.
  case attributeTooLong(String, limit: Int)

  /// Whether HTTP status 415 tells it better than 400.
  public var isUnsupportedMediaType: Bool {
    switch self {
    case .notACloudEvent, .unsupportedContentType: true
    default: false
    }
  }
}

extension CloudEventError: CustomStringConvertible {
  /// A sentence for the sender.
  public var description: String {
    switch self {
    case .notACloudEvent: "not a CloudEvent: send ce- headers, or Content-Type application/cloudevents+json"
    case .unsupportedContentType(let type): "content type \(type) is not served: send JSON in UTF-8"
    case .unsupportedSpecVersion(let version): "specversion \(version) is not served: send 1.0"
    case .missingAttribute(let name): "attribute \(name) is required"
    case .emptyAttribute(let name): "attribute \(name) must not be empty"
    case .duplicateAttribute(let name): "\(name) comes twice"
    case .invalidAttributeName(let name): "\(name) is not an attribute name: use a-z and 0-9 only"
    case .invalidAttributeValue(let name): "the value of \(name) is not allowed"
    case .invalidTime(let time): "time \(time) is not RFC 3339"
    case .invalidJSON(let error): "\(error)"
    case .notAnObject: "an event must be a JSON object"
    case .notAnArray: "a batch must be a JSON array"
    case .twoDataMembers: "an event has data or data_base64, not both"
    case .invalidBase64: "data_base64 is not base64"
    case .tooManyEvents(let limit): "a batch may have \(limit) events"
    case .tooManyAttributes(let limit): "an event may have \(limit) attributes"
    case .attributeTooLong(let name, let limit): "attribute \(name) may have \(limit) bytes"
    }
  }
}

/// What is accepted beyond the specification's rules. The length of a body is the HTTP server's limit.
public struct CloudEventLimits: Sendable, Equatable {
  /// The limits used where none are given.
  public static let standard = CloudEventLimits()

  /// How many events a batch may have.
  public var maxEvents: Int
  /// How many attributes an event may have, the core ones included.
  public var maxAttributes: Int
  /// How many bytes of UTF-8 an attribute's value may have.
  public var maxAttributeBytes: Int

  /// Limits; 1000 events, 64 attributes and 8 KiB unless given.
  public init(maxEvents: Int = 1000, maxAttributes: Int = 64, maxAttributeBytes: Int = 8192) {
    self.maxEvents = maxEvents
    self.maxAttributes = maxAttributes
    self.maxAttributeBytes = maxAttributeBytes
  }
}
