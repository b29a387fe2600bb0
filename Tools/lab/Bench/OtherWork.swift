import Foundation
import ToolSupport

/// How much of the machine others take while something is measured: they only make it slower.
struct OtherWork {
  private let begin = ContinuousClock.now
  private let machineBefore = BenchMemory.machineTime
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
    let others = BenchMemory.machineTime - machineBefore - ownSeconds
    return max(0, others / (ContinuousClock.now - begin).inSeconds)
  }

  /// Seconds that cores have worked for what is measured since then.
  var ownSeconds: Double { Self.own(programs) - ownBefore }

  private static func own(_ programs: [Int32]) -> Double {
    let ticks = (["self"] + programs.map(String.init)).reduce(0) { sum, process in
      // Behind the name, which may hold anything: the 12th to 15th are its times and those of processes that it has
      // started and that have ended.
      let fields = text("/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ")
      return sum + (fields?.dropFirst(11).prefix(4).reduce(0) { $0 + (Double($1) ?? 0) } ?? 0)
    }
    return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
