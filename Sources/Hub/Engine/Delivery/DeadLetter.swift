import CloudEvents

/// Why an event goes to the dead letter sink, as Knative tells it: three extension attributes (DESIGN 2.4).
struct DeadLetter: Sendable, Equatable {
  /// Letters of one subscription under way at once.
  static let concurrency = 2
  /// How often a letter is tried again, where `delivery.retry` does not say.
  static let retries = 10
  /// The longest value of `knativeerrordata`, in bytes of Base64, as Knative has it.
  static let maxDataBytes = 1024
  /// Bytes of an answer's body that are kept for it.
  static let maxBodyBytes = maxDataBytes / 4 * 3
  /// What Knative says where there was no answer at all.
  static let noAnswerCode = 500

  /// `knativeerrordest`: the sink, without what may hold a secret.
  var destination: String
  /// `knativeerrorcode`: the status of the answer.
  var code: Int
  /// `knativeerrordata`: the beginning of its body, in Base64.
  var data: String
  /// Attempts to deliver the letter itself.
  var attempts = 0

  init(_ answer: SinkAnswer, from url: String) {
    // The query of a webhook often holds a secret.
    destination = String(url.prefix { $0 != "?" && $0 != "#" })
    var body: [UInt8]
    switch answer {
    case .noAnswer(let text), .notAllowed(let text):
      (code, body) = (Self.noAnswerCode, Array("dispatch error: \(text)".utf8))
    case .failed(let status, _, let bytes): (code, body) = (status, bytes)
    case .status(let status, _), .requeue(let status, _): (code, body) = (status, [])
    }
    // Control characters have no place in a header, and say nothing.
    body.removeAll { $0 < 0x20 || $0 == 0x7F }
    data = Base64.encode(Array(body.prefix(Self.maxBodyBytes)))
  }

  /// The attributes, as headers.
  var headers: [HeaderField] {
    var headers = [
      HeaderField("ce-knativeerrordest", HeaderValue.encode(destination)),
      HeaderField("ce-knativeerrorcode", String(code)),
    ]
    if !data.isEmpty { headers.append(HeaderField("ce-knativeerrordata", data)) }
    return headers
  }
}
