/// An event of CloudEvents 1.0: what happened, where, and the data about it. Attribute values are kept in their string
/// form, as they are on the wire.
public struct CloudEvent: Sendable {
  /// The version of the specification that this type is.
  public static let specversion = "1.0"

  /// With `source` it names the event: a second event of the same pair is a repetition.
  public var id: String
  /// The context in which it happened, a URI reference.
  public var source: String
  /// What kind of thing happened.
  public var type: String
  /// What it happened to, within the source.
  public var subject: String?
  /// When it happened, RFC 3339.
  public var time: String?
  /// The media type of `data`; where it is absent JSON is meant in structured mode.
  public var datacontenttype: String?
  /// The schema of `data`, a URI.
  public var dataschema: String?
  /// Extension attributes, in order.
  public private(set) var extensions: [(name: String, value: String)]
  /// The payload; nil if there is none.
  public var data: [UInt8]?

  /// An event with its required attributes.
  public init(
    id: String, source: String, type: String, subject: String? = nil, time: String? = nil,
    datacontenttype: String? = nil, dataschema: String? = nil, extensions: [(String, String)] = [],
    data: [UInt8]? = nil
  ) {
    self.id = id
    self.source = source
    self.type = type
    self.subject = subject
    self.time = time
    self.datacontenttype = datacontenttype
    self.dataschema = dataschema
    self.extensions = []
    self.data = data
    for (name, value) in extensions { setExtension(name, to: value) }
  }

  /// The value of an attribute by its name in the specification: a core attribute or an extension; nil if it is not set.
  public subscript(attribute name: String) -> String? {
    switch name {
    case "id": id
    case "source": source
    case "specversion": Self.specversion
    case "type": type
    case "subject": subject
    case "time": time
    case "datacontenttype": datacontenttype
    case "dataschema": dataschema
    default: extensions.first { $0.name == name }?.value
    }
  }

  /// Sets an extension attribute: one that is set keeps its place, nil removes. The name is checked by `validate` only.
  public mutating func setExtension(_ name: String, to value: String?) {
    let position = extensions.firstIndex { $0.name == name }
    switch (position, value) {
    case (let position?, let value?): extensions[position].value = value
    case (let position?, nil): extensions.remove(at: position)
    case (nil, let value?): extensions.append((name, value))
    case (nil, nil): break
    }
  }

  /// All attributes that are set, the required ones first, then the optional ones, then the extensions in their order.
  var attributes: [(name: String, value: String)] {
    var all = [("specversion", Self.specversion), ("id", id), ("source", source), ("type", type)]
    let optional = [
      ("subject", subject), ("time", time), ("datacontenttype", datacontenttype), ("dataschema", dataschema),
    ]
    for case (let name, let value?) in optional { all.append((name, value)) }
    return all.map { (name: $0.0, value: $0.1) } + extensions
  }
}

extension CloudEvent: Equatable {
  /// Whether all attributes, in their order, and the data are the same.
  public static func == (one: CloudEvent, other: CloudEvent) -> Bool {
    one.data == other.data
      && one.attributes.elementsEqual(other.attributes) { $0.name == $1.name && $0.value == $1.value }
  }
}
