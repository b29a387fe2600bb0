/// The address space of a sensor: `width` x `height` pixels with two polarities.
public struct SensorGeometry: Hashable, Sendable, CustomStringConvertible {
  /// Pixels in a row, 1 to 65536.
  public let width: Int
  /// Rows, 1 to 65536.
  public let height: Int

  /// - Precondition: both sides are in 1...65536.
  public init(width: Int, height: Int) {
    precondition(
      (1...65536).contains(width) && (1...65536).contains(height),
      "a sensor of \(width)x\(height) pixels; each side must be 1 to 65536")
    self.width = width
    self.height = height
  }

  /// The ATIS crop of N-MNIST (Orchard et al. 2015), 34x34.
  public static let nmnist = SensorGeometry(width: 34, height: 34)
  /// The DVS128 (Lichtsteiner, Posch and Delbruck 2008), 128x128.
  public static let dvs128 = SensorGeometry(width: 128, height: 128)

  /// The smallest usual sensor that has a pixel at column `x` and row `y`, for files that do not state theirs; where there is
  /// none, the pixel is the last one.
  public static func smallestUsual(x: Int, y: Int) -> SensorGeometry {
    let usual = [
      (34, 34), (128, 128), (240, 180), (304, 240), (320, 240), (346, 260), (640, 480), (1280, 720),
    ]
    let sensor = usual.first { x < $0.0 && y < $0.1 } ?? (x + 1, y + 1)
    return SensorGeometry(width: sensor.0, height: sensor.1)
  }

  /// Number of addresses: one for each pixel and polarity.
  public var addressCount: Int { 2 * width * height }

  /// The address of a pixel and polarity: OFF addresses first, row by row, then ON addresses.
  public func address(x: UInt16, y: UInt16, on: Bool) -> Int32 {
    Int32(truncatingIfNeeded: (on ? width * height : 0) + Int(y) * width + Int(x))
  }

  public func contains(x: UInt16, y: UInt16) -> Bool {
    Int(x) < width && Int(y) < height
  }

  public var description: String { "\(width)x\(height)" }
}
