import Events
import Testing

@Suite struct SimulationSceneTests {
  @Test func saccadesRunAlongATriangle() throws {
    let image = try GrayImage(width: 1, height: 1, pixels: [255])
    let scene = try SaccadeScene(image: image, parameters: SaccadeParameters(amplitude: 4))
    let corners: [(Int64, SIMD2<Double>)] = [
      (0, [-2, -2]), (100_000, [0, 2]), (200_000, [2, -2]), (300_000, [-2, -2]),
    ]
    for (time, place) in corners { #expect(scene.displacement(at: time) == place) }
    #expect(scene.displacement(at: 50_000) == [-1, 0])
    #expect(scene.displacement(at: 250_000) == [0, -2])
    // Slow at the corners, fast between them: 15/8 of the mean speed.
    let slow = scene.displacement(at: 201_000) - scene.displacement(at: 200_000)
    let fast = scene.displacement(at: 250_500) - scene.displacement(at: 249_500)
    #expect(abs(slow.x) < 1e-4)
    #expect(abs(fast.x + 4 * 15.0 / 8 / 100) < 1e-3)
  }

  @Test func rendersTheImageCentredAndInverted() throws {
    var pixels = [UInt8](repeating: 0, count: 28 * 28)
    pixels[10 * 28 + 20] = 255
    let image = try GrayImage(width: 28, height: 28, pixels: pixels)
    let scene = try SaccadeScene(
      image: image, parameters: SaccadeParameters(amplitude: 4, paper: 1, ink: 0.25))
    var frame: [Float] = []
    scene.render(at: 0, into: &frame)
    #expect(frame.count == 34 * 34)
    // 3 pixels of border, and displaced by (-2, -2).
    #expect(frame[11 * 34 + 21] == 0.25)
    #expect(frame.count { $0 == 1 } == 34 * 34 - 1)
    // Half way along the first side the dot stands at whole pixels again: (-1, 0).
    scene.render(at: 50_000, into: &frame)
    #expect(frame[13 * 34 + 22] == 0.25)
    // In between, its darkness is shared by its neighbours.
    scene.render(at: 37_000, into: &frame)
    #expect(abs(frame.reduce(0) { $0 + (1 - $1) } - 0.75) < 1e-4)
    #expect(frame.count { $0 < 1 } == 4)
  }

  @Test func largeImagesAreShrunkToFit() throws {
    let image = try GrayImage(
      width: 640, height: 480, pixels: [UInt8](repeating: 255, count: 640 * 480))
    let scene = try SaccadeScene(image: image, parameters: SaccadeParameters(amplitude: 5))
    var frame: [Float] = []
    var borders: [Float] = []
    for time in scene.sampleTimes {
      scene.render(at: time, into: &frame)
      for x in 0..<34 { borders += [frame[x], frame[33 * 34 + x]] }
    }
    #expect(borders.allSatisfy { $0 > 0.9999 })
    #expect(frame[17 * 34 + 17] < 0.5)
  }

  @Test func glyphsDifferButKeepTheirPlace() throws {
    let glyphs = try GlyphScene()
    for digit in 0..<10 {
      var random = SplitMix64(seed: 1, stream: UInt64(digit))
      let images = (0..<20).map { _ in glyphs.image(of: digit, using: &random) }
      for (index, image) in images.enumerated() {
        #expect(image.width == 28 && image.height == 28)
        let ink = image.pixels.reduce(0) { $0 + Int($1) } / 255
        #expect((15...260).contains(ink))
        let edge = (0..<28).flatMap { [image.pixels[$0], image.pixels[27 * 28 + $0]] }
        #expect(edge.count { $0 > 128 } == 0)
        #expect(!images[..<index].contains(image))
      }
    }
  }

  /// A classifier that knows nothing but the mean of each class tells most drawings apart.
  @Test func glyphClassesAreDistinct() throws {
    let source = try SimulatedRecordings(scene: .glyphs(), seed: 20)
    var means = [[Double]](repeating: [Double](repeating: 0, count: 784), count: 10)
    for index in 0..<1000 {
      let (image, label) = source.image(index: index)
      for pixel in 0..<784 { means[label][pixel] += Double(image.pixels[pixel]) / 100 }
    }
    var correct = 0
    for index in 1000..<1500 {
      let (image, label) = source.image(index: index)
      let distances = means.map { mean in
        (0..<784).reduce(0.0) {
          $0 + (mean[$1] - Double(image.pixels[$1])) * (mean[$1] - Double(image.pixels[$1]))
        }
      }
      if distances.firstIndex(of: distances.min() ?? 0) == label { correct += 1 }
    }
    #expect(correct > 350)
  }

  @Test func badImagesAndParametersAreNamed() {
    #expect(throws: SimulationError.imageSize(width: 3, height: 2, pixels: 5)) {
      try GrayImage(width: 3, height: 2, pixels: [0, 0, 0, 0, 0])
    }
    #expect(throws: SimulationError.self) { try GrayImage(width: 0, height: 2, pixels: []) }
    // Longer than the 23 bits of an N-MNIST time.
    #expect(throws: SimulationError.self) {
      try SaccadeParameters(saccadeDuration: 2_800_000).validate()
    }
    #expect(throws: SimulationError.self) { try GlyphScene(variation: GlyphVariation(jitter: -1)) }
  }
}
