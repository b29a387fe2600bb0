import Events

/// Trials as the network takes them: the addresses that spike in each of so many steps of equal length.
struct StepTrials: Sendable {
  /// Of labels from 0 on; each has an output.
  static let classes = 10

  let geometry: SensorGeometry
  private let trials: [(steps: [[Int32]], label: Int)]

  /// - Throws: ``ExperimentError`` for a label that has no output.
  init(_ source: some TrialSource, steps: Int) throws {
    geometry = source.geometry
    let geometry = source.geometry
    trials = try (0..<source.count).map { index in
      let trial = try source.trial(index)
      guard (0..<Self.classes).contains(trial.label) else {
        throw ExperimentError(
          "trial \(index) has the label \(trial.label): labels must be 0 to \(Self.classes - 1)")
      }
      var sets = [Set<Int32>](repeating: [], count: steps)
      for event in trial.events.indices.lazy.map({ trial.events[$0] }) {
        let step = Int(event.t) * steps / max(Int(trial.duration), 1)
        guard step < steps else { continue }
        sets[step].insert(geometry.address(x: event.x, y: event.y, on: event.on))
      }
      return (sets.map { $0.sorted() }, trial.label)
    }
  }

  private init(_ trials: [(steps: [[Int32]], label: Int)], _ geometry: SensorGeometry) {
    (self.trials, self.geometry) = (trials, geometry)
  }

  var count: Int { trials.count }
  subscript(index: Int) -> (steps: [[Int32]], label: Int) { trials[index] }

  func part(_ order: [Int]) -> StepTrials { StepTrials(order.map { trials[$0] }, geometry) }
}
