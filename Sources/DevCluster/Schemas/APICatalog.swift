/// All types of the built-in kinds.
struct APICatalog: Sendable {
  /// Read at the first use.
  static let standard = APICatalog([
    MetaTypes.text, CoreTypes.text, PodTypes.text, VolumeTypes.text, WorkloadTypes.text, AccessTypes.text,
    NetworkTypes.text,
  ])

  /// The names, in the order of the tables.
  let names: [String]
  private let types: [String: APIType]

  init(_ texts: [String]) {
    let notation = APITypeNotation(texts)
    func flattened(_ fields: [APIField]) -> [APIField] {
      fields.flatMap { field -> [APIField] in
        guard field.isInline, case .reference(let name) = field.type else { return [field] }
        return flattened(notation.types[name]?.fields ?? [])
      }
    }
    names = notation.order
    types = Dictionary(
      uniqueKeysWithValues: notation.types.map { name, type in
        (
          name,
          APIType(
            name: name, isAtomic: type.isAtomic, declared: type.fields, fields: flattened(type.fields))
        )
      })
  }

  subscript(_ name: String) -> APIType? { types[name] }

  /// The type of the objects of a built-in resource; nil for custom resources.
  func type(of resource: ResourceDefinition) -> APIType? {
    guard !resource.isCustom, let package = Self.package(of: resource.group) else { return nil }
    return self["\(package).\(resource.kind)"]
  }

  /// The OpenAPI package of version 1 of a group.
  static func package(of group: String) -> String? {
    switch group {
    case "": "io.k8s.api.core.v1"
    case "apiextensions.k8s.io": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1"
    case "meta.k8s.io": "io.k8s.apimachinery.pkg.apis.meta.v1"
    default: group.split(separator: ".").first.map { "io.k8s.api.\($0).v1" }
    }
  }
}
