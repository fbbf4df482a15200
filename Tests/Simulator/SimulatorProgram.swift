import Foundation
import Synchronization

/// `simulate [--seed N] [--seeds M]`: runs the seeds N to N+M−1; one of them alone, without M; from 1, without N. Progress goes
/// to standard error; the very last line of standard output is `M seeds, 0 violations`, or the exit code is 1. Bad
/// arguments: 2.
package enum SimulatorProgram {
  /// Runs the process's own arguments, and ends it.
  package static func main() -> Never {
    guard let seeds = SeedRange(arguments: Array(CommandLine.arguments.dropFirst())) else {
      complain("usage: simulate [--seed N] [--seeds M], both whole numbers, M at least 1")
      exit(2)
    }
    let campaign = Campaign(seeds)
    campaign.run { complain($0) }
    var failures = campaign.failures
    if !campaign.missing.isEmpty, failures.isEmpty {
      failures.append("never happened: \(campaign.missing.map(\.rawValue).joined(separator: "; "))")
    }
    print("rare events, and how often each was:")
    for line in campaign.rare.lines { print(line) }
    for failure in failures { print(failure) }
    print("\(campaign.finished) seeds, \(failures.count) violations")
    exit(failures.isEmpty ? 0 : 1)
  }

  private static func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
