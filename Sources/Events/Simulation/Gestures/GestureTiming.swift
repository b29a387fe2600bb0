/// How long gestures and the pauses between them take.
public struct GestureTiming: Hashable, Sendable, Codable {
  /// Length of the labelled stretch of a gesture, in µs.
  public var trial: ClosedRange<Int64>
  /// Time between two of them, in µs: the hands go down, rest and go up.
  public var pause: ClosedRange<Int64>
  /// Time in which hands go up to a gesture, or down from it, in µs.
  public var transition: Int64
  /// Time between two samples of the scene, in µs.
  public var sampleInterval: Int64

  public init(
    trial: ClosedRange<Int64> = 550_000...750_000, pause: ClosedRange<Int64> = 250_000...400_000,
    transition: Int64 = 120_000, sampleInterval: Int64 = 2000
  ) {
    self.trial = trial
    self.pause = pause
    self.transition = transition
    self.sampleInterval = sampleInterval
  }

  /// - Throws: ``SimulationError/parameterOutOfRange(name:value:allowed:)`` for the first
  ///   parameter outside of its range.
  public func validate() throws(SimulationError) {
    for (name, range) in [("trial", trial), ("pause", pause)] {
      try SimulationError.check(name, Double(range.lowerBound), in: 10_000...60_000_000)
      try SimulationError.check(name, Double(range.upperBound), in: 10_000...60_000_000)
    }
    try SimulationError.check(
      "transition", Double(transition), in: 1000...Double(pause.lowerBound / 2))
    try SimulationError.check("sampleInterval", Double(sampleInterval), in: 10...100_000)
  }
}
