import Foundation

/// How much of the machine others take while something is measured: they only make it slower.
struct OtherWork {
  private let before = Self.now()
  private let ownBefore: Double
  private let programs: [Int32]

  /// - Parameter programs: processes that belong to what is measured, besides this one and those that it has started and
  ///   that have ended by the time it is asked.
  init(besides programs: [Int32] = []) {
    self.programs = programs
    ownBefore = Self.own(programs)
  }

  /// Cores that others kept busy since then.
  var cores: Double {
    let (busy, passed) = Self.now()
    let others = busy - before.busy - (Self.own(programs) - ownBefore)
    return max(0, others / max(passed - before.passed, 1e-9))
  }

  /// Time that cores have worked for what is measured since then.
  var ownSeconds: Double { (Self.own(programs) - ownBefore) / 100 }

  /// Ticks of 10 ms that all cores were busy, and that have passed.
  private static func now() -> (busy: Double, passed: Double) {
    let lines = text("/proc/stat").split(separator: "\n").filter { $0.hasPrefix("cpu") }
    guard let all = lines.first else { return (0, 0) }
    let ticks = all.split(separator: " ").dropFirst().prefix(8).map { Double($0) ?? 0 }
    guard ticks.count == 8, lines.count > 1 else { return (0, 0) }
    let sum = ticks.reduce(0, +)
    return (sum - ticks[3] - ticks[4], sum / Double(lines.count - 1))
  }

  private static func own(_ programs: [Int32]) -> Double {
    (["self"] + programs.map(String.init)).reduce(0) { sum, process in
      // Behind the name, which may hold anything: the 12th to 15th are its times and those of processes that it has
      // started and that have ended.
      let fields = text("/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ")
      return sum + (fields?.dropFirst(11).prefix(4).reduce(0) { $0 + (Double($1) ?? 0) } ?? 0)
    }
  }

  private static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
