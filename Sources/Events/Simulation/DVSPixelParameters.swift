/// What a simulated DVS pixel is made of.
public struct DVSPixelParameters: Hashable, Sendable, Codable {
  /// Rise of log intensity that makes an ON event, in natural-log units.
  public var onThreshold: Double
  /// Fall of log intensity that makes an OFF event, in natural-log units, as a positive number.
  public var offThreshold: Double
  /// Standard deviation of both thresholds from pixel to pixel, in natural-log units.
  public var thresholdMismatch: Double
  /// Dead time after an event, in µs. The pixel is held in reset meanwhile and sees no change.
  public var refractoryPeriod: Double
  /// Noise events of one pixel, both polarities together, in Hz.
  public var backgroundActivityRate: Double
  /// ON events that the leaking reset switch makes in one pixel under constant light, in Hz.
  public var leakRate: Double
  /// Added to the intensity before the logarithm, in units of the scene's white, so that black is
  /// finite: the dark current of the photodiode.
  public var intensityOffset: Double

  /// The defaults of a mildly noisy sensor: 0.2, 0.2, 0.03, 500 µs, 0.2 Hz, no leak, 0.02.
  public init(
    onThreshold: Double = 0.2, offThreshold: Double = 0.2, thresholdMismatch: Double = 0.03,
    refractoryPeriod: Double = 500, backgroundActivityRate: Double = 0.2, leakRate: Double = 0,
    intensityOffset: Double = 0.02
  ) {
    self.onThreshold = onThreshold
    self.offThreshold = offThreshold
    self.thresholdMismatch = thresholdMismatch
    self.refractoryPeriod = refractoryPeriod
    self.backgroundActivityRate = backgroundActivityRate
    self.leakRate = leakRate
    self.intensityOffset = intensityOffset
  }

  /// Two ideal pixels are alike: no mismatch, no dead time, no noise, no leak.
  public static func ideal(threshold: Double, intensityOffset: Double = 0.02) -> Self {
    Self(
      onThreshold: threshold, offThreshold: threshold, thresholdMismatch: 0, refractoryPeriod: 0,
      backgroundActivityRate: 0, leakRate: 0, intensityOffset: intensityOffset)
  }

  /// - Throws: ``SimulationError/parameterOutOfRange(name:value:allowed:)`` for the first
  ///   parameter outside of its range.
  public func validate() throws(SimulationError) {
    try SimulationError.check("onThreshold", onThreshold, in: Self.leastThreshold...100)
    try SimulationError.check("offThreshold", offThreshold, in: Self.leastThreshold...100)
    try SimulationError.check("thresholdMismatch", thresholdMismatch, in: 0...10)
    try SimulationError.check("refractoryPeriod", refractoryPeriod, in: 0...1e9)
    try SimulationError.check("backgroundActivityRate", backgroundActivityRate, in: 0...1e5)
    try SimulationError.check("leakRate", leakRate, in: 0...1e5)
    try SimulationError.check("intensityOffset", intensityOffset, in: 1e-6...1e6)
  }

  /// No pixel gets a threshold below this, however wide the mismatch: at zero it would never stop.
  static let leastThreshold = 0.01
}
