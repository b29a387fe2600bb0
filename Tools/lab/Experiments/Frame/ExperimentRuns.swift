import Events
import Foundation
import ToolSupport

/// One of the runs that an experiment is made of: all that decides what comes of it.
protocol ExperimentJob: Codable, Sendable {
  associatedtype Outcome: Codable & Sendable
  /// Short, for progress and for messages.
  var name: String { get }
}

/// The runs of an experiment, each done once: `runs.jsonl` in its folder has one line for each that is done, with its job,
/// so that an experiment that was stopped goes on with the rest.
struct ExperimentRuns<Job: ExperimentJob>: Sendable {
  struct Run: Codable, Sendable {
    var job: Job
    var outcome: Job.Outcome
    /// Of the job and of the data.
    var digest: String
  }

  private let file: URL
  private let data: String

  /// - Parameter data: names the data and whatever else decides, so that runs on other data are not taken for these.
  init(in folder: ExperimentFolder, data: String) {
    file = folder.url.appendingPathComponent("runs.jsonl")
    self.data = data
  }

  /// Runs what is not done yet, `threads` at a time, in the order of `jobs`.
  ///
  /// - Returns: the outcomes of all, in that order.
  func complete(_ jobs: [Job], threads: Int, run: @escaping @Sendable (Job) throws -> Job.Outcome)
    throws -> [Run]
  {
    // A job that is named twice is one.
    var seen: Set<String> = []
    let all = try jobs.map { (job: $0, digest: try digest($0)) }
      .filter { seen.insert($0.digest).inserted }
    let done = try read()
    let left = all.filter { done[$0.digest] == nil }
    let outcomes = try Workers.run(
      left.count, threads: threads, progress: "runs", into: done, remark: { left[$0].job.name },
      make: { try run(left[$0].job) },
      take: { done, number, outcome in
        let (job, digest) = left[number]
        let run = Run(job: job, outcome: outcome, digest: digest)
        try append(run)
        done[digest] = run
      })
    return all.compactMap { outcomes[$0.digest] }
  }

  private func digest(_ job: Job) throws -> String {
    SHA256.digest(of: [UInt8]("\(try Terminal.jsonText(job))\n\(data)".utf8))
  }

  private func read() throws -> [String: Run] {
    guard let content = FileManager.default.contents(atPath: file.path) else { return [:] }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var runs: [String: Run] = [:]
    for line in content.split(separator: UInt8(ascii: "\n")) {
      // A line that a kill cut off, or one of an older version, is run again.
      guard let run = try? decoder.decode(Run.self, from: line) else { continue }
      runs[run.digest] = run
    }
    return runs
  }

  /// Adds a line. Other processes may do the same: each waits for its turn.
  private func append(_ run: Run) throws {
    let descriptor = open(file.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else {
      throw ExperimentError("\(file.path): \(String(cString: strerror(errno)))")
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    let end = try handle.seekToEnd()
    var line = Data((try Terminal.jsonText(run) + "\n").utf8)
    if end > 0 {
      try handle.seek(toOffset: end - 1)
      // What a kill has cut off stays a line of its own.
      if try handle.read(upToCount: 1) != Data("\n".utf8) { line.insert(0x0A, at: 0) }
    }
    try handle.write(contentsOf: line)
    try handle.close()
  }
}
