/// Draws straight strokes with round ends and soft edges over a picture.
struct StrokePicture {
  let pixels: UnsafeMutableBufferPointer<Float>
  let width: Int
  let height: Int
  /// Pixels for one unit of a radius.
  let unit: Double

  /// Covers what lies within `radius` of the line from `a` to `b`, which are places in pixels.
  ///
  /// A pixel at distance d from the line is covered by the part clamp(r - d + 1/2, 0, 1).
  mutating func draw(
    _ a: SIMD2<Double>, _ b: SIMD2<Double>, radius: Double, luminance: Double
  ) {
    let radius = Float(radius * unit)
    let (start, along) = (SIMD2<Float>(a), SIMD2<Float>(b - a))
    let square = (along * along).sum()
    let scale = square > 0 ? 1 / square : 0
    let value = Float(luminance)
    let reach = Double(radius) + 0.5
    let columns = Self.range(min(a.x, b.x) - reach, max(a.x, b.x) + reach, within: width)
    let rows = Self.range(min(a.y, b.y) - reach, max(a.y, b.y) + reach, within: height)
    for row in rows {
      let dy = Float(row) + 0.5 - start.y
      for column in columns {
        let dx = Float(column) + 0.5 - start.x
        let s = min(max((dx * along.x + dy * along.y) * scale, 0), 1)
        let (ex, ey) = (dx - s * along.x, dy - s * along.y)
        let cover = min(max(radius + 0.5 - (ex * ex + ey * ey).squareRoot(), 0), 1)
        pixels[row * width + column] += cover * (value - pixels[row * width + column])
      }
    }
  }

  /// The whole pixels from `low` to `high` among the first `count`.
  private static func range(_ low: Double, _ high: Double, within count: Int) -> Range<Int> {
    let first = Int(max(0, min(low, Double(count))))
    return first..<max(first, Int(max(0, min(high + 1, Double(count)))))
  }
}
