import Foundation
import ToolSupport

/// Memory and processor time of this process, and of the machine.
enum BenchMemory {
  /// Gives back what was freed, so that the next case does not begin with it.
  static func trim() {
    // Glibc has it, but not in the headers that Swift imports.
    typealias Trim = @convention(c) (Int) -> Int32
    guard let symbol = dlsym(nil, "malloc_trim") else { return }
    _ = unsafeBitCast(symbol, to: Trim.self)(0)
  }

  /// Resident memory in MB.
  static var resident: Double { status("VmRSS:") }

  /// That of another process.
  static func resident(of process: Int32) -> Double { status("VmRSS:", of: "\(process)") }

  /// Largest resident memory since ``resetPeak()`` in MB.
  static var peak: Double { status("VmHWM:") }

  /// Begins anew to look for the largest resident memory. Where the system does not allow it, the peak is that of the
  /// whole process.
  static func resetPeak() {
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
  }

  private static func status(_ field: String, of process: String = "self") -> Double {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix(field) }),
      let number = line.split(whereSeparator: \.isWhitespace).dropFirst().first
    else { return 0 }
    return (Double(number) ?? 0) / 1024
  }

  /// Seconds that all threads of this process have computed, and those of its children that have ended.
  static var processorTime: (own: Double, children: Double) {
    func seconds(_ who: __rusage_who) -> Double {
      var usage = rusage()
      getrusage(__rusage_who_t(who.rawValue), &usage)
      let micro = Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
      return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + micro
    }
    return (seconds(RUSAGE_SELF), seconds(RUSAGE_CHILDREN))
  }

  /// Seconds that all threads of another process have computed.
  static func processorTime(of process: Int32) -> Double {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let name = text.lastIndex(of: ")")
    else { return 0 }
    let fields = text[name...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
      return 0
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Seconds that all cores of the machine have computed, for whomever.
  static var machineTime: Double {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let line = text.split(separator: "\n").first
    else { return 0 }
    let ticks = line.split(separator: " ").dropFirst().map { Double($0) ?? 0 }
    guard ticks.count >= 7 else { return 0 }
    return (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6])
      / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Waits until everything but this process takes less than a third of a core, or until the time is over.
  static func waitForQuiet(seconds: Double) {
    let begin = ContinuousClock.now
    while (ContinuousClock.now - begin).inSeconds < seconds {
      let (machine, own) = (machineTime, processorTime.own)
      Thread.sleep(forTimeInterval: 1)
      if machineTime - machine - (processorTime.own - own) < 0.33 { return }
    }
  }
}
