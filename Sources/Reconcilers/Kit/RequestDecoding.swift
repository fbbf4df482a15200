import CloudEvents
import HTTP

/// A request that can't be taken, as it is answered.
struct RequestRefusal: Error, Equatable {
  var status: Int
  var message: String

  var response: HTTPResponse { .text(status, message + "\n") }
}

extension EventReceiver {
  /// The objects that a request's events are about, one request for each: of several events about one object the last
  /// counts, as its state is read anyway.
  static func decode(_ request: HTTPRequest) throws(RequestRefusal) -> [ReconcileRequest] {
    var order: [ReconcileKey] = []
    var latest: [ReconcileKey: ReconcileRequest] = [:]
    for event in try events(request) {
      let decoded: ReconcileRequest
      do {
        decoded = try ReconcileRequest(event)
      } catch {
        throw RequestRefusal(status: 400, message: error.description)
      }
      if latest.updateValue(decoded, forKey: decoded.key) == nil { order.append(decoded.key) }
    }
    return order.compactMap { latest[$0] }
  }

  private static func events(_ request: HTTPRequest) throws(RequestRefusal) -> [CloudEvent] {
    do throws(CloudEventError) {
      return try CloudEvent.decodeHTTP(headers: request.headers.pairs, body: request.body)
    } catch {
      switch error {
      case .tooManyEvents: throw RequestRefusal(status: 413, message: error.description)
      case _ where error.isUnsupportedMediaType:
        throw RequestRefusal(status: 415, message: error.description)
      default: throw RequestRefusal(status: 400, message: error.description)
      }
    }
  }
}
