/// An image in memory whose pixels are indices of ``PictureColours/palette``.
public struct IndexedImage: Equatable, Sendable {
  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Row by row from the top left.
  public private(set) var pixels: [UInt8]

  /// - Precondition: sides are 1 to 65536.
  public init(width: Int, height: Int, filledWith index: UInt8 = 0) {
    precondition((1...65536).contains(width) && (1...65536).contains(height))
    (self.width, self.height) = (width, height)
    pixels = Array(repeating: index, count: width * height)
  }

  public subscript(x: Int, y: Int) -> UInt8 {
    get { pixels[y * width + x] }
    set { pixels[y * width + x] = newValue }
  }

  /// Fills the part of a rectangle that lies in the image.
  mutating func fill(x: Int, y: Int, width: Int, height: Int, _ index: UInt8) {
    let columns = max(0, x)..<max(0, x, min(self.width, x + width))
    for row in max(0, y)..<max(0, y, min(self.height, y + height)) {
      for column in columns { pixels[row * self.width + column] = index }
    }
  }

  /// Draws `image` with squares of `scale` pixels for its pixels.
  mutating func draw(_ image: IndexedImage, x: Int, y: Int, scale: Int) {
    let columns = max(0, x)..<max(0, x, min(width, x + image.width * scale))
    for row in max(0, y)..<max(0, y, min(height, y + image.height * scale)) {
      let source = (row - y) / scale * image.width
      for column in columns {
        pixels[row * width + column] = image.pixels[source + (column - x) / scale]
      }
    }
  }
}
