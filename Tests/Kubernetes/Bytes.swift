import JSONScan
import Kubernetes

// The same calls on arrays: expectations cannot hold a span.

extension APIStatus {
  static func decode(bytes: [UInt8]) -> APIStatus? { decode(bytes.span.bytes) }
}

extension LabelSelector {
  func matches(labels: JSONSlice?, in bytes: [UInt8]) -> Bool {
    matches(labels: labels, in: bytes.span.bytes)
  }
}

extension ListDecoder {
  static func decode(bytes: [UInt8]) throws(WatchDecodeError) -> ListPage { try decode(bytes.span.bytes) }
}

extension WatchDecoder {
  mutating func decode(bytes: [UInt8]) throws(WatchDecodeError) -> WatchLine { try decode(bytes.span.bytes) }
}

extension ObjectDecoder {
  mutating func decode(bytes: [UInt8]) throws(WatchDecodeError) -> ObjectHead { try decode(bytes.span.bytes) }
}

extension ObjectHead {
  func controllerReference(in bytes: [UInt8]) -> OwnerReferenceSlices? {
    controllerReference(in: bytes.span.bytes)
  }
}

extension JSONSlice {
  func string(in bytes: [UInt8]) -> String? { string(in: bytes.span.bytes) }
  func member(_ name: String, in bytes: [UInt8]) -> JSONSlice? { member(name, in: bytes.span.bytes) }
}

extension UIDText {
  static func parse(_ text: [UInt8]) -> UInt128? { slice(text).flatMap { parse($0, in: text.span.bytes) } }
}

/// The slice of a text that is one value.
func slice(_ text: [UInt8]) -> JSONSlice? {
  var matches = JSONMatches()
  do {
    try JSONPlan([[]]).scan(text.span.bytes, into: &matches)
  } catch {
    return nil
  }
  return matches[0]
}
