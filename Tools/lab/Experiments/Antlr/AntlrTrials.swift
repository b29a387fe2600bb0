import Events
import Learning
import Reference

/// Labelled trials, cut into steps and kept.
struct AntlrTrials: Sendable {
  var inputs: Int
  var trials: [StepEvents] = []
  var labels: [Int] = []

  var count: Int { trials.count }
  var eventsPerTrial: Double {
    Double(trials.reduce(0) { $0 + $1.events }) / Double(max(count, 1))
  }

  /// Pictures in which a pixel spikes once, the earlier the brighter: in step 0 with the largest value, `latest` with the
  /// least; pixels that are black do not spike.
  init(pictures: [(image: GrayImage, label: Int)], steps: Int, latest: Int = 24) {
    inputs = (pictures.first?.image.pixels.count) ?? 1
    for (image, label) in pictures {
      var active = [[Int32]](repeating: [], count: steps)
      for (address, pixel) in image.pixels.enumerated() where pixel > 0 {
        let step = Int((Double(latest) * (1 - Double(pixel) / 255)).rounded())
        active[min(step, steps - 1)].append(Int32(address))
      }
      trials.append(StepEvents(active))
      labels.append(label)
    }
  }

  init(_ digits: ExperimentData.Digits, steps: Int) {
    self.init(
      pictures: (0..<digits.count).map {
        (digits.images.image(at: $0), Int(digits.labels[$0]))
      }, steps: steps)
  }

  /// `count` drawn digits.
  init(glyphs count: Int, seed: UInt64, steps: Int) throws {
    let scene = try GlyphScene()
    var random = SplitMix64(seed: seed)
    self.init(
      pictures: (0..<count).map { index in
        (scene.image(of: index % 10, using: &random), index % 10)
      }, steps: steps)
  }

  /// Recordings in steps of `settings`, made on all cores.
  init(_ source: some TrialSource, _ settings: AntlrSettings, progress: String) throws {
    inputs = source.geometry.addressCount
    let geometry = source.geometry
    let none = (StepEvents([]), 0)
    let all = try Workers.run(
      source.count, threads: Workers.cores, progress: progress,
      into: [(StepEvents, Int)](repeating: none, count: source.count),
      make: { number in
        let trial = try source.trial(number)
        let steps = StepEvents(
          trial.events, geometry: geometry, microseconds: settings.stepMicroseconds,
          steps: settings.steps)
        return (steps, trial.label)
      }, take: { $0[$1] = $2 })
    (trials, labels) = (all.map(\.0), all.map(\.1))
  }

  /// The trials with these numbers.
  subscript(chosen: [Int]) -> AntlrTrials {
    var part = self
    part.trials = chosen.map { trials[$0] }
    part.labels = chosen.map { labels[$0] }
    return part
  }
}

/// What is learned from and what is tested on.
struct AntlrData: Sendable {
  var name: String
  /// What runs and figures call it.
  var short: String
  var train: AntlrTrials
  var test: AntlrTrials

  /// Tells data apart that runs must not be mistaken for.
  var digestName: String { "\(name), \(train.count), \(test.count)" }

  /// `count` of the training trials, drawn from them, in the place of those to test on.
  func holdingOut(_ count: Int) throws -> AntlrData {
    guard count < train.count else {
      throw ExperimentError("--held-out \(count): there are \(train.count) trials to learn from")
    }
    let held = Set(TrialNumbers.drawn(count, of: train.count))
    func part(_ isHeld: Bool) -> AntlrTrials {
      train[(0..<train.count).filter { held.contains($0) == isHeld }]
    }
    return AntlrData(
      name: "\(name), \(count) drawn and held out", short: short, train: part(false),
      test: part(true))
  }

  /// No more than so many trials of both parts, drawn from them; all, where nothing is said or there are no more.
  func limited(_ training: Int?, _ testing: Int?) -> AntlrData {
    var limited = self
    limited.name += Self.parts(training, of: train.count, testing, of: test.count)
    limited.train = train[TrialNumbers.drawn(training ?? train.count, of: train.count)]
    limited.test = test[TrialNumbers.drawn(testing ?? test.count, of: test.count)]
    return limited
  }

  /// What a name says of parts that have been drawn.
  static func parts(_ training: Int?, of all: Int, _ testing: Int?, of others: Int) -> String {
    (training ?? all < all ? ", drawn part of those to learn from" : "")
      + (testing ?? others < others ? ", drawn part of those to test on" : "")
  }
}
