/// Why a simulation cannot be set up.
public enum SimulationError: Error, Equatable, CustomStringConvertible {
  /// A parameter is outside the range in which the model means something.
  case parameterOutOfRange(name: String, value: Double, allowed: String)
  /// An image has no pixels, or not as many as its sides say.
  case imageSize(width: Int, height: Int, pixels: Int)
  /// Images and labels do not belong together.
  case labelCount(images: Int, labels: Int)
  /// The data set holds no image.
  case noImages

  public var description: String {
    switch self {
    case .parameterOutOfRange(let name, let value, let allowed):
      "\(name) is \(value); it must be \(allowed)"
    case .imageSize(let width, let height, let pixels):
      "an image of \(width)x\(height) with \(pixels) pixels"
    case .labelCount(let images, let labels):
      "\(images) images with \(labels) labels; the numbers must be equal"
    case .noImages:
      "the data set holds no image"
    }
  }

  /// Throws unless `value` is finite and in `range`.
  static func check(_ name: String, _ value: Double, in range: ClosedRange<Double>) throws(Self) {
    guard range.contains(value) else {
      throw .parameterOutOfRange(
        name: name, value: value, allowed: "\(range.lowerBound) to \(range.upperBound)")
    }
  }
}
