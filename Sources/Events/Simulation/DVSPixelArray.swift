/// A simulated event camera: one DVS pixel for every place of a sensor, fed with sampled scenes.
///
/// The pixel of Lichtsteiner, Posch and Delbruck (2008, doi:10.1109/JSSC.2007.914337), simulated
/// from samples as in ESIM (Rebecq, Gehrig and Scaramuzza 2018, PMLR 87:969-982), with the
/// imperfections of v2e (Hu, Liu and Delbruck 2021, doi:10.1109/CVPRW53098.2021.00144):
///
///     L(t)  = ln(I(t) + offset)              linear between two samples
///     D(t)  = L(t) - M + leak (t - t_M)      leak = leakRate * theta_on, M memorised at t_M
///     D >= theta_on  -> ON event             D <= -theta_off -> OFF event
///     after an event at t:  M = L(t + refractory), t_M = t + refractory
///
/// | symbol | parameter | unit |
/// | --- | --- | --- |
/// | I | the sample | any, with white near 1 |
/// | offset | `intensityOffset` | that of I |
/// | theta_on, theta_off | N(`onThreshold` or `offThreshold`, `thresholdMismatch`^2), per pixel | ln |
/// | refractory | `refractoryPeriod` | µs |
///
/// A steep change between two samples crosses the threshold several times: each crossing is an
/// event at its own interpolated time. Without a refractory period M moves by exactly one
/// threshold an event, which is ESIM. Noise events come from a Poisson process, and reset their
/// pixel as any event does. The photoreceptor's finite bandwidth is not simulated.
///
/// Thresholds belong to the sensor and depend on the seed alone; the noise depends on the seed and
/// on the stream named in ``start(_:at:stream:)``.
///
/// - Complexity: a sample costs two comparisons a pixel, and two logarithms for each pixel that
///   may have an event: those near a threshold or in reset, and all of them when there is a leak.
public struct DVSPixelArray: Sendable {
  public let geometry: SensorGeometry
  public let parameters: DVSPixelParameters
  private let seed: UInt64

  private var pixels: [DVSPixel] = []
  /// The last sample, offset included, and its time in µs.
  private var intensity: [Float]
  private var time: Int64 = 0
  /// Where a pixel's intensity, offset included, can move without an event.
  private var calmLow: [Float]
  private var calmHigh: [Float]

  private var noise: SplitMix64
  /// When the next noise event of any pixel is due, in µs.
  private var nextNoise = Double.infinity
  private var pending: [Event] = []
  /// The pixels that the sample at hand takes out of their calm ranges.
  private var restless: [Int] = []

  /// A sensor whose pixels differ as `seed` says. Call ``start(_:at:stream:)`` before sampling.
  ///
  /// - Throws: ``SimulationError/parameterOutOfRange(name:value:allowed:)``.
  public init(
    geometry: SensorGeometry, parameters: DVSPixelParameters = DVSPixelParameters(), seed: UInt64
  ) throws(SimulationError) {
    try parameters.validate()
    self.geometry = geometry
    self.parameters = parameters
    self.seed = seed
    // The last stream, so that it is not the noise of a recording as well.
    noise = SplitMix64(seed: seed, stream: .max)
    let count = geometry.width * geometry.height
    intensity = [Float](repeating: 0, count: count)
    calmLow = intensity
    calmHigh = intensity
    pixels.reserveCapacity(count)
    restless.reserveCapacity(count)
    for y in 0..<geometry.height {
      for x in 0..<geometry.width {
        pixels.append(DVSPixel(parameters: parameters, x: x, y: y, random: &noise))
      }
    }
  }

  /// Puts the sensor in front of a still scene: every pixel memorises what it sees, and events not
  /// yet drained are forgotten.
  ///
  /// - Parameters:
  ///   - scene: Intensities row by row, one for each pixel; a negative one counts as black.
  ///   - time: The stream time, in µs.
  ///   - stream: Which noise to draw, of all that the seed holds; not `UInt64.max`.
  public mutating func start(_ scene: [Float], at time: Int64, stream: UInt64) {
    precondition(scene.count == pixels.count, "a scene must have one intensity a pixel")
    self.time = time
    remember(scene)
    for index in pixels.indices {
      pixels[index].memorise(portableLogarithm(Double(intensity[index])))
      setCalmRange(of: index, around: intensity[index])
    }
    noise = SplitMix64(seed: seed, stream: stream)
    nextNoise = Double(time)
    scheduleNoise()
    pending.removeAll(keepingCapacity: true)
  }

  /// Lets the scene change, linearly in log intensity, to what it is at `time`.
  ///
  /// - Precondition: `time` lies after the last sample, and `scene` has one intensity a pixel.
  public mutating func sample(_ scene: [Float], at time: Int64) {
    precondition(scene.count == pixels.count, "a scene must have one intensity a pixel")
    precondition(time > self.time, "samples must be in order: \(time) after \(self.time)")
    let start = Double(self.time)
    let end = Double(time)
    while nextNoise <= end {
      addNoise(toward: scene, from: start, to: end)
      scheduleNoise()
    }
    findRestless(in: scene)
    for index in restless { advance(index, to: visible(scene[index]), from: start, to: end) }
    remember(scene)
    self.time = time
  }

  /// Moves the events since the last call to the end of `batch`, in order of time, then of row and
  /// column. What comes later is never earlier than the last sample.
  public mutating func drain(into batch: inout EventBatch) {
    pending.sort { ($0.t, $0.y, $0.x, $0.on ? 1 : 0) < ($1.t, $1.y, $1.x, $1.on ? 1 : 0) }
    for event in pending { batch.append(event) }
    pending.removeAll(keepingCapacity: true)
  }

  // The two passes over all pixels go through buffer pointers: they are nearly all of the cost of a
  // sample, and array accesses in `self` would double it.

  private mutating func findRestless(in scene: [Float]) {
    restless.removeAll(keepingCapacity: true)
    let offset = Float(parameters.intensityOffset)
    calmLow.withUnsafeBufferPointer { low in
      calmHigh.withUnsafeBufferPointer { high in
        scene.withUnsafeBufferPointer { scene in
          for index in scene.indices {
            let value = (scene[index] > 0 ? scene[index] : 0) + offset
            if value < low[index] || value > high[index] { restless.append(index) }
          }
        }
      }
    }
  }

  private mutating func remember(_ scene: [Float]) {
    let offset = Float(parameters.intensityOffset)
    intensity.withUnsafeMutableBufferPointer { intensity in
      scene.withUnsafeBufferPointer { scene in
        for index in scene.indices {
          intensity[index] = (scene[index] > 0 ? scene[index] : 0) + offset
        }
      }
    }
  }

  /// Moves the pixel at `index` from its last sample, or a noise event since, to the intensity
  /// `value` at `end`.
  private mutating func advance(_ index: Int, to value: Float, from start: Double, to end: Double) {
    let origin = catchUp(index, at: start)
    pixels[index].advance(
      from: origin, to: end, level: portableLogarithm(Double(value)), events: &pending)
    setCalmRange(of: index, around: value)
  }

  /// Tells the pixel of the calm samples it did not hear of. Returns where its state stands now:
  /// at the last sample, or at a noise event since.
  private mutating func catchUp(_ index: Int, at start: Double) -> Double {
    if pixels[index].noiseTime > start { return pixels[index].noiseTime }
    pixels[index].drift(to: portableLogarithm(Double(intensity[index])))
    return start
  }

  /// Adds the noise event that is due.
  private mutating func addNoise(toward scene: [Float], from start: Double, to end: Double) {
    // Not `Int.random(in:using:)`, whose numbers the standard library does not promise to keep.
    let index = Int(noise.next().multipliedFullWidth(by: UInt64(pixels.count)).high)
    let on = noise.next() >> 63 == 1
    let origin = catchUp(index, at: start)
    guard nextNoise > origin else { return }
    let level = pixels[index].level
    let share = (nextNoise - origin) / (end - origin)
    let target = portableLogarithm(Double(visible(scene[index])))
    pixels[index].advance(
      from: origin, to: nextNoise, level: level + share * (target - level), events: &pending)
    pixels[index].disturb(at: nextNoise, on: on, events: &pending)
    // Whatever the sample brings, the pixel must be worked out from here.
    calmLow[index] = .infinity
    calmHigh[index] = -.infinity
  }

  private mutating func scheduleNoise() {
    let perMicrosecond = parameters.backgroundActivityRate * Double(pixels.count) * 1e-6
    nextNoise =
      perMicrosecond > 0 ? nextNoise + noise.nextExponential() / perMicrosecond : .infinity
  }

  private mutating func setCalmRange(of index: Int, around intensity: Float) {
    (calmLow[index], calmHigh[index]) = pixels[index].calmRange(around: Double(intensity))
  }

  /// What the photodiode passes on. Written so that not-a-number counts as black too.
  private func visible(_ intensity: Float) -> Float {
    (intensity > 0 ? intensity : 0) + Float(parameters.intensityOffset)
  }
}
