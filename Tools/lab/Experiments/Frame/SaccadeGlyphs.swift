import Events

/// Drawn digits as the simulated sensor sees them in three saccades: trials without any file.
struct SaccadeGlyphs: TrialSource {
  private let recordings: SimulatedRecordings
  private let first: Int
  let count: Int

  /// - Parameter first: number of the first recording; each number is another drawing, of the same sensor for one seed.
  init(
    count: Int, first: Int = 0, seed: UInt64 = 1, pixels: DVSPixelParameters = DVSPixelParameters()
  ) throws {
    recordings = try SimulatedRecordings(scene: .glyphs(), pixels: pixels, seed: seed)
    (self.count, self.first) = (count, first)
  }

  var geometry: SensorGeometry { recordings.geometry }

  func trial(_ index: Int) -> MemoryTrial {
    let recording = recordings.recording(index: first + index)
    return MemoryTrial(
      events: recording.events, label: recording.label, duration: recordings.saccades.duration)
  }
}
