import HubEngine

/// Inputs of the engine as short texts, for comparisons.
enum Described {
  static func input(_ input: EngineInput) -> String {
    switch input {
    case .start: "start"
    case .tick: "tick"
    case .writeImage: "write image"
    case .responseHead(let id, let status, let retry):
      "head \(id.rawValue) \(status) \(retry.map(String.init) ?? "nil")"
    case .responseBytes(let id, let bytes): "bytes \(id.rawValue) \(bytes)"
    case .responseEnd(let id, let end): "end \(id.rawValue) \(self.end(end))"
    case .sinkAnswer(let id, .failed(let status, let retry, let body)):
      "answer \(id.rawValue) \(status) \(retry.map(String.init) ?? "nil") \(body)"
    case .sinkAnswer(let id, .status(let status, let retry)):
      "answer \(id.rawValue) \(status) \(retry.map(String.init) ?? "nil")"
    case .sinkAnswer(let id, .requeue(let status, let after)): "requeue \(id.rawValue) \(status) \(after)"
    case .sinkAnswer(let id, .notAllowed(let reason)): "not allowed \(id.rawValue): \(reason)"
    case .sinkAnswer(let id, .noAnswer(let reason)): "no answer \(id.rawValue): \(reason)"
    case .subscriptionFiles(let files): "files \(files.map(\.name))"
    }
  }

  private static func end(_ end: TransferEnd) -> String {
    switch end {
    case .complete: "complete"
    case .refused(let reason): "refused \(reason)"
    case .failed(let reason): "failed \(reason)"
    }
  }
}
