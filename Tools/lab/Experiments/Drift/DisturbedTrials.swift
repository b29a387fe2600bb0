import Events

/// How a disturbance grows over a stream.
struct DisturbanceCourse: Codable, Hashable, Sendable {
  enum Shape: String, Codable, Sendable {
    /// All of it from the first trial on.
    case constant
    /// From none in the first trial to all of it in the last, evenly.
    case drift
  }

  var kind: Disturbance.Kind
  /// At the end.
  var severity: Double
  var shape: Shape

  /// What is wrong in trial `index` of `count`.
  func disturbance(_ index: Int, of count: Int) -> Disturbance {
    let part = shape == .constant || count < 2 ? 1 : Double(index) / Double(count - 1)
    let none = kind.none
    return Disturbance(kind: kind, severity: none + (severity - none) * part)
  }
}

/// What a simulated sensor that has a disturbance sees.
struct DisturbedTrials: TrialSource {
  private let scene: SimulatedRecordings.Scene
  private let pixels: DVSPixelParameters
  private let clean: SimulatedRecordings
  private let first: Int
  private let seed: UInt64
  private let course: DisturbanceCourse?
  let count: Int

  /// - Parameters:
  ///   - first: number of the first trial; other numbers are other drawings, or other noise before the same images.
  ///   - course: nothing for a sound sensor.
  init(
    _ scene: SimulatedRecordings.Scene, count: Int, first: Int, seed: UInt64 = 1,
    pixels: DVSPixelParameters = DVSPixelParameters(), course: DisturbanceCourse? = nil
  ) throws {
    (self.scene, self.pixels, self.count, self.first) = (scene, pixels, count, first)
    (self.seed, self.course) = (seed, course)
    clean = try SimulatedRecordings(scene: scene, pixels: pixels, seed: seed)
  }

  var geometry: SensorGeometry { clean.geometry }

  func trial(_ index: Int) throws -> MemoryTrial {
    guard let disturbance = course?.disturbance(index, of: count) else {
      return trial(index, by: clean)
    }
    let pixels = disturbance.sensor(pixels)
    // The mismatch of a sensor depends on its seed alone.
    let sensor =
      pixels == self.pixels
      ? clean : try SimulatedRecordings(scene: scene, pixels: pixels, seed: seed)
    return disturbance.events(
      of: trial(index, by: sensor), geometry, number: first + index, seed: seed)
  }

  private func trial(_ index: Int, by sensor: SimulatedRecordings) -> MemoryTrial {
    let recording = sensor.recording(index: first + index)
    return MemoryTrial(
      events: recording.events, label: recording.label, duration: sensor.saccades.duration)
  }
}
