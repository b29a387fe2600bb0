import Events
import Learning

/// Recordings to learn from, and others that gradients are taken of.
struct TrialSet: Sendable {
  enum Name: String, Codable, CaseIterable, Sendable {
    /// MNIST through the simulated sensor's saccades.
    case saccades
    /// Recordings of a real sensor.
    case nmnist
    /// Digits of strokes through the simulated sensor, for which no data are needed.
    case glyphs
  }

  let name: Name
  let learned: KeptTrials
  let unseen: KeptTrials

  var geometry: SensorGeometry { learned.geometry }

  /// The first so many recordings of a set; of N-MNIST, those that are there, in an order of its own, for they lie by class.
  init(_ name: Name, learned: Int, unseen: Int, data: ExperimentData) throws {
    func keep(_ source: some TrialSource, _ part: String) throws -> KeptTrials {
      try KeptTrials(source, progress: "\(name.rawValue), \(part)")
    }
    self.name = name
    switch name {
    case .saccades:
      let (train, test) = try data.mnist()
      self.learned = try keep(SaccadeDigits(train.prefix(learned)), "to learn from")
      self.unseen = try keep(
        SaccadeDigits(test.prefix(unseen), first: train.count), "unseen")
    case .nmnist:
      let (train, test) = try data.nmnist()
      // All end when the longest does.
      func some(_ recordings: [LabelledRecording], _ count: Int) throws -> some TrialSource {
        let source = try RecordedTrials(recordings, duration: 336_000)
        var random = SplitMix64(seed: 1)
        let order = random.permutation(of: source.count)
        return ChosenTrials(source, numbers: Array(order.prefix(count)))
      }
      self.learned = try keep(some(train.recordings, learned), "to learn from")
      self.unseen = try keep(some(test.recordings, unseen), "unseen")
    case .glyphs:
      self.learned = try keep(DrawnDigits(count: learned), "to learn from")
      self.unseen = try keep(DrawnDigits(count: unseen, first: 1_000_000), "unseen")
    }
  }
}

extension GradientCase {
  /// The active addresses of each step of a trial.
  func steps(of trial: MemoryTrial, geometry: SensorGeometry) -> [[Int32]] {
    var active = TrialSteps(
      of: trial.events, geometry: geometry, configuration: configuration
    ).active
    let all = Int((trial.duration + stepMicroseconds - 1) / stepMicroseconds)
    // Also what is silent after the last event.
    active += [[Int32]](repeating: [], count: max(0, all - active.count))
    guard length == .cut else { return active }
    return (0..<steps).map { active[$0 % active.count] }
  }
}
