/// Limits for the gradient of an update, against the rare trial that would throw the weights far off.
enum GradientClipping {
  /// Every element g as min(max(g, -limit), limit).
  static func clipValues<Scalar: LearningScalar>(
    of gradients: [GradientSums<Scalar>], to limit: Scalar
  ) {
    let high = SIMD8(repeating: limit)
    for gradient in gradients {
      for row in gradient.rows {
        let g = gradient.sums.row(Int(row))
        for lane in 0..<gradient.sums.lanes {
          g[lane] = g[lane].clamped(lowerBound: -high, upperBound: high)
        }
      }
    }
  }

  /// All gradients times limit / |g| where their common Euclidean norm |g| exceeds `limit` (Pascanu et al. 2013,
  /// algorithm 1).
  static func clipNorm<Scalar: LearningScalar>(
    of gradients: [GradientSums<Scalar>], to limit: Double
  ) {
    let norm = norm(of: gradients)
    guard norm > limit else { return }
    let scale = Scalar(limit / norm)
    for gradient in gradients {
      for row in gradient.rows {
        let g = gradient.sums.row(Int(row))
        for lane in 0..<gradient.sums.lanes { g[lane] *= scale }
      }
    }
  }

  /// The Euclidean norm of all gradients together: squares summed within a row in the precision of the weights, and
  /// over the rows, ascending, in `Double`.
  static func norm<Scalar: LearningScalar>(of gradients: [GradientSums<Scalar>]) -> Double {
    var sum = 0.0
    for gradient in gradients {
      for row in gradient.rows {
        let g = gradient.sums.row(Int(row))
        var squares = SIMD8<Scalar>.zero
        for lane in 0..<gradient.sums.lanes { squares += g[lane] * g[lane] }
        sum += Double(Kernels.total(squares))
      }
    }
    return sum.squareRoot()
  }
}
