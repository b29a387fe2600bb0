/// How an image on a screen is moved in front of the sensor, and how bright it is.
public struct SaccadeParameters: Hashable, Sendable, Codable {
  /// Base and height of the triangle of the three saccades, in sensor pixels.
  public var amplitude: Double
  /// Time of one saccade, in µs; a recording takes three.
  public var saccadeDuration: Int64
  /// Time between two samples of the scene, in µs.
  public var sampleInterval: Int64
  /// Sensor pixels for one image pixel; `nil` for 1, or as much less as makes the image fit.
  public var magnification: Double?
  /// Luminance of image value 0, in units of white.
  public var paper: Double
  /// Luminance of image value 255, in units of white.
  public var ink: Double

  /// The defaults of N-MNIST in shape: 5 pixels, 100 ms, dark ink on white paper.
  public init(
    amplitude: Double = 5, saccadeDuration: Int64 = 100_000, sampleInterval: Int64 = 1000,
    magnification: Double? = nil, paper: Double = 1, ink: Double = 0.45
  ) {
    self.amplitude = amplitude
    self.saccadeDuration = saccadeDuration
    self.sampleInterval = sampleInterval
    self.magnification = magnification
    self.paper = paper
    self.ink = ink
  }

  /// Time of a whole recording, in µs.
  public var duration: Int64 { 3 * saccadeDuration }

  /// - Throws: ``SimulationError/parameterOutOfRange(name:value:allowed:)`` for the first
  ///   parameter outside of its range. The duration is limited to what 23 bits of µs can hold.
  public func validate() throws(SimulationError) {
    try SimulationError.check("amplitude", amplitude, in: 0...1000)
    try SimulationError.check("saccadeDuration", Double(saccadeDuration), in: 1000...2_796_202)
    try SimulationError.check(
      "sampleInterval", Double(sampleInterval), in: 10...Double(saccadeDuration))
    if let magnification {
      try SimulationError.check("magnification", magnification, in: 0.01...100)
    }
    try SimulationError.check("paper", paper, in: 0...1e6)
    try SimulationError.check("ink", ink, in: 0...1e6)
  }
}
