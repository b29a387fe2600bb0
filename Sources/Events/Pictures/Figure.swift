import Foundation

/// A drawing of rectangles, labels and images, in pixels; it becomes a PNG, or an SVG with the images in it.
public struct Figure: Sendable {
  enum Anchor: String {
    case start, middle, end
  }

  enum Item: Sendable {
    case rectangle(x: Int, y: Int, width: Int, height: Int, colour: UInt8)
    case image(IndexedImage, x: Int, y: Int, scale: Int)
    case text(String, x: Int, y: Int, anchor: Anchor)
  }

  /// Height of capitals in pixels.
  static let textSize = 13

  public let width: Int
  public let height: Int
  private(set) var items: [Item] = []

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
  }

  mutating func rectangle(_ x: Int, _ y: Int, _ width: Int, _ height: Int, _ colour: UInt8) {
    items.append(.rectangle(x: x, y: y, width: width, height: height, colour: colour))
  }

  mutating func image(_ image: IndexedImage, _ x: Int, _ y: Int, scale: Int) {
    items.append(.image(image, x: x, y: y, scale: scale))
  }

  /// A label whose capitals reach from row `y` to `y + textSize`.
  mutating func text(_ text: String, _ x: Int, _ y: Int, _ anchor: Anchor = .start) {
    items.append(.text(text, x: x, y: y, anchor: anchor))
  }

  /// The drawing in pixels.
  public var image: IndexedImage {
    var image = IndexedImage(width: width, height: height)
    for item in items {
      switch item {
      case .rectangle(let x, let y, let width, let height, let colour):
        image.fill(x: x, y: y, width: width, height: height, colour)
      case .image(let part, let x, let y, let scale):
        image.draw(part, x: x, y: y, scale: scale)
      case .text(let text, let x, let y, let anchor):
        let width = StrokeFont.width(of: text, size: Self.textSize)
        let left = anchor == .start ? x : anchor == .middle ? x - width / 2 : x - width
        StrokeFont.draw(text, in: &image, x: left, y: y, size: Self.textSize)
      }
    }
    return image
  }

  /// The drawing as a PNG file.
  public func png(_ colours: PictureColours) -> [UInt8] {
    PNG.still(image, palette: colours.palette)
  }

  /// The drawing as an SVG file: labels are text, images are PNGs within it.
  public func svg(_ colours: PictureColours) -> String {
    let palette = colours.palette
    func colour(_ index: UInt8) -> String { palette[Int(index)].text }
    // Capitals are about 0.72 of the size of a font.
    let fontSize = Self.textSize * 100 / 72
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" "
        + "width=\"\(width)\" height=\"\(height)\" font-family=\"Helvetica, Arial, sans-serif\" "
        + "font-size=\"\(fontSize)\" fill=\"\(colour(PictureColours.ink))\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"\(colour(PictureColours.ground))\"/>",
    ]
    for item in items {
      switch item {
      case .rectangle(let x, let y, let width, let height, let index):
        lines.append(
          "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" "
            + "fill=\"\(colour(index))\"/>")
      case .image(let image, let x, let y, let scale):
        let bytes = Data(PNG.still(image, palette: palette)).base64EncodedString()
        lines.append(
          "<image x=\"\(x)\" y=\"\(y)\" width=\"\(image.width * scale)\" "
            + "height=\"\(image.height * scale)\" style=\"image-rendering:pixelated\" "
            + "href=\"data:image/png;base64,\(bytes)\"/>")
      case .text(let text, let x, let y, let anchor):
        lines.append(
          "<text x=\"\(x)\" y=\"\(y + Self.textSize)\" text-anchor=\"\(anchor.rawValue)\">"
            + Self.escaped(text) + "</text>")
      }
    }
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
  }
}
