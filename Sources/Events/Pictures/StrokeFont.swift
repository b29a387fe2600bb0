/// Characters for the labels of pictures, drawn with a round pen: digits, and the letters that labels need.
///
/// Shapes are in the grid of ``GlyphShapes``: capitals from -9 to 9, small letters from -3, y down.
enum StrokeFont {
  /// Units from the top of capitals to the line on which they stand.
  static let capitalHeight = 18.0
  private static let pen = 1.15

  /// Width of `text` in pixels, `size` pixels being the height of capitals.
  static func width(of text: String, size: Int) -> Int {
    let units = text.reduce(0.0) { $0 + advance($1) }
    return Int((units * Double(size) / capitalHeight).rounded(.up))
  }

  /// Draws `text` from `x` on, its capitals from row `y` to `y + size`.
  static func draw(_ text: String, in image: inout IndexedImage, x: Int, y: Int, size: Int) {
    let scale = Double(size) / capitalHeight
    var left = Double(x)
    for character in text {
      let advance = advance(character) * scale
      let strokes = shapes[character] ?? []
      if !strokes.isEmpty {
        let side = 2 * size
        // The raster's centre lies between pixels or on one; the glyph's centre wherever the text wants it.
        let centre = SIMD2(left + advance / 2, Double(y) + Double(size - 1) / 2)
        let corner = SIMD2((centre.x - Double(side) / 2).rounded(), Double(y - size / 2))
        let shift = centre - corner - SIMD2(repeating: Double(side - 1) / 2)
        var raster = GlyphRaster(side: side)
        for stroke in strokes {
          raster.draw(
            stroke.points.map { $0 * scale + shift }, corners: stroke.corners,
            closed: stroke.closed, radius: pen * scale)
        }
        blend(raster.image(), into: &image, Int(corner.x), Int(corner.y))
      }
      left += advance
    }
  }

  private static func blend(_ ink: GrayImage, into image: inout IndexedImage, _ x: Int, _ y: Int) {
    for row in 0..<ink.height {
      for column in 0..<ink.width {
        let level =
          (Int(ink.pixels[row * ink.width + column]) * PictureColours.inkLevels + 127) / 255
        let (px, py) = (x + column, y + row)
        guard level > 0, (0..<image.width).contains(px), (0..<image.height).contains(py) else {
          continue
        }
        // Labels stand on the ground; where two touch, the darker wins.
        if image[px, py] < UInt8(level) || image[px, py] > PictureColours.ink {
          image[px, py] = UInt8(level)
        }
      }
    }
  }

  private static func advance(_ character: Character) -> Double {
    switch character {
    case "0"..."9": 15.5
    case "m", "w": 18
    case "i", "l", ".", ",", ":": 6.5
    case "r", "t", "f", "(", ")": 9.5
    case " ": 8
    case "O", "N": 19
    default: 13.5
    }
  }

  private static let shapes: [Character: [GlyphStroke]] = {
    var shapes = letters
    // Of each digit the plainest way to write it.
    for (digit, variant) in [0, 1, 0, 0, 1, 0, 0, 0, 0, 1].enumerated() {
      shapes[Character("\(digit)")] = GlyphShapes.variants(of: digit)[variant]
    }
    return shapes
  }()

  private static func line(_ points: SIMD2<Double>...) -> GlyphStroke {
    GlyphStroke(points, corners: Set(points.indices))
  }

  private static func curve(_ points: SIMD2<Double>..., corners: Set<Int> = []) -> GlyphStroke {
    GlyphStroke(points, corners: corners)
  }

  private static func ring(_ points: SIMD2<Double>...) -> GlyphStroke {
    GlyphStroke(points, closed: true)
  }

  private static let bowl = ring(
    [0, -3], [-3.2, -1.8], [-4.5, 3], [-3.2, 7.8], [0, 9], [3.2, 7.8], [4.5, 3], [3.2, -1.8])
  private static let dot = line([0, 8.4], [0, 8.9])

  private static let letters: [Character: [GlyphStroke]] = [
    "O": [
      ring(
        [0, -9], [-5.4, -6.6], [-7.2, 0], [-5.4, 6.6], [0, 9], [5.4, 6.6], [7.2, 0], [5.4, -6.6])
    ],
    "N": [line([-5.8, 9], [-5.8, -9], [5.8, 9], [5.8, -9])],
    "F": [line([-4.4, 9], [-4.4, -9], [5, -9]), line([-4.4, -0.4], [3.6, -0.4])],
    "a": [bowl, line([4.5, -3], [4.5, 9])],
    "b": [bowl, line([-4.5, -9], [-4.5, 9])],
    "c": [
      curve(
        [4.1, -0.8], [2.6, -2.6], [0, -3], [-3.2, -1.8], [-4.5, 3], [-3.2, 7.8], [0, 9],
        [2.6, 8.5], [4.2, 6.8])
    ],
    "d": [bowl, line([4.5, -9], [4.5, 9])],
    "e": [
      curve(
        [-4.4, 2.9], [4.5, 2.9], [3.4, -1.7], [0, -3], [-3.2, -1.8], [-4.5, 3], [-3.2, 7.8],
        [0.2, 9], [4, 7.2], corners: [1])
    ],
    "f": [
      curve([3.6, -8.4], [1.6, -9], [0, -8], [-0.5, -5], [-0.5, 9]), line([-3.2, -3], [2.8, -3]),
    ],
    "h": [
      line([-4.2, -9], [-4.2, 9]),
      curve([-4.2, 0.5], [-2.4, -2.3], [0.4, -3], [3.2, -1.9], [4.2, 1.5], [4.2, 9]),
    ],
    "i": [line([0, -3], [0, 9]), line([0, -8], [0, -7.6])],
    "k": [
      line([-3.8, -9], [-3.8, 9]), line([3.6, -3], [-3.8, 4.2]), line([-0.8, 1.6], [4.2, 9]),
    ],
    "l": [line([0, -9], [0, 9])],
    "m": [
      line([-6.6, -3], [-6.6, 9]),
      curve([-6.6, 0.5], [-5.2, -2.3], [-3, -3], [-0.8, -2.2], [0, 1], [0, 9]),
      curve([0, 0.5], [1.4, -2.3], [3.6, -3], [5.8, -2.2], [6.6, 1], [6.6, 9]),
    ],
    "n": [
      line([-4.2, -3], [-4.2, 9]),
      curve([-4.2, 0.5], [-2.4, -2.3], [0.4, -3], [3.2, -1.9], [4.2, 1.5], [4.2, 9]),
    ],
    "o": [bowl],
    "p": [bowl, line([-4.5, -3], [-4.5, 14])],
    "r": [line([-2.4, -3], [-2.4, 9]), curve([-2.4, 0.8], [-1, -2], [1, -3], [3.2, -2.8])],
    "s": [
      curve(
        [3.6, -1.5], [0.6, -3], [-2.8, -2.2], [-3.4, 0.5], [-0.8, 2.5], [2, 3.5], [3.8, 5.8],
        [2.6, 8.2], [-0.4, 9], [-3.9, 7.4])
    ],
    "t": [
      curve([-0.6, -7], [-0.6, 6], [0.3, 8.4], [2, 9], [3.4, 8.6]), line([-3.2, -3], [3, -3]),
    ],
    "u": [
      curve([-4.2, -3], [-4.2, 4.5], [-3.2, 7.9], [-0.4, 9], [2.4, 8.3], [4.2, 5.5]),
      line([4.2, -3], [4.2, 9]),
    ],
    "v": [line([-4.6, -3], [0, 9], [4.6, -3])],
    "w": [line([-7, -3], [-3.6, 9], [0, -2], [3.6, 9], [7, -3])],
    "x": [line([-4.2, -3], [4.2, 9]), line([4.2, -3], [-4.2, 9])],
    "y": [
      line([-4.6, -3], [0, 8.6]),
      curve([4.6, -3], [0, 8.6], [-1.6, 12.6], [-4.2, 13.8], corners: [1]),
    ],
    ".": [dot],
    ",": [line([0.2, 8.4], [-1, 11.6])],
    ":": [dot, line([0, -2], [0, -1.6])],
    "-": [line([-3.6, 2.6], [3.6, 2.6])],
    "+": [line([-4.4, 2], [4.4, 2]), line([0, -2.4], [0, 6.4])],
    "/": [line([-3.6, 11], [3.6, -10])],
    "(": [curve([2, -11], [-1.4, -5], [-2.2, 0], [-1.4, 5], [2, 12])],
    ")": [curve([-2, -11], [1.4, -5], [2.2, 0], [1.4, 5], [-2, 12])],
  ]
}
