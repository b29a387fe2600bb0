import Foundation
import FuzzTargets

/// Writes the inputs to begin with into a folder: `corpus FOLDER FAIL-CASES [FOLDER-OF-RECORDINGS ...]`.
@main
struct Corpus {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let folder = arguments.first, let failures = arguments.dropFirst().first else {
      let usage = "usage: corpus FOLDER FAIL-CASES [FOLDER-OF-RECORDINGS ...]\n"
      FileHandle.standardError.write(Data(usage.utf8))
      exit(2)
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var seeds = Seeds.made()
    seeds.merge(Seeds.failures(in: failures)) { first, _ in first }
    for recordings in arguments.dropFirst(2) {
      seeds.merge(Seeds.heads(in: recordings)) { first, _ in first }
    }
    for (name, bytes) in seeds {
      try Data(bytes).write(to: URL(filePath: folder).appending(path: name))
    }
    print("\(seeds.count) inputs for \(FuzzInput.targets.count) targets in \(folder)")
  }
}
