/// An image in front of the sensor, moved by three saccades along the sides of a triangle.
///
/// N-MNIST was recorded so (Orchard et al. 2015, doi:10.3389/fnins.2015.00437): the image stands on
/// a screen while the sensor turns in three saccades. With amplitude a and s in 0...1 over each of
/// them, the image is displaced down and to the right, up and to the right, and back, along
///
///     (-a/2, -a/2) -> (0, a/2) -> (a/2, -a/2) -> (-a/2, -a/2)
///     by the share 10 s^3 - 15 s^4 + 6 s^5 of each side
///
/// the minimum-jerk profile (Flash and Hogan 1985), which rests at every corner, so that events
/// come in three bursts. Displacements are those of the image on the sensor, x to the right and y
/// down. The image is centred; whatever moves past the border of the sensor is not seen.
public struct SaccadeScene: Sendable {
  public let geometry: SensorGeometry
  public let parameters: SaccadeParameters
  /// The luminance around the sensor with a margin on all sides, in sensor pixels: moving the
  /// image is then only a shift of this plane.
  private let plane: [Float]
  private let planeWidth: Int
  private let margin: Int

  /// - Throws: ``SimulationError/parameterOutOfRange(name:value:allowed:)``.
  public init(
    image: GrayImage, geometry: SensorGeometry = .nmnist,
    parameters: SaccadeParameters = SaccadeParameters()
  ) throws(SimulationError) {
    try parameters.validate()
    self.init(validatedImage: image, geometry: geometry, parameters: parameters)
  }

  /// For callers that validated the parameters once for many images.
  init(validatedImage image: GrayImage, geometry: SensorGeometry, parameters: SaccadeParameters) {
    self.geometry = geometry
    self.parameters = parameters
    margin = Int((parameters.amplitude / 2).rounded(.up)) + 1
    planeWidth = geometry.width + 2 * margin
    plane = Self.plane(of: image, geometry: geometry, parameters: parameters, margin: margin)
  }

  /// Where the image is at `time` (µs from the start), in sensor pixels from the centre.
  public func displacement(at time: Int64) -> SIMD2<Double> {
    let a = parameters.amplitude / 2
    let corners: (SIMD2<Double>, SIMD2<Double>, SIMD2<Double>) = ([-a, -a], [0, a], [a, -a])
    let clamped = min(max(time, 0), parameters.duration)
    let side = min(clamped / parameters.saccadeDuration, 2)
    let (from, to) =
      switch side {
      case 0: (corners.0, corners.1)
      case 1: (corners.1, corners.2)
      default: (corners.2, corners.0)
      }
    let rest = clamped - side * parameters.saccadeDuration
    let s = Double(rest) / Double(parameters.saccadeDuration)
    return from + (to - from) * (s * s * s * (10 + s * (6 * s - 15)))
  }

  /// Writes the luminance that each pixel sees at `time` (µs from the start), row by row.
  ///
  /// - Parameter frame: Gets one value a pixel; its memory is used again.
  /// - Complexity: four multiplications a pixel.
  public func render(at time: Int64, into frame: inout [Float]) {
    let width = geometry.width
    let count = width * geometry.height
    if frame.count != count { frame = [Float](repeating: 0, count: count) }
    let origin = SIMD2<Double>(repeating: Double(margin)) - displacement(at: time)
    let corner = origin.rounded(.down)
    let fx = Float(origin.x - corner.x)
    let fy = Float(origin.y - corner.y)
    let weights = ((1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy)
    let first = Int(corner.y) * planeWidth + Int(corner.x)
    plane.withUnsafeBufferPointer { plane in
      frame.withUnsafeMutableBufferPointer { frame in
        for row in 0..<geometry.height {
          let upper = UnsafeBufferPointer(rebasing: plane[(first + row * planeWidth)...])
          let lower = UnsafeBufferPointer(rebasing: upper[planeWidth...])
          let target = UnsafeMutableBufferPointer(rebasing: frame[(row * width)...])
          for x in 0..<width {
            target[x] =
              weights.0 * upper[x] + weights.1 * upper[x + 1]
              + weights.2 * lower[x] + weights.3 * lower[x + 1]
          }
        }
      }
    }
  }

  /// The times at which a recording samples the scene, the start excepted, in µs.
  public var sampleTimes: some Sequence<Int64> {
    stride(
      from: parameters.sampleInterval, to: parameters.duration,
      by: Int(parameters.sampleInterval))
  }

  /// The image resampled to sensor pixels, with `margin` pixels around the sensor.
  private static func plane(
    of image: GrayImage, geometry: SensorGeometry, parameters: SaccadeParameters, margin: Int
  ) -> [Float] {
    let width = geometry.width + 2 * margin
    let height = geometry.height + 2 * margin
    let fit = min(
      (Double(geometry.width) - parameters.amplitude) / Double(image.width),
      (Double(geometry.height) - parameters.amplitude) / Double(image.height))
    let magnification = parameters.magnification ?? max(1e-3, min(1, fit))
    // Several points for each sensor pixel where the image is shrunk: one would miss thin lines.
    // Not more than 16 x 16, so that a huge image costs no more than a large one.
    let points = min(16, max(1, Int((1 / magnification).rounded(.up))))
    let share = 1 / Double(points * points)
    var plane = [Float](repeating: 0, count: width * height)
    for row in 0..<height {
      for column in 0..<width {
        var ink = 0.0
        for point in 0..<(points * points) {
          let dx = (Double(point % points) + 0.5) / Double(points)
          let dy = (Double(point / points) + 0.5) / Double(points)
          let x = Double(column - margin) + dx - Double(geometry.width) / 2
          let y = Double(row - margin) + dy - Double(geometry.height) / 2
          ink += image.ink(
            atX: x / magnification + Double(image.width) / 2 - 0.5,
            y: y / magnification + Double(image.height) / 2 - 0.5)
        }
        plane[row * width + column] = Float(
          parameters.paper + (parameters.ink - parameters.paper) * ink * share)
      }
    }
    return plane
  }
}
