import Events
import Foundation
import ToolSupport

/// Other packages, run as child processes by a folder of drivers: `w1_case.py` prints one line of JSON for one case.
struct BenchPeers {
  /// A case of the driver.
  struct Case: Hashable {
    var name: String
    var batch: Int

    /// Reads `NAME:BATCH`.
    init?(_ text: String) {
      let parts = text.split(separator: ":")
      guard parts.count == 2, let batch = Int(parts[1]), batch > 0 else { return nil }
      (name, self.batch) = (String(parts[0]), batch)
    }
  }

  /// The fastest ones with one recording at a time, and with many.
  static let usual = [
    "torch_rank1_step:1", "torch_dense_step:1", "torch_rank1_sample:128", "snntorch_bptt:128",
  ]

  var folder: String
  var python: String
  var cases: [Case]
  /// What one repetition should take, in seconds.
  var seconds: Double
  private static let timeout = 300.0

  /// The part of a driver's line that is used; all times are those of one sample.
  private struct Line: Decodable {
    var wall: Double
    var cpu: Double?
    var samplesPerSecond: Double
    var stepsPerSecond: Double
    var eventsPerSecond: Double
    var peakMemory: Double?
    var memoryBefore: Double?
    var hiddenRate: Double?

    private enum CodingKeys: String, CodingKey {
      case wall = "wall_s"
      case cpu = "cpu_s"
      case samplesPerSecond = "samples_s"
      case stepsPerSecond = "steps_s"
      case eventsPerSecond = "events_s"
      case peakMemory = "peak_rss_mb"
      case memoryBefore = "rss_after_import_mb"
      case hiddenRate = "hidden_rate_hz"
    }
  }

  /// The entries that ``measure(_:)`` fills, one for each case and number of threads.
  func entries(_ shape: BenchShape, threads: [Int]) -> [BenchEntry] {
    threads.flatMap { threads in
      cases.map {
        BenchEntry(
          name: $0.name, hidden: shape.hidden, isRecurrent: shape.isRecurrent,
          inputs: shape.geometry.addressCount, batch: $0.batch, threads: threads)
      }
    }
  }

  /// Adds one repetition to `entry`, unless an earlier one failed.
  func measure(_ entry: inout BenchEntry) {
    guard entry.error == nil else { return }
    if Terminal.isInteractive { Terminal.note("\(entry.name), \(entry.threads) threads") }
    do {
      let (machine, children) = (BenchMemory.machineTime, BenchMemory.processorTime.children)
      let begin = ContinuousClock.now
      let line = try run(entry)
      let theirs = BenchMemory.processorTime.children - children
      let others = max(0, BenchMemory.machineTime - machine - theirs)
      entry.othersCores = max(
        entry.othersCores ?? 0, others / (ContinuousClock.now - begin).inSeconds)
      entry.walls.append(line.wall)
      if let cpu = line.cpu { entry.processorTimes.append(cpu) }
      var work = BenchWork()
      (work.units, work.samples) = (1, 1)
      work.steps = Int((line.stepsPerSecond / line.samplesPerSecond).rounded())
      work.events = Int((line.eventsPerSecond / line.samplesPerSecond).rounded())
      entry.work += work
      entry.peakMemory = max(entry.peakMemory ?? 0, line.peakMemory ?? 0)
      entry.memoryBefore = line.memoryBefore
      entry.statedHiddenRate = line.hiddenRate ?? entry.statedHiddenRate
    } catch {
      entry.error = "\(error)"
    }
  }

  private func run(_ entry: BenchEntry) throws -> Line {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments =
      ["\(folder)/w1_case.py", "--case", entry.name, "--hidden", "\(entry.hidden ?? 0)"]
      + ["--batch", "\(entry.batch)", "--threads", "\(entry.threads)"]
      + ["--reps", "1", "--rep-s", "\(seconds)"] + (entry.isRecurrent == true ? ["--rec"] : [])
    process.environment = ProcessInfo.processInfo.environment
      .merging(Self.environment(threads: entry.threads)) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let identifier = process.processIdentifier
    let timer = DispatchSource.makeTimerSource()
    timer.schedule(deadline: .now() + Self.timeout)
    timer.setEventHandler { kill(identifier, SIGKILL) }
    timer.resume()
    defer { timer.cancel() }
    // Both pipes are read to their ends before the child is waited for: a full one would hold it up.
    let collected = BenchPipeText(errors)
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let line = text.split(separator: "\n").last { $0.hasPrefix("{") && $0.hasSuffix("}") }
    guard process.terminationStatus == 0, process.terminationReason == .exit, let line else {
      let said = collected.text.split(separator: "\n").last ?? "no output"
      throw BenchError("status \(process.terminationStatus): \(said.prefix(300))")
    }
    return try JSONDecoder().decode(Line.self, from: Data(line.utf8))
  }

  /// Threads as asked for, and glibc keeps freed memory: a loop that allocates a fresh matrix in each step would pay for
  /// its pages each time.
  private static func environment(threads: Int) -> [String: String] {
    var environment = [
      "MALLOC_TRIM_THRESHOLD_": "1000000000", "MALLOC_MMAP_THRESHOLD_": "1000000000",
      "MALLOC_TOP_PAD_": "268435456", "MPLBACKEND": "Agg", "PYTHONWARNINGS": "ignore",
      "PYTHONDONTWRITEBYTECODE": "1",
    ]
    let libraries = ["OMP", "MKL", "OPENBLAS", "NUMEXPR"]
    for library in libraries { environment["\(library)_NUM_THREADS"] = "\(threads)" }
    return environment
  }
}

/// What comes through a pipe, read by a thread of its own.
private final class BenchPipeText: @unchecked Sendable {
  // Written by the thread before the signal, read after it.
  private var data = Data()
  private let end = DispatchSemaphore(value: 0)

  init(_ pipe: Pipe) {
    let file = pipe.fileHandleForReading
    let thread = Thread { [self] in
      data = file.readDataToEndOfFile()
      end.signal()
    }
    thread.start()
  }

  /// All of it, once the other side has closed the pipe.
  var text: String {
    end.wait()
    end.signal()
    return String(decoding: data, as: UTF8.self)
  }
}
