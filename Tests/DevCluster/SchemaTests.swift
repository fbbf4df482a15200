import JSONScan
import Testing

@testable import DevCluster

@Suite("The types of the API")
struct SchemaTests {
  @Test("every type that a field refers to has a table")
  func closed() {
    let catalog = APICatalog.standard
    func check(_ type: APIFieldType, _ place: String) {
      switch type {
      case .reference(let name): #expect(catalog[name] != nil, "\(place) refers to \(name)")
      case .array(let element), .map(let element): check(element, place)
      default: break
      }
    }
    #expect(catalog.names.count > 250)
    for name in catalog.names {
      for field in catalog[name]?.declared ?? [] { check(field.type, "\(name).\(field.name)") }
    }
  }

  @Test("every built-in kind has a type, and its columns")
  func kinds() {
    for resource in BuiltInResources.all where !resource.isCustom {
      #expect(APICatalog.standard.type(of: resource) != nil, "\(resource.qualifiedKind)")
    }
  }

  @Test("protobuf numbers are unique within a type, and so are names")
  func unique() {
    for name in APICatalog.standard.names {
      guard let type = APICatalog.standard[name] else { continue }
      let numbers = type.declared.map(\.number).filter { $0 > 0 }
      #expect(Set(numbers).count == numbers.count, "\(name)")
      #expect(Set(type.fields.map(\.name)).count == type.fields.count, "\(name)")
    }
  }

  @Test("a typed object keeps Go's order, drops what Go leaves out, and names unknown members by path")
  func typed() throws {
    let type = try #require(APICatalog.standard["io.k8s.api.core.v1.Pod"])
    var typed = TypedObject()
    let pod = try typed.read(
      [
        "spec": [
          "hostNetwork": false, "nodeName": "", "terminationGracePeriodSeconds": 0, "volumes": [],
          "containers": [["image": "i", "name": "a", "resources": ["limits": ["cpu": 1]], "imag": 1]],
        ], "metadata": ["labels": nil, "name": "p"], "kind": "Pod", "status": [:], "x": 1,
      ], as: type)
    #expect(
      String(decoding: pod.serialized(), as: UTF8.self)
        == #"{"kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"a","image":"i","#
        + #""resources":{"limits":{"cpu":"1"}}}],"terminationGracePeriodSeconds":0},"status":{}}"#)
    #expect(typed.unknownFields == ["x", "spec.containers[0].imag"])
  }

  @Test("micro times and times are written as Go writes them, and read back to seconds")
  func times() {
    #expect(
      Timestamp.micro(seconds: 1_764_000_000, nanoseconds: 123_456_789) == "2025-11-24T16:00:00.123456Z")
    for seconds in [0, 951_782_400, 1_764_000_000, 4_102_444_799] as [Int64] {
      let text = Timestamp.text(nanosecondsSince1970: seconds * 1_000_000_000)
      #expect(Timestamp.seconds(of: text) == seconds)
    }
    #expect(Timestamp.seconds(of: "2026-01-01") == nil)
  }
}
