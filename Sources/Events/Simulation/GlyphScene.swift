/// How much one drawing of a glyph differs from the next.
public struct GlyphVariation: Hashable, Sendable, Codable {
  /// Standard deviation of the place, in pixels.
  public var shift: Double
  /// Largest turn to either side, in degrees.
  public var rotation: Double
  /// Largest slant: sideways pixels for each pixel of height.
  public var shear: Double
  /// Sizes are drawn from 1 - `scale` to 1 + `scale` / 4, for width and height apart.
  public var scale: Double
  /// Standard deviation of every control point, in pixels.
  public var jitter: Double
  /// Thinnest and thickest pen, in pixels.
  public var thinnest: Double
  public var thickest: Double

  public init(
    shift: Double = 0.8, rotation: Double = 11, shear: Double = 0.22, scale: Double = 0.25,
    jitter: Double = 0.45, thinnest: Double = 1.6, thickest: Double = 3.2
  ) {
    self.shift = shift
    self.rotation = rotation
    self.shear = shear
    self.scale = scale
    self.jitter = jitter
    self.thinnest = thinnest
    self.thickest = thickest
  }

  /// - Throws: ``SimulationError/parameterOutOfRange(name:value:allowed:)``.
  public func validate() throws(SimulationError) {
    try SimulationError.check("shift", shift, in: 0...10)
    try SimulationError.check("rotation", rotation, in: 0...90)
    try SimulationError.check("shear", shear, in: 0...2)
    try SimulationError.check("scale", scale, in: 0...0.9)
    try SimulationError.check("jitter", jitter, in: 0...10)
    try SimulationError.check("thinnest", thinnest, in: 0.1...20)
    try SimulationError.check("thickest", thickest, in: thinnest...20)
  }
}

/// Hand-drawn looking digits without a data set: strokes with random variation, on 28x28 pixels.
///
/// The strokes of a digit are curves through a few control points (``GlyphShapes``). Each drawing
/// moves every control point a little, picks one way of writing the digit, a pen, and one affine
/// map for the whole. Digits are about 20 pixels high, as those of MNIST are.
public struct GlyphScene: Sendable {
  /// Side of the image, in pixels.
  public static let side = 28
  /// Number of classes: the digits 0 to 9.
  public static let classCount = 10

  public let variation: GlyphVariation

  /// - Throws: ``SimulationError/parameterOutOfRange(name:value:allowed:)``.
  public init(variation: GlyphVariation = GlyphVariation()) throws(SimulationError) {
    try variation.validate()
    self.variation = variation
  }

  /// A new drawing of `digit`, 0 = paper and 255 = ink; all chance comes from `random`.
  ///
  /// - Precondition: `digit` is in 0..<10.
  public func image(of digit: Int, using random: inout SplitMix64) -> GrayImage {
    precondition((0..<Self.classCount).contains(digit), "no glyph of class \(digit)")
    let variants = GlyphShapes.variants(of: digit)
    let strokes = variants[Int(random.nextUniform() * Double(variants.count))]
    let map = affineMap(using: &random)
    let radius = random.nextUniform(in: variation.thinnest...variation.thickest) / 2

    var raster = GlyphRaster(side: Self.side)
    for stroke in strokes {
      let points = stroke.points.map { point in
        let x = point.x + variation.jitter * random.nextGaussian()
        let y = point.y + variation.jitter * random.nextGaussian()
        return map.x * x + map.y * y + map.shift
      }
      raster.draw(points, corners: stroke.corners, closed: stroke.closed, radius: radius)
    }
    return raster.image()
  }

  /// Where the unit vectors and the centre of a drawing go.
  private func affineMap(
    using random: inout SplitMix64
  ) -> (x: SIMD2<Double>, y: SIMD2<Double>, shift: SIMD2<Double>) {
    let degrees = random.nextUniform(in: -variation.rotation...variation.rotation)
    // h is tan(angle / 2) to a part in a thousand, and any h gives a true rotation: no sine is
    // needed, whose last bit would depend on the machine.
    let half = degrees * (Double.pi / 360)
    let h = half * (1 + half * half / 3)
    let cosine = (1 - h * h) / (1 + h * h)
    let sine = 2 * h / (1 + h * h)
    let shear = random.nextUniform(in: -variation.shear...variation.shear)
    let sizes = (1 - variation.scale)...(1 + variation.scale / 4)
    let width = random.nextUniform(in: sizes)
    let height = random.nextUniform(in: sizes)
    let shift = SIMD2(random.nextGaussian(), random.nextGaussian()) * variation.shift
    let y = SIMD2(-shear * cosine - sine, -shear * sine + cosine)
    return (SIMD2(cosine, sine) * width, y * height, shift)
  }
}
