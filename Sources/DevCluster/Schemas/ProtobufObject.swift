import JSONScan

/// Reads objects in `application/vnd.kubernetes.protobuf`, which clients written in Go send for built-in kinds:
/// the four bytes `k8s\0`, then a `runtime.Unknown` with the kind and the encoded object. Answers are always
/// JSON, which these clients accept beside protobuf.
struct ProtobufObject {
  static let mediaType = "application/vnd.kubernetes.protobuf"

  enum Failure: Error, Equatable {
    /// The bytes are no such message.
    case malformed
    /// A kind without a table of its fields.
    case unknownKind(String)
  }

  private static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]
  /// Messages within messages; more than any type needs.
  private static let maxDepth = 64

  private let catalog: APICatalog

  init(catalog: APICatalog = .standard) { self.catalog = catalog }

  /// The object as JSON.
  func read(_ body: [UInt8]) throws(Failure) -> JSONValue {
    guard body.starts(with: Self.magic) else { throw .malformed }
    var reader = ProtobufReader(body.dropFirst(Self.magic.count))
    var kind = ""
    var apiVersion = ""
    var raw: ArraySlice<UInt8> = []
    var contentType = ""
    while let (number, payload) = try field(&reader) {
      guard case .bytes(let bytes) = payload else { continue }
      switch number {
      case 1:
        var inner = ProtobufReader(bytes)
        while let (number, payload) = try field(&inner) {
          guard case .bytes(let bytes) = payload else { continue }
          if number == 1 { apiVersion = Self.text(bytes) } else if number == 2 { kind = Self.text(bytes) }
        }
      case 2: raw = bytes
      case 4: contentType = Self.text(bytes)
      default: break
      }
    }
    var object: JSONObject = ["kind": .string(kind), "apiVersion": .string(apiVersion)]
    if contentType == "application/json" {
      guard let json = try? JSONValue(parsing: Array(raw)) else { throw .malformed }
      return json
    }
    guard !kind.isEmpty else { throw .malformed }
    let parts = apiVersion.split(separator: "/")
    let group = parts.count == 2 ? String(parts[0]) : ""
    guard let type = type(group: group, kind: kind) else { throw .unknownKind("\(apiVersion) \(kind)") }
    for (name, value) in try message(raw, type, depth: 0) { object[name] = value }
    return .object(object)
  }

  /// Options that are sent to other groups are of meta/v1.
  private func type(group: String, kind: String) -> APIType? {
    let packages = [APICatalog.package(of: group), APICatalog.package(of: "meta.k8s.io")].compactMap { $0 }
    return packages.lazy.compactMap { catalog["\($0).\(kind)"] }.first
  }

  private func field(
    _ reader: inout ProtobufReader
  ) throws(Failure) -> (number: Int, payload: ProtobufReader.Payload)? {
    do throws(ProtobufReader.Failure) { return try reader.next() } catch { throw .malformed }
  }

  private func message(_ bytes: ArraySlice<UInt8>, _ type: APIType, depth: Int) throws(Failure) -> JSONObject
  {
    guard depth < Self.maxDepth else { throw .malformed }
    var values: [Int: [ProtobufReader.Payload]] = [:]
    var reader = ProtobufReader(bytes)
    while let (number, payload) = try field(&reader) { values[number, default: []].append(payload) }
    var object = JSONObject()
    for field in type.declared {
      guard let payloads = values[field.number], let last = payloads.last else { continue }
      if field.isInline, case .reference(let name) = field.type, let inner = catalog[name],
        case .bytes(let bytes) = last
      {
        for (name, value) in try message(bytes, inner, depth: depth + 1) { object[name] = value }
        continue
      }
      object[field.name] = try value(payloads, field.type, depth: depth)
    }
    return object
  }

  private func value(
    _ payloads: [ProtobufReader.Payload], _ type: APIFieldType, depth: Int
  ) throws(Failure) -> JSONValue? {
    switch type {
    case .array(let element):
      var elements: [JSONValue] = []
      for payload in payloads {
        if let one = try value([payload], element, depth: depth) { elements.append(one) }
      }
      return .array(elements)
    case .map(let element):
      var members = JSONObject()
      for payload in payloads {
        guard case .bytes(let bytes) = payload else { throw .malformed }
        var reader = ProtobufReader(bytes)
        var name = ""
        var inner: [ProtobufReader.Payload] = []
        while let (number, payload) = try field(&reader) {
          if number == 1, case .bytes(let bytes) = payload { name = Self.text(bytes) }
          if number == 2 { inner = [payload] }
        }
        members[name] = inner.isEmpty ? .string("") : try value(inner, element, depth: depth)
      }
      return .object(members)
    default:
      guard let last = payloads.last else { return nil }
      return try single(last, type, depth: depth)
    }
  }

  private func single(
    _ payload: ProtobufReader.Payload, _ type: APIFieldType, depth: Int
  ) throws(Failure) -> JSONValue? {
    switch (type, payload) {
    case (.boolean, .varint(let value)): return .bool(value != 0)
    case (.int32, .varint(let value)):
      return .number(String(Int32(truncatingIfNeeded: Int64(bitPattern: value))))
    case (.int64, .varint(let value)): return .number(String(Int64(bitPattern: value)))
    case (.double, .fixed64(let bits)): return .number(Double(bitPattern: bits).description)
    case (.string, .bytes(let bytes)): return .string(Self.text(bytes))
    case (.bytes, .bytes(let bytes)): return .string(Base64.encode(Array(bytes)))
    case (.reference(let name), .bytes(let bytes)):
      guard let type = catalog[name] else { throw .unknownKind(name) }
      return .object(try message(bytes, type, depth: depth + 1))
    case (_, .bytes(let bytes)): return try special(bytes, type)
    default: throw .malformed
    }
  }

  /// Types whose JSON is not that of their message.
  private func special(_ bytes: ArraySlice<UInt8>, _ type: APIFieldType) throws(Failure) -> JSONValue? {
    var numbers: [Int: Int64] = [:]
    var texts: [Int: [ArraySlice<UInt8>]] = [:]
    var reader = ProtobufReader(bytes)
    while let (number, payload) = try field(&reader) {
      switch payload {
      case .varint(let value): numbers[number] = Int64(bitPattern: value)
      case .bytes(let bytes): texts[number, default: []].append(bytes)
      default: throw .malformed
      }
    }
    switch type {
    case .quantity: return .string(texts[1]?.last.map(Self.text) ?? "0")
    case .intOrString:
      return numbers[1] == 1
        ? .string(texts[3]?.last.map(Self.text) ?? "") : .number(String(numbers[2] ?? 0))
    case .time, .microTime:
      guard let seconds = numbers[1] else { return nil }
      let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
      guard !overflow else { throw .malformed }
      if type == .time { return .string(Timestamp.text(nanosecondsSince1970: nanoseconds)) }
      return .string(Timestamp.micro(seconds: seconds, nanoseconds: numbers[2] ?? 0))
    case .duration: return .string("\(numbers[1] ?? 0)ns")
    case .raw:
      guard let json = texts[1]?.last else { return nil }
      guard let value = try? JSONValue(parsing: Array(json)) else { throw .malformed }
      return value
    case .stringList: return .array((texts[1] ?? []).map { .string(Self.text($0)) })
    default: throw .malformed
    }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
