/// A way to tell a picture by spikes, in a number of steps. Black is 0 and white is 1.
///
/// The codes are those of Eshraghian et al. 2021 (snnTorch's `spikegen`): ``RateCode``, ``LatencyCode`` and ``DeltaCode``.
public protocol InputCode: Sendable {
  /// Number of steps.
  var steps: Int { get }

  /// The addresses that spike in each step, ascending, in the ``SensorGeometry`` of the picture's size.
  func spikes(of image: GrayImage, using random: inout SplitMix64) -> [[Int32]]
}

/// In each step every pixel spikes with a probability of its brightness, whatever it did before.
public struct RateCode: InputCode, Hashable {
  public let steps: Int

  /// - Parameter steps: at least 0.
  public init(steps: Int) {
    precondition(steps >= 0, "\(steps) steps")
    self.steps = steps
  }

  public func spikes(of image: GrayImage, using random: inout SplitMix64) -> [[Int32]] {
    let first = Int32(image.pixels.count)
    return (0..<steps).map { _ in
      var active: [Int32] = []
      for (index, pixel) in image.pixels.enumerated() where pixel > 0 {
        // A white pixel always spikes: a uniform number is below 1.
        if random.nextUniform() < Double(pixel) / 255 { active.append(first + Int32(index)) }
      }
      return active
    }
  }
}

/// Every pixel that is not dark spikes once, bright ones early.
public struct LatencyCode: InputCode, Hashable {
  /// When a pixel of brightness x spikes.
  public enum Form: Hashable, Sendable {
    /// At (steps - 1) (1 - x).
    case linear
    /// As a capacitor reaches `threshold` that is charged towards x: at tau ln(x / (x - threshold)), in steps, and in the
    /// last step at the latest.
    case charging(tau: Double)
  }

  public let steps: Int
  /// Pixels below it do not spike.
  public let threshold: Double
  public let form: Form

  /// - Parameters:
  ///   - steps: at least 1.
  ///   - threshold: above 0 and below 1.
  public init(steps: Int, threshold: Double = 0.01, form: Form = .linear) {
    precondition(steps >= 1, "\(steps) steps")
    precondition(threshold > 0 && threshold < 1, "a threshold of \(threshold)")
    (self.steps, self.threshold, self.form) = (steps, threshold, form)
  }

  /// The step of the spike of a pixel of brightness `x`, the nearest to its time.
  public func step(of x: Double) -> Int? {
    guard x >= threshold else { return nil }
    let time =
      switch form {
      case .linear: Double(steps - 1) * (1 - x)
      case .charging(let tau): tau * portableLogarithm(x / max(x - threshold, 1e-7))
      }
    return min(max(Int(min(time, Double(steps)).rounded()), 0), steps - 1)
  }

  public func spikes(of image: GrayImage, using random: inout SplitMix64) -> [[Int32]] {
    let first = Int32(image.pixels.count)
    let stepOf = (0...255).map { step(of: Double($0) / 255) }
    var active = [[Int32]](repeating: [], count: steps)
    for (index, pixel) in image.pixels.enumerated() {
      guard let step = stepOf[Int(pixel)] else { continue }
      active[step].append(first + Int32(index))
    }
    return active
  }
}
