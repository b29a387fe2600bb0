import ArgumentParser
import Events

/// The simulated sensor: its size, its pixels and its movement.
struct SensorOptions: ParsableArguments {
  @Option(help: "Sensor columns (default: 34; gestures: 128).")
  var width: Int?
  @Option(help: "Sensor rows (default: 34; gestures: 128).")
  var height: Int?
  @Option(
    help: "Change of log intensity that makes an event, ON or OFF (default: 0.2; gestures: 0.55).")
  var threshold: Double?
  @Option(help: "Deviation of the thresholds from pixel to pixel, in log intensity.")
  var mismatch = 0.03
  @Option(help: "Dead time of a pixel after an event, in microseconds.")
  var refractoryUs = 500.0
  @Option(
    help: """
      Noise events of one pixel in a second, both polarities together (default: 0.2; gestures: 0.025).
      """)
  var noiseHz: Double?
  @Option(help: "ON events of one pixel in a second that leakage makes under constant light.")
  var leakHz = 0.0
  @Option(help: "Dark current: added to the intensity before the logarithm, 1 is white.")
  var dark = 0.02
  @Option(help: "Luminance of full ink; the paper has 1.")
  var ink = 0.45
  @Option(help: "Size of the triangle of the saccades, in sensor pixels.")
  var amplitude = 5.0
  @Option(help: "Time of one of the three saccades, in milliseconds.")
  var saccadeMs = 100
  @Option(help: "Sensor pixels for one image pixel (default: 1, or less to make it fit).")
  var magnification: Double?

  /// Sides that a wire header and 32-bit addresses can hold.
  static let sides = 1...4096

  func validate() throws {
    for side in [width, height].compactMap({ $0 }) where !Self.sides.contains(side) {
      throw ValidationError("a sensor with a side of \(side) pixels; it must be 1 to 4096")
    }
    guard (1...2796).contains(saccadeMs) else {
      throw ValidationError("--saccade-ms is \(saccadeMs); it must be 1 to 2796")
    }
  }

  func geometry(before scene: SceneOptions.Kind) -> SensorGeometry {
    let usual = scene == .gestures ? SensorGeometry.dvs128 : .nmnist
    return SensorGeometry(width: width ?? usual.width, height: height ?? usual.height)
  }

  private func pixels(before scene: SceneOptions.Kind) -> DVSPixelParameters {
    let usual = scene == .gestures ? DVSPixelParameters.sparse : DVSPixelParameters()
    return DVSPixelParameters(
      onThreshold: threshold ?? usual.onThreshold, offThreshold: threshold ?? usual.offThreshold,
      thresholdMismatch: mismatch, refractoryPeriod: refractoryUs,
      backgroundActivityRate: noiseHz ?? usual.backgroundActivityRate, leakRate: leakHz,
      intensityOffset: dark)
  }

  var saccades: SaccadeParameters {
    SaccadeParameters(
      amplitude: amplitude, saccadeDuration: Int64(saccadeMs) * 1000, magnification: magnification,
      ink: ink)
  }

  /// Recordings of images by this sensor.
  ///
  /// - Throws: ``SimulationError`` for a parameter without meaning.
  func recordings(
    of scene: SimulatedRecordings.Scene, seed: UInt64
  ) throws(SimulationError) -> SimulatedRecordings {
    try SimulatedRecordings(
      scene: scene, geometry: geometry(before: .glyphs), pixels: pixels(before: .glyphs),
      saccades: saccades, seed: seed)
  }

  /// Recordings of people by this sensor.
  ///
  /// - Throws: ``SimulationError`` for a parameter without meaning.
  func gestures(seed: UInt64) throws(SimulationError) -> GestureRecordings {
    try GestureRecordings(
      geometry: geometry(before: .gestures), pixels: pixels(before: .gestures), seed: seed)
  }
}
