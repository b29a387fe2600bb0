/// Pixels spike where the picture changes, ON where it brightens and OFF where it darkens, as those of an event camera do.
///
/// A picture at rest never changes, so it moves: along a square, to the right, down, to the left and up again, each for a
/// quarter of the steps, at a constant speed. Between pixels it is interpolated; outside it is black.
public struct DeltaCode: InputCode, Hashable {
  public let steps: Int
  /// The change that makes a spike.
  public let threshold: Double
  /// In pixels a step.
  public let speed: Double

  /// - Parameters:
  ///   - steps: at least 0.
  ///   - threshold: above 0.
  ///   - speed: in pixels a step. Up to the threshold no pixel can change by more than one spike tells.
  public init(steps: Int, threshold: Double = 0.25, speed: Double = 0.25) {
    precondition(steps >= 0, "\(steps) steps")
    precondition(threshold > 0, "a threshold of \(threshold)")
    (self.steps, self.threshold, self.speed) = (steps, threshold, speed)
  }

  public func spikes(of image: GrayImage, using random: inout SplitMix64) -> [[Int32]] {
    var modulator = DeltaModulator(image.brightness(movedBy: (0, 0)), threshold: threshold)
    return (0..<steps).map { step in
      modulator.step(image.brightness(movedBy: offset(after: step + 1)))
    }
  }

  /// How far the picture has moved after a number of steps, in pixels to the right and down.
  public func offset(after count: Int) -> (x: Double, y: Double) {
    var (x, y) = (0.0, 0.0)
    for step in 0..<count {
      switch step * 4 / max(steps, 1) {
      case 0: x += speed
      case 1: y += speed
      case 2: x -= speed
      default: y -= speed
      }
    }
    return (x, y)
  }
}

/// Tells values that change by spikes: each has a reference, and spikes where it is `threshold` or more away, upon which the
/// reference follows by one threshold. So values that change by at most a threshold a step stay within one of their
/// references, which anybody can follow who sees the spikes.
public struct DeltaModulator: Sendable {
  public private(set) var references: [Double]
  private let threshold: Double

  /// - Parameters:
  ///   - values: the first ones, which make no spikes.
  ///   - threshold: above 0.
  public init(_ values: [Double], threshold: Double) {
    precondition(threshold > 0, "a threshold of \(threshold)")
    (references, self.threshold) = (values, threshold)
  }

  /// - Parameter values: as many as before.
  /// - Returns: the addresses that spike, ascending: the number of a value that falls, and of one that rises that number
  ///   behind all others.
  public mutating func step(_ values: [Double]) -> [Int32] {
    precondition(values.count == references.count)
    var (falling, rising): ([Int32], [Int32]) = ([], [])
    // Rounding must not hide a change of just one threshold.
    let limit = threshold * (1 - 1e-9)
    for index in values.indices {
      let change = values[index] - references[index]
      if change >= limit {
        references[index] += threshold
        rising.append(Int32(values.count + index))
      } else if change <= -limit {
        references[index] -= threshold
        falling.append(Int32(index))
      }
    }
    return falling + rising
  }
}

extension GrayImage {
  /// The brightness of each pixel, from 0 to 1, when the picture has moved by a part of a pixel or more.
  func brightness(movedBy offset: (x: Double, y: Double)) -> [Double] {
    let (left, top) = (offset.x.rounded(.down), offset.y.rounded(.down))
    let (right, below) = (offset.x - left, offset.y - top)
    func pixel(_ x: Int, _ y: Int) -> Double {
      x < 0 || y < 0 || x >= width || y >= height ? 0 : Double(pixels[y * width + x])
    }
    var values: [Double] = []
    values.reserveCapacity(width * height)
    for y in 0..<height {
      let row = y - Int(top)
      for x in 0..<width {
        let column = x - Int(left)
        let upper = (1 - right) * pixel(column, row) + right * pixel(column - 1, row)
        let lower = (1 - right) * pixel(column, row - 1) + right * pixel(column - 1, row - 1)
        values.append(((1 - below) * upper + below * lower) / 255)
      }
    }
    return values
  }
}
