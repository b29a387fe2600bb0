import Foundation

/// Where the numbers come from.
struct BenchMachine: Encodable {
  var cpu: String
  var cores: Int
  var memory: Int
  var kernel: String
  var date: String
  var swift: String

  private enum CodingKeys: String, CodingKey {
    case cpu, cores, kernel, date, swift
    case memory = "mem_mb"
  }

  /// This machine, now.
  init() {
    let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model = information.split(separator: "\n").first { $0.hasPrefix("model name") }
    cpu = model?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
    cores = ProcessInfo.processInfo.activeProcessorCount
    memory = Int(ProcessInfo.processInfo.physicalMemory >> 20)
    let release = try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
    kernel = release?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    date = ISO8601DateFormatter().string(from: Date())
    swift = Self.compiler
  }

  /// What this program was compiled with.
  private static var compiler: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3.2)
      "6.3.2 or later"
    #elseif compiler(>=6.3.1)
      "6.3.1"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  /// One line for people.
  var text: String {
    "\(cpu), \(cores) cores, \(memory / 1024) GB, Linux \(kernel), Swift \(swift), \(date)"
  }
}
