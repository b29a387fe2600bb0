/// A grey image in memory, as the simulated sensor sees it on a screen.
public struct GrayImage: Equatable, Sendable {
  /// Pixels in a row, at least 1.
  public let width: Int
  /// Rows, at least 1.
  public let height: Int
  /// Row by row from the top left: 0 = paper, 255 = full ink.
  public let pixels: [UInt8]

  /// - Throws: ``SimulationError/imageSize(width:height:pixels:)`` when a side is below 1 or above
  ///   65536, or when `pixels` does not hold `width * height` values.
  public init(width: Int, height: Int, pixels: [UInt8]) throws(SimulationError) {
    guard (1...65536).contains(width), (1...65536).contains(height),
      pixels.count == width * height
    else { throw .imageSize(width: width, height: height, pixels: pixels.count) }
    self.init(uncheckedWidth: width, height: height, pixels: pixels)
  }

  /// For callers that made the pixels to measure.
  init(uncheckedWidth width: Int, height: Int, pixels: [UInt8]) {
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Ink in 0...1 at a point between pixel centres (bilinear); paper outside of the image.
  func ink(atX x: Double, y: Double) -> Double {
    let left = x.rounded(.down)
    let top = y.rounded(.down)
    guard left >= -1, top >= -1, left < Double(width), top < Double(height) else { return 0 }
    let column = Int(left)
    let row = Int(top)
    let fx = x - left
    let fy = y - top
    let upper = ink(column, row) * (1 - fx) + ink(column + 1, row) * fx
    let lower = ink(column, row + 1) * (1 - fx) + ink(column + 1, row + 1) * fx
    return upper * (1 - fy) + lower * fy
  }

  private func ink(_ column: Int, _ row: Int) -> Double {
    guard column >= 0, row >= 0, column < width, row < height else { return 0 }
    return Double(pixels[row * width + column]) * (1.0 / 255)
  }
}
