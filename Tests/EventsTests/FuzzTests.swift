import Events
import Foundation
import FuzzTargets
import Testing

/// What the fuzzer begins with, what it once failed on, and some of what it makes of both; see Tools/fuzz.
@Suite struct FuzzTests {
  static let failCases = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Tools/fuzz/FailCases").path

  @Test func everyTargetHasASeed() {
    let first = Set(Seeds.made().values.map { Int($0[0]) })
    for (index, target) in FuzzInput.targets.enumerated() where !first.contains(index) {
      // What no encoder writes, and two ways of reading what others have seeds for.
      let others = ["message-numpy", "message-pyaer", "message-aestream", "dv-tcp", "libcaer-tcp"]
      #expect(others.contains(target.name), "\(target.name)")
    }
  }

  @Test func seedsAndFailuresAndTheirMutantsAreReadWithoutHarm() {
    var random = SplitMix64(seed: 20)
    let inputs = Seeds.made().merging(Seeds.failures(in: Self.failCases)) { first, _ in first }
    #expect(inputs.count > 80)
    for (_, input) in inputs.sorted(by: { $0.key < $1.key }) {
      input.withUnsafeBytes { FuzzInput.run($0) }
      for _ in 0..<100 {
        var mutant = damaged(Array(input.dropFirst(2)), using: &random)
        mutant.insert(UInt8(truncatingIfNeeded: random.next()), at: 0)
        mutant.insert(input[0], at: 0)
        mutant.withUnsafeBytes { FuzzInput.run($0) }
      }
    }
  }
}
