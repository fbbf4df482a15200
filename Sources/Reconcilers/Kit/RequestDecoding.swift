import CloudEvents
import HTTP

/// A request that can't be taken, as it is answered.
struct RequestRefusal: Error, Equatable {
  var status: Int
  var message: String

  var response: HTTPResponse { .text(status, message + "\n") }
}

extension EventReceiver {
  /// What a request's events ask for, in order. Of several events about one object that can share a reconcile the newest
  /// counts.
  static func decode(_ request: HTTPRequest) throws(RequestRefusal) -> [ReconcileRequest] {
    var requests: [ReconcileRequest] = []
    var places: [ReconcileKey: Int] = [:]
    for event in try events(request) {
      let decoded: ReconcileRequest
      do {
        decoded = try ReconcileRequest(event)
      } catch {
        throw RequestRefusal(status: 400, message: error.description)
      }
      if let place = places[decoded.key], requests[place].sharesRun(with: decoded) {
        requests[place] = requests[place].newest(or: decoded)
      } else {
        places[decoded.key] = requests.count
        requests.append(decoded)
      }
    }
    return requests
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
