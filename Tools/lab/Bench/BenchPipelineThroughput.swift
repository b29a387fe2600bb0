import Events
import Foundation
import Learning
import Service
import ToolSupport
import Transport

/// How many recordings a second are learned at full speed: in one process, and from `afferent-replay` through `afferent`
/// to `afferent-watch` over local sockets. The same files in the same order; the same weights at the end.
struct PipelineThroughput: Codable {
  struct Rate: Codable {
    var trials = 0
    var events = 0
    /// In one process from the first file to the last prediction; over sockets from the first message sent to the
    /// acknowledgement of the last, by the clock of `afferent-replay`.
    var seconds = 0.0
    /// Cores that other work kept busy meanwhile.
    var othersCores = 0.0
    /// Work of all cores for one trial, in all programs that take part, their starts and ends included.
    var cpuMilliseconds = 0.0
    var trialsPerSecond: Double { Double(trials) / seconds }
    var eventsPerSecond: Double { Double(events) / seconds }

    private enum CodingKeys: String, CodingKey {
      case trials, events, seconds
      case othersCores = "others_cores"
      case cpuMilliseconds = "cpu_ms_per_trial"
      case trialsPerSecond = "trials_per_s"
      case eventsPerSecond = "events_per_s"
    }

    init(trials: Int, events: Int, seconds: Double) {
      (self.trials, self.events, self.seconds) = (trials, events, seconds)
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      trials = try container.decode(Int.self, forKey: .trials)
      events = try container.decode(Int.self, forKey: .events)
      seconds = try container.decode(Double.self, forKey: .seconds)
      othersCores = try container.decode(Double.self, forKey: .othersCores)
      cpuMilliseconds = try container.decode(Double.self, forKey: .cpuMilliseconds)
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(trials, forKey: .trials)
      try container.encode(events, forKey: .events)
      try container.encode(seconds, forKey: .seconds)
      try container.encode(othersCores, forKey: .othersCores)
      try container.encode(cpuMilliseconds, forKey: .cpuMilliseconds)
      try container.encode(trialsPerSecond, forKey: .trialsPerSecond)
      try container.encode(eventsPerSecond, forKey: .eventsPerSecond)
    }
  }

  var inProcess: Rate
  /// With a watcher of predictions.
  var watched: Rate
  /// With a watcher that also keeps a copy of the weights.
  var followed: Rate
  /// Whether all ways came to the same weights.
  var sameWeights: Bool
  /// Share of the engine thread's time that was spent on events while watched.
  var engineBusy: Double
  var ratio: Double
  var followedRatio: Double

  private enum CodingKeys: String, CodingKey {
    case watched, followed, ratio
    case inProcess = "in_process"
    case sameWeights = "same_weights"
    case engineBusy = "engine_busy"
    case followedRatio = "followed_ratio"
  }

  /// - Parameter seconds: about how long each way takes.
  static func measure(
    _ streams: PipelineStreams, _ configuration: EngineConfiguration, seconds: Double
  ) throws -> PipelineThroughput {
    let folder = try BenchFolder()
    let recordings = "\(folder.path)/recordings"
    let count = 100
    try streams.write(count, into: recordings)
    let trial = try learn(recordings, configuration, passes: 1).rate
    let passes = max(1, Int((seconds / trial.seconds).rounded()))
    let alone = try learn(recordings, configuration, passes: passes)
    let watched = try stream(recordings, configuration, passes, count, [], folder)
    let followed = try stream(
      recordings, configuration, passes, count, ["--follow-weights"], folder)
    return PipelineThroughput(
      inProcess: alone.rate, watched: watched.rate, followed: followed.rate,
      sameWeights: watched.weights == alone.weights && followed.weights == alone.weights,
      engineBusy: watched.busy / watched.rate.seconds,
      ratio: watched.rate.trialsPerSecond / alone.rate.trialsPerSecond,
      followedRatio: followed.rate.trialsPerSecond / alone.rate.trialsPerSecond)
  }

  private static func learn(
    _ recordings: String, _ configuration: EngineConfiguration, passes: Int
  ) throws -> (rate: Rate, weights: String) {
    let geometry = try configuration.sensor.geometry()
    let network = try Network<Float>(configuration.learner, inputs: geometry.addressCount)
    let learner = StreamLearner(network: network, geometry: geometry)
    let files = try LabelledSet(path: recordings)
    var rate = Rate(trials: 0, events: 0, seconds: 0)
    let others = OtherWork()
    for pass in 0..<passes {
      let result = try Trials.run(
        files.order(seed: 1, pass: pass), on: learner, labelled: true, progress: nil)
      rate.trials += result.trials
      rate.events += result.events
      rate.seconds += result.seconds
    }
    rate.othersCores = others.cores
    rate.cpuMilliseconds = others.ownSeconds * 1000 / Double(rate.trials)
    return (rate, network.weightsDigest)
  }

  /// What `afferent-replay --json` tells.
  private struct Replayed: Decodable {
    var events: Int
    var eventsLearned: Int
    var seconds: Double
  }

  private static func stream(
    _ recordings: String, _ configuration: EngineConfiguration, _ passes: Int, _ count: Int,
    _ mode: [String], _ folder: BenchFolder
  ) throws -> (rate: Rate, weights: String?, busy: Double) {
    let others = OtherWork()
    let engine = try PipelineEngine(configuration, in: folder)
    defer { engine.stop() }
    let trials = passes * count
    let at = ["--at", engine.address.description]
    let watch = try PipelineProgram(
      "afferent-watch", at + ["--trials", "\(trials)"] + mode, in: folder)
    // Its subscription is there before the first recording is.
    Thread.sleep(forTimeInterval: 0.5)
    let replay = try PipelineProgram(
      "afferent-replay", at + ["--passes", "\(passes)", "--seed", "1", "--json", recordings],
      in: folder)
    let output = try replay.end(within: .seconds(120))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let replayed = try decoder.decode(Replayed.self, from: output)
    // It ends when it has seen the last trial.
    _ = try watch.end(within: .seconds(20))
    let status = try engine.client.status(digest: true)
    guard replayed.eventsLearned == replayed.events else {
      throw PipelineFailure("\(replayed.events) events sent, \(replayed.eventsLearned) learned")
    }
    engine.stop()
    var rate = Rate(trials: trials, events: replayed.events, seconds: replayed.seconds)
    rate.othersCores = others.cores
    rate.cpuMilliseconds = others.ownSeconds * 1000 / Double(trials)
    return (rate, status.weightsDigest, status.busy)
  }
}
