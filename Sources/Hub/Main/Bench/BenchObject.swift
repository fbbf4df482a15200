import JSONScan

/// The ConfigMaps of the benchmark: about 1.3 KB of JSON each, alike but for their numbers. One text is built
/// once; for each object only its digits are written into it, so that making a watch line costs next to
/// nothing.
struct BenchObject {
  /// `metadata.annotations` member with the time, CLOCK_MONOTONIC in nanoseconds, at which the line was
  /// written; 0: not told. All digits are there always, so that a sink finds them by their number.
  static let writtenAnnotation = "bench.frugalhub.dev/written"
  static let writtenDigits = 19
  /// The label by which objects are wanted, and what it says of those that are and those that are not.
  static let label = "bench.frugalhub.dev/wanted"
  static let wanted = "yes"
  static let unwanted = "no"
  /// Names are `c` and so many digits.
  static let nameDigits = 8
  static let namespaceDigits = 4
  /// Of the newest version: versions grow from here with each line.
  static let firstVersion = 1_000_000_000

  enum Form {
    /// `{"type":…,"object":{…}}` and a line feed.
    case watchLine(type: String)
    /// An item of a list.
    case listItem
  }

  private var text: [UInt8]
  private let nameAt: Int
  private let namespaceAt: Int
  private let uidAt: Int
  private let versionAt: Int
  private let writtenAt: Int
  private let namespaces: Int

  /// `namespaces`: how many the objects are spread over, by their number.
  init(_ form: Form, kind: String = "ConfigMap", label: String, namespaces: Int) {
    let zeros = { (count: Int) in String(repeating: "0", count: count) }
    var object: JSONValue = [
      "metadata": [
        "name": .string("c" + zeros(Self.nameDigits)),
        "namespace": .string("bench" + zeros(Self.namespaceDigits)),
        "uid": .string("c0ffee00-0000-4000-8000-" + zeros(12)),
        "resourceVersion": .string(String(Self.firstVersion)),
        "creationTimestamp": "2026-11-24T12:39:14Z",
        "labels": [
          "app.kubernetes.io/name": "bench", "app.kubernetes.io/managed-by": "hub-bench",
          Self.label: .string(label),
        ],
        "annotations": [Self.writtenAnnotation: .string(zeros(Self.writtenDigits))],
        "managedFields": [
          [
            "manager": "hub-bench", "operation": "Update", "apiVersion": "v1", "time": "2026-11-24T12:39:14Z",
            "fieldsType": "FieldsV1",
            "fieldsV1": [
              "f:data": [".": [:], "f:settings": [:]],
              "f:metadata": ["f:annotations": [".": [:]], "f:labels": [".": [:]]],
            ],
          ]
        ],
      ],
      "data": ["settings": .string(Self.filling)],
    ]
    var text: [UInt8]
    switch form {
    case .listItem: text = object.serialized()
    case .watchLine(let type):
      object["kind"] = .string(kind)
      object["apiVersion"] = "v1"
      let line: JSONValue = ["type": .string(type), "object": object]
      text = line.serialized()
      text.append(UInt8(ascii: "\n"))
    }
    self.text = text
    self.namespaces = namespaces
    nameAt = Self.place(after: "\"name\":\"c", in: text)
    namespaceAt = Self.place(after: "\"namespace\":\"bench", in: text)
    uidAt = Self.place(after: "c0ffee00-0000-4000-8000-", in: text)
    versionAt = Self.place(after: "\"resourceVersion\":\"", in: text)
    writtenAt = Self.place(after: Self.writtenAnnotation + "\":\"", in: text)
  }

  /// Brings an object to about 1.3 KB.
  private static let filling = String(
    repeating: "log.level=info; cache.size=64Mi; retry.limit=5; ", count: 12)

  /// Appends the object with this number at this version.
  mutating func append(number: Int, version: Int, written: Int = 0, to bytes: inout [UInt8]) {
    write(number, digits: Self.nameDigits, at: nameAt)
    write(number % namespaces, digits: Self.namespaceDigits, at: namespaceAt)
    write(number, digits: 12, at: uidAt)
    write(version, digits: 10, at: versionAt)
    write(written, digits: Self.writtenDigits, at: writtenAt)
    bytes.append(contentsOf: text)
  }

  private mutating func write(_ number: Int, digits: Int, at place: Int) {
    var rest = number
    for digit in (0..<digits).reversed() {
      text[place + digit] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
  }

  private static func place(after mark: String, in text: [UInt8]) -> Int {
    let mark = [UInt8](mark.utf8)
    for start in 0..<text.count - mark.count where text[start..<start + mark.count].elementsEqual(mark) {
      return start + mark.count
    }
    preconditionFailure("the text of a bench object lacks what it was built with")
  }
}
