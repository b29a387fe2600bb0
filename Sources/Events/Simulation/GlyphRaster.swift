/// Draws strokes with a round pen and soft edges into a square image.
struct GlyphRaster {
  private let side: Int
  private var coverage: [Double]
  /// Straight pieces for one stretch between two control points.
  private static let pieces = 6

  init(side: Int) {
    self.side = side
    coverage = [Double](repeating: 0, count: side * side)
  }

  /// The drawing so far, 255 where the pen covers a pixel fully.
  func image() -> GrayImage {
    GrayImage(
      uncheckedWidth: side, height: side, pixels: coverage.map { UInt8(($0 * 255).rounded()) })
  }

  /// Draws a curve through `points`, given in pixels from the centre of the image.
  ///
  /// Catmull-Rom splines (1974): between p1 and p2, with neighbours p0 and p3 and u in 0...1,
  ///
  ///     2 p(u) = 2 p1 + (p2 - p0) u + (2 p0 - 5 p1 + 4 p2 - p3) u^2 + (3 p1 - p0 - 3 p2 + p3) u^3
  ///
  /// At an end or a corner the missing neighbour is the point itself.
  mutating func draw(
    _ points: [SIMD2<Double>], corners: Set<Int>, closed: Bool, radius: Double
  ) {
    let count = points.count
    for index in 0..<(closed ? count : count - 1) {
      let next = (index + 1) % count
      let p1 = points[index]
      let p2 = points[next]
      let startsSharply = corners.contains(index) || (!closed && index == 0)
      let endsSharply = corners.contains(next) || (!closed && next == count - 1)
      let p0 = startsSharply ? p1 : points[(index + count - 1) % count]
      let p3 = endsSharply ? p2 : points[(next + 1) % count]
      var last = p1
      for piece in 1...Self.pieces {
        let u = Double(piece) / Double(Self.pieces)
        let linear = p2 - p0
        let square = 2 * p0 - 5 * p1 + 4 * p2 - p3
        let cube = 3 * p1 - p0 - 3 * p2 + p3
        let point = p1 + 0.5 * u * (linear + u * (square + u * cube))
        drawLine(from: last, to: point, radius: radius)
        last = point
      }
    }
  }

  /// Covers the pixels within `radius` of a straight line; the edge is one pixel soft.
  private mutating func drawLine(
    from start: SIMD2<Double>, to end: SIMD2<Double>, radius: Double
  ) {
    let centre = SIMD2<Double>(repeating: Double(side - 1) / 2)
    let a = start + centre
    let b = end + centre
    let reach = radius + 0.5
    let limit = Double(side - 1)
    let left = max(0, (min(a.x, b.x) - reach).rounded(.up))
    let right = min(limit, (max(a.x, b.x) + reach).rounded(.down))
    let top = max(0, (min(a.y, b.y) - reach).rounded(.up))
    let bottom = min(limit, (max(a.y, b.y) + reach).rounded(.down))
    guard left <= right, top <= bottom else { return }

    let along = b - a
    let length = (along * along).sum()
    for row in Int(top)...Int(bottom) {
      for column in Int(left)...Int(right) {
        let offset = SIMD2(Double(column), Double(row)) - a
        let share = length > 0 ? min(1, max(0, (offset * along).sum() / length)) : 0
        let gap = offset - share * along
        let distance = (gap * gap).sum().squareRoot()
        let ink = min(1, max(0, reach - distance))
        let place = row * side + column
        coverage[place] = max(coverage[place], ink)
      }
    }
  }
}
