/// Why the dev cluster cannot run a Service as it is written, with what to do about it.
enum SpecProblem: Error, Equatable, Sendable, CustomStringConvertible {
  case containers(count: Int)
  case noCommand
  case commandNotFound(command: String, directories: [String])
  case variableFromElsewhere(name: String)
  /// A field or annotation with a value that is not allowed; `allowed` says what is.
  case badValue(path: String, value: String, allowed: String)

  /// For the condition of the Service.
  var reason: String {
    switch self {
    case .containers: "OneContainerExpected"
    case .noCommand: "NoCommand"
    case .commandNotFound: "CommandNotFound"
    case .variableFromElsewhere: "ValueFromNotServed"
    case .badValue: "InvalidValue"
    }
  }

  var description: String {
    switch self {
    case .containers(let count):
      "spec.template.spec.containers has \(count) members; the dev cluster runs exactly one"
    case .noCommand:
      "spec.template.spec.containers[0].command is empty; the dev cluster runs local programs, no images: "
        + "name the program to run"
    case .commandNotFound(let command, let directories):
      "spec.template.spec.containers[0].command: there is no file \(command), and no executable of its last path "
        + "component in \(directories.isEmpty ? "any directory (none is configured)" : directories.joined(separator: ", "))"
        + "; build it or give its absolute path"
    case .variableFromElsewhere(let name):
      "spec.template.spec.containers[0].env: \(name) has no plain value; the dev cluster serves no valueFrom: "
        + "set value"
    case .badValue(let path, let value, let allowed): "\(path) is \(value); it must be \(allowed)"
    }
  }
}
