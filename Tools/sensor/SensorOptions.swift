import ArgumentParser
import Events

/// The simulated sensor: its size, its pixels and its movement.
struct SensorOptions: ParsableArguments {
  @Option(help: "Sensor columns.")
  var width = 34
  @Option(help: "Sensor rows.")
  var height = 34
  @Option(help: "Change of log intensity that makes an event, ON or OFF.")
  var threshold = 0.2
  @Option(help: "Deviation of the thresholds from pixel to pixel, in log intensity.")
  var mismatch = 0.03
  @Option(help: "Dead time of a pixel after an event, in microseconds.")
  var refractoryUs = 500.0
  @Option(help: "Noise events of one pixel in a second, both polarities together.")
  var noiseHz = 0.2
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
    guard Self.sides.contains(width), Self.sides.contains(height) else {
      throw ValidationError("a sensor of \(width)x\(height); each side must be 1 to 4096")
    }
    guard (1...2796).contains(saccadeMs) else {
      throw ValidationError("--saccade-ms is \(saccadeMs); it must be 1 to 2796")
    }
  }

  var geometry: SensorGeometry { SensorGeometry(width: width, height: height) }

  var pixels: DVSPixelParameters {
    DVSPixelParameters(
      onThreshold: threshold, offThreshold: threshold, thresholdMismatch: mismatch,
      refractoryPeriod: refractoryUs, backgroundActivityRate: noiseHz, leakRate: leakHz,
      intensityOffset: dark)
  }

  var saccades: SaccadeParameters {
    SaccadeParameters(
      amplitude: amplitude, saccadeDuration: Int64(saccadeMs) * 1000, magnification: magnification,
      ink: ink)
  }

  /// Recordings of `scene` by this sensor.
  ///
  /// - Throws: ``SimulationError`` for a parameter without meaning.
  func recordings(
    of scene: SimulatedRecordings.Scene, seed: UInt64
  ) throws(SimulationError) -> SimulatedRecordings {
    try SimulatedRecordings(
      scene: scene, geometry: geometry, pixels: pixels, saccades: saccades, seed: seed)
  }
}
