import JSONScan
import YAML

/// Reads a file of subscriptions, JSON or YAML: an object, a list with `items` (`List`, `OperatorSubscriptionList`), or an array of
/// objects; in YAML one of them in each document.
public enum SubscriptionFiles {
  /// One object of a file.
  public struct Entry: Sendable {
    /// Where the object begins, as a byte offset in the file's JSON.
    public let offset: Int
    /// The subscription, or why there is none; offsets of findings count from the start of the file's JSON.
    public let result: Result<OperatorSubscription, SubscriptionRefusal>
    /// Where it ends; 0 for what is no object.
    public internal(set) var end = 0
  }

  /// What a file holds, and where.
  public struct Content: Sendable {
    private enum Places: Sendable {
      case source(JSONSource)
      /// A file that could not be read: every offset is the place of the fault.
      case fault(YAMLLocation)
    }

    /// Everything that the file holds, in its order. A file that cannot be read at all is one entry that says why.
    public let entries: [Entry]
    private let places: Places

    fileprivate init(entries: [Entry], source: JSONSource) {
      self.entries = entries
      places = .source(source)
    }

    fileprivate init(_ fault: SubscriptionFault, at place: YAMLLocation) {
      entries = [refused(fault, at: 0)]
      places = .fault(place)
    }

    /// Where in the file the value is that has an offset: line and column from 1, columns in Unicode scalars.
    public func location(of offset: Int) -> YAMLLocation {
      switch places {
      case .source(let source): source.location(of: offset)
      case .fault(let place): place
      }
    }

    /// Where in the file the value at a path of an entry is; where a member is missing, the object that lacks it.
    func location(of path: [JSONPathStep], in entry: Entry) -> YAMLLocation {
      guard case .source(let source) = places, entry.end > entry.offset else {
        return location(of: entry.offset)
      }
      let text = source.json.span.bytes.extracting(entry.offset..<entry.end)
      var path = path
      while !path.isEmpty {
        if let offset = JSONLocator.offset(of: path, in: text) { return location(of: entry.offset + offset) }
        path.removeLast()
      }
      return location(of: entry.offset)
    }

    /// The line of the first fault of an entry.
    func line(of refusal: SubscriptionRefusal, in entry: Entry) -> Int {
      location(of: refusal.findings.first?.offset ?? entry.offset).line
    }
  }

  /// Reads a file; the end of its name says whether it is YAML. Of two objects with one name the first counts, and the
  /// other is refused.
  public static func read(_ bytes: [UInt8], name: String) -> Content {
    read(bytes, as: JSONSource.Format(fileName: name))
  }

  /// The same for a text whose form is known.
  public static func read(_ bytes: [UInt8], as format: JSONSource.Format) -> Content {
    guard bytes.count <= SubscriptionLimits.maxFileBytes else {
      let fault = SubscriptionFault.tooBig(found: bytes.count, limit: SubscriptionLimits.maxFileBytes)
      return Content(fault, at: YAMLLocation(line: 1, column: 1))
    }
    do throws(YAMLError) {
      let source = try JSONSource(bytes, format: format)
      guard !source.documents.isEmpty else {
        // An editor that writes in place empties the file first: that must not withdraw what the file held.
        let fault = SubscriptionFault.nothingListed(remedy: "write a subscription, or remove the file")
        return Content(fault, at: YAMLLocation(line: 1, column: 1))
      }
      return Content(entries: entries(of: source), source: source)
    } catch {
      return Content(.yaml(error.reason), at: error.location)
    }
  }

  /// The entries of a file of JSON.
  public static func parse(_ bytes: [UInt8]) -> [Entry] { read(bytes, as: .json).entries }

  /// Whether a file says how others are put together (`kustomization.yaml`), and holds no object itself.
  public static func isKustomization(_ name: String) -> Bool {
    kustomizationNames.contains { name == $0 || name.hasSuffix("/" + $0) }
  }

  /// The names that kustomize knows, in its order.
  public static let kustomizationNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

  private static func entries(of source: JSONSource) -> [Entry] {
    let text = source.json.span.bytes
    let objects = source.documents.flatMap { SubscriptionObjects.find(in: text, $0) }
    guard objects.count <= SubscriptionLimits.maxObjectsPerFile else {
      let limit = SubscriptionLimits.maxObjectsPerFile
      return [refused(.tooMany(found: objects.count, limit: limit), at: source.documents[0].lowerBound)]
    }
    return refusingRepeatedNames(objects, in: source)
  }

  private static func entry(of slice: JSONSlice, in text: RawSpan) -> Entry {
    switch SubscriptionParser.parse(text.extracting(slice.range), origin: .file) {
    case .success(let subscription):
      return Entry(offset: slice.start, result: .success(subscription), end: slice.end)
    case .failure(var refusal):
      for index in refusal.findings.indices {
        refusal.findings[index].offset = (refusal.findings[index].offset ?? 0) + slice.start
      }
      return Entry(offset: slice.start, result: .failure(refusal))
    }
  }

  private static func refusingRepeatedNames(
    _ objects: [SubscriptionObjects.Found], in source: JSONSource
  ) -> [Entry] {
    let text = source.json.span.bytes
    var firstOffsets: [String: Int] = [:]
    return objects.map { object in
      let slice: JSONSlice
      switch object {
      case .success(let found): slice = found
      case .failure(let finding):
        return Entry(offset: finding.offset ?? 0, result: .failure(refusal(finding)))
      }
      let entry = entry(of: slice, in: text)
      guard case .success(let subscription) = entry.result else { return entry }
      if let first = firstOffsets[subscription.uid] {
        let line = source.location(of: first).line
        return Entry(
          offset: slice.start, result: .failure(repeated(subscription, of: line, at: slice, in: text)))
      }
      firstOffsets[subscription.uid] = slice.start
      return entry
    }
  }

  private static func repeated(
    _ subscription: OperatorSubscription, of line: Int, at slice: JSONSlice, in text: RawSpan
  ) -> SubscriptionRefusal {
    let path: [JSONPathStep] = [.member("metadata"), .member("name")]
    let offset = JSONLocator.offset(of: path, in: text.extracting(slice.range)) ?? 0
    let finding = SubscriptionFinding(
      path: path, fault: .nameTaken(by: "that of line \(line)"), offset: slice.start + offset)
    return SubscriptionRefusal(
      namespace: subscription.namespace, name: subscription.name, uid: subscription.uid,
      generation: subscription.generation, findings: [finding])
  }

  private static func refused(_ fault: SubscriptionFault, at offset: Int) -> Entry {
    Entry(
      offset: offset, result: .failure(refusal(SubscriptionFinding(path: [], fault: fault, offset: offset))))
  }

  private static func refusal(_ finding: SubscriptionFinding) -> SubscriptionRefusal {
    SubscriptionRefusal(findings: [finding])
  }
}
