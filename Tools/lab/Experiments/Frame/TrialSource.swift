import Events

/// A recording in memory that is one trial.
struct MemoryTrial: Sendable {
  /// From its begin on, in microseconds.
  var events: EventBatch
  var label: Int
  /// In microseconds; all events lie before it.
  var duration: Int64
}

/// Trials by their number; the same number is the same trial, at any time and on any thread.
protocol TrialSource: Sendable {
  var geometry: SensorGeometry { get }
  var count: Int { get }
  func trial(_ index: Int) throws -> MemoryTrial
}

/// Images of digits as the simulated sensor sees them in three saccades, made when they are asked for.
struct SaccadeDigits: TrialSource {
  private let recordings: SimulatedRecordings
  private let digits: ExperimentData.Digits
  private let first: Int

  /// - Parameter first: number of the first recording. Recordings of different numbers have different noise; the same seed
  ///   is the same sensor.
  init(
    _ digits: ExperimentData.Digits, first: Int = 0, seed: UInt64 = 1,
    pixels: DVSPixelParameters = DVSPixelParameters(),
    saccades: SaccadeParameters = SaccadeParameters()
  ) throws {
    recordings = try SimulatedRecordings(
      scene: .idx(images: digits.images, labels: digits.labels), pixels: pixels,
      saccades: saccades, seed: seed)
    self.digits = digits
    self.first = first
  }

  var geometry: SensorGeometry { recordings.geometry }
  var count: Int { digits.count }

  func trial(_ index: Int) -> MemoryTrial {
    MemoryTrial(
      events: recordings.events(
        of: digits.images.image(at: index), stream: UInt64(first + index)),
      label: Int(digits.labels[index]), duration: recordings.saccades.duration)
  }
}

/// Digits drawn as strokes before the same sensor, which need no data.
struct DrawnDigits: TrialSource {
  let count: Int
  private let recordings: SimulatedRecordings
  private let first: Int

  /// - Parameter first: number of the first recording; no drawing is among those of other numbers.
  init(count: Int, first: Int = 0, seed: UInt64 = 1) throws {
    recordings = try SimulatedRecordings(scene: .glyphs(), seed: seed)
    (self.count, self.first) = (count, first)
  }

  var geometry: SensorGeometry { recordings.geometry }

  func trial(_ index: Int) -> MemoryTrial {
    let recording = recordings.recording(index: first + index)
    return MemoryTrial(
      events: recording.events, label: recording.label, duration: recordings.saccades.duration)
  }
}

/// Labelled recordings in files, each one trial of one length for all.
struct RecordedTrials: TrialSource {
  let geometry: SensorGeometry
  private let recordings: [LabelledRecording]
  private let duration: Int64?

  /// - Parameter duration: of every trial; events behind it are left out. Without it, a trial ends after its last event.
  init(
    _ recordings: [LabelledRecording], geometry: SensorGeometry = .nmnist, duration: Int64? = nil
  ) throws {
    for recording in recordings where recording.label == nil {
      throw ExperimentError("\(recording.name) is not one labelled trial")
    }
    self.recordings = recordings
    self.geometry = geometry
    self.duration = duration
  }

  var count: Int { recordings.count }

  func trial(_ index: Int) throws -> MemoryTrial {
    let recording = recordings[index]
    let player = try RecordingPlayer(recording, at: 0, geometry: geometry)
    var chain = try TransformChain([], input: geometry)
    var events = EventBatch()
    while let piece = try player.next(atMost: 1 << 16, through: &chain) {
      events.append(player.events, range: piece.range)
    }
    if let duration {
      events = EventBatch(events.indices.lazy.map { events[$0] }.filter { $0.t < duration })
    }
    return MemoryTrial(
      events: events, label: recording.label ?? 0, duration: duration ?? player.end)
  }
}
