/// Labelled event recordings of images that never were in front of a sensor.
///
/// Recording k of seed s depends on (s, k) and its image alone: recordings can be made in any
/// order, again, or on several threads at once, and are the same to the bit. The sensor's pixel
/// mismatch depends on s only, as it is the same sensor that records them all.
public struct SimulatedRecordings: Sendable {
  /// What stands in front of the sensor.
  public enum Scene: Sendable {
    /// Digits drawn as strokes: as many recordings as wanted, in blocks of ten with one of each
    /// class, in random order.
    case glyphs(GlyphVariation = GlyphVariation())
    /// The images of a data set, one after the other, and again from the first after the last.
    case idx(images: IDXImages, labels: [UInt8])
  }

  /// One recording.
  public struct Recording: Equatable, Sendable {
    /// Times in µs from the start of the recording, never decreasing, below 2^23.
    public var events: EventBatch
    public var label: Int
  }

  public let scene: Scene
  public let saccades: SaccadeParameters
  public let seed: UInt64
  private let array: DVSPixelArray
  private let glyphs: GlyphScene

  /// - Throws: ``SimulationError`` when a parameter is out of range, or when images and labels do
  ///   not match.
  public init(
    scene: Scene, geometry: SensorGeometry = .nmnist,
    pixels: DVSPixelParameters = DVSPixelParameters(),
    saccades: SaccadeParameters = SaccadeParameters(), seed: UInt64
  ) throws(SimulationError) {
    try saccades.validate()
    switch scene {
    case .glyphs(let variation):
      glyphs = try GlyphScene(variation: variation)
    case .idx(let images, let labels):
      guard images.count > 0 else { throw .noImages }
      guard images.count == labels.count else {
        throw .labelCount(images: images.count, labels: labels.count)
      }
      glyphs = try GlyphScene()
    }
    self.scene = scene
    self.saccades = saccades
    self.seed = seed
    array = try DVSPixelArray(geometry: geometry, parameters: pixels, seed: seed)
  }

  public var geometry: SensorGeometry { array.geometry }

  /// Number of recordings before an image comes again; `nil` when none does.
  public var imageCount: Int? {
    switch scene {
    case .glyphs: nil
    case .idx(let images, _): images.count
    }
  }

  /// The image and the label of recording `index`.
  ///
  /// - Precondition: `index` is not negative.
  public func image(index: Int) -> (image: GrayImage, label: Int) {
    precondition(index >= 0, "recording \(index) does not exist")
    switch scene {
    case .glyphs:
      let digit = glyphClass(index: index)
      var random = SplitMix64(seed: seed ^ Self.drawingKey, stream: UInt64(index))
      return (glyphs.image(of: digit, using: &random), digit)
    case .idx(let images, let labels):
      let place = index % images.count
      return (images.image(at: place), Int(labels[place]))
    }
  }

  /// Recording `index`.
  ///
  /// - Precondition: `index` is not negative.
  /// - Complexity: about a millisecond for the default 34x34 pixels and 300 samples.
  public func recording(index: Int) -> Recording {
    let (image, label) = image(index: index)
    return Recording(events: events(of: image, stream: UInt64(index)), label: label)
  }

  /// The events of any image, with noise from `stream` (the index of the recording).
  public func events(of image: GrayImage, stream: UInt64) -> EventBatch {
    let scene = SaccadeScene(
      validatedImage: image, geometry: geometry, parameters: saccades)
    var array = array
    var frame: [Float] = []
    scene.render(at: 0, into: &frame)
    array.start(frame, at: 0, stream: stream)
    for time in scene.sampleTimes {
      scene.render(at: time, into: &frame)
      array.sample(frame, at: time)
    }
    var events = EventBatch()
    array.drain(into: &events)
    return events
  }

  /// The class at `index` in a shuffled block of ten: any run of recordings is nearly balanced,
  /// and yet the next label cannot be guessed from the last.
  private func glyphClass(index: Int) -> Int {
    let (block, place) = index.quotientAndRemainder(dividingBy: GlyphScene.classCount)
    var random = SplitMix64(seed: seed ^ Self.shuffleKey, stream: UInt64(block))
    var digits = SIMD16<UInt8>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 0, 0, 0)
    for last in (1..<GlyphScene.classCount).reversed() {
      let other = Int(random.nextUniform() * Double(last + 1))
      (digits[last], digits[other]) = (digits[other], digits[last])
    }
    return Int(digits[place])
  }

  // Drawing, shuffling and noise must not share random numbers.
  private static let drawingKey: UInt64 = 0x6A09_E667_F3BC_C908
  private static let shuffleKey: UInt64 = 0xBB67_AE85_84CA_A73B
}
