/// Continuous recordings of people who perform gestures, as in DVS128 Gesture, but simulated.
///
/// Recording p of seed s depends on (s, p) and the parameters alone, to the bit, whatever was made
/// before. All are made by one sensor, with the same mismatch of its pixels.
public struct GestureRecordings: Sendable {
  /// A labelled stretch of a recording.
  public struct Trial: Hashable, Sendable {
    public var gesture: Gesture
    /// In µs from the start of the recording; the end does not belong to it.
    public var begin: Int64
    public var end: Int64
  }

  /// One recording.
  public struct Recording: Equatable, Sendable {
    /// Times in µs from the start of the recording, never decreasing.
    public var events: EventBatch
    /// In order of time, without overlap.
    public var trials: [Trial]
    /// In µs.
    public var duration: Int64
  }

  public let gestures: [Gesture]
  public let timing: GestureTiming
  public let seed: UInt64
  private let array: DVSPixelArray

  /// - Throws: ``SimulationError/parameterOutOfRange(name:value:allowed:)``.
  public init(
    gestures: [Gesture] = Gesture.allCases, geometry: SensorGeometry = .dvs128,
    pixels: DVSPixelParameters = .sparse, timing: GestureTiming = GestureTiming(), seed: UInt64
  ) throws(SimulationError) {
    try timing.validate()
    self.gestures = gestures
    self.timing = timing
    self.seed = seed
    array = try DVSPixelArray(geometry: geometry, parameters: pixels, seed: seed)
  }

  public var geometry: SensorGeometry { array.geometry }

  /// The recording of person number `index`.
  ///
  /// - Precondition: `index` is not negative.
  /// - Complexity: about 0.1 ms for each sample of 128x128 pixels.
  public func recording(index: Int) -> Recording {
    precondition(index >= 0, "person \(index) does not exist")
    var random = SplitMix64(seed: seed ^ Self.personKey, stream: UInt64(index))
    let person = GesturePerson(using: &random)
    let script = GestureScript(of: person, gestures: gestures, timing: timing, using: &random)
    let scene = GestureScene(geometry: geometry, person: person, script: script)
    var array = array
    var frame: [Float] = []
    scene.render(at: 0, into: &frame)
    array.start(frame, at: 0, stream: UInt64(index))
    var events = EventBatch()
    let interval = timing.sampleInterval
    for time in stride(from: interval, to: script.duration, by: Int(interval)) {
      scene.render(at: time, into: &frame)
      array.sample(frame, at: time)
      // Now and then, for the array sorts all that waits.
      if time / interval % 100 == 0 { array.drain(into: &events) }
    }
    array.drain(into: &events)
    let trials = script.trials.map {
      Trial(gesture: $0.motion.gesture, begin: $0.begin, end: $0.end)
    }
    return Recording(events: events, trials: trials, duration: script.duration)
  }

  // People and noise must not share random numbers.
  private static let personKey: UInt64 = 0x3C6E_F372_FE94_F82B
}

extension DVSPixelParameters {
  /// A sensor that is set to few events: an edge of good contrast makes one or two in a pixel.
  public static let sparse = Self(
    onThreshold: 0.55, offThreshold: 0.55, backgroundActivityRate: 0.025)
}
