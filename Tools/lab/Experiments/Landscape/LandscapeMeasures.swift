/// How near the landscape of a method comes to the true one.
struct LandscapeMeasures: Codable, Sendable {
  /// Of the reconstructed surface and of the loss.
  var correlation: Double
  /// Between what the gradient says of the edges and what the loss does there.
  var cosine: Double
  /// The same for the loss after smoothing, which has fewer jumps.
  var smoothCosine: Double
  /// How much of the field, of its squares, no surface explains.
  var residual: Double
  /// The deviation of the surface, that of the loss being 1.
  var scale: Double

  private enum CodingKeys: String, CodingKey {
    case correlation, cosine, scale
    case smoothCosine = "cosine_smoothed_loss"
    case residual = "residual_share"
  }

  init(field: EdgeField, surface: [Double], loss: [Double]) {
    let points = field.points
    let values = field.values
    let (own, real) = (centred(surface), centred(loss))
    correlation = angle(own, real)
    cosine = angle(values, EdgeField(of: loss, points: points).values)
    smoothCosine = angle(
      values, EdgeField(of: Self.smoothed(loss, points: points), points: points).values)
    let left = zip(values, EdgeField(of: surface, points: points).values).map { $0 - $1 }
    let square = dot(values, values)
    residual = square > 0 ? dot(left, left) / square : 0
    let deviation = dot(real, real).squareRoot()
    scale = deviation > 0 ? dot(own, own).squareRoot() / deviation : 0
  }

  /// Each number the mean of itself, with half of the weight, and of its neighbours, along both directions and four times.
  static func smoothed(_ surface: [Double], points: Int) -> [Double] {
    func pass(_ values: [Double], stride: Int, across: Int) -> [Double] {
      var result = values
      for line in 0..<points {
        for place in 0..<points {
          let here = line * across + place * stride
          let before = place > 0 ? here - stride : here
          let after = place + 1 < points ? here + stride : here
          result[here] = values[here] / 2 + (values[before] + values[after]) / 4
        }
      }
      return result
    }
    return (0..<4).reduce(surface) { values, _ in
      pass(pass(values, stride: 1, across: points), stride: points, across: 1)
    }
  }
}

/// Less its mean.
func centred(_ values: [Double]) -> [Double] {
  let mean = values.reduce(0, +) / Double(max(values.count, 1))
  return values.map { $0 - mean }
}

/// 0 if one of both is zero.
private func angle(_ a: [Double], _ b: [Double]) -> Double {
  let square = dot(a, a) * dot(b, b)
  return square > 0 ? dot(a, b) / square.squareRoot() : 0
}
