/// Differences between neighbours on a square grid of `points` by `points`: what a gradient says of each edge of it, or
/// what a surface does there. A surface is row after row; x grows within a row, y from row to row.
struct EdgeField {
  let points: Int
  /// From (column, row) to (column + 1, row), row after row.
  private(set) var x: [Double]
  /// From (column, row) to (column, row + 1), row after row.
  private(set) var y: [Double]

  /// The differences of a surface.
  init(of surface: [Double], points: Int) {
    precondition(surface.count == points * points && points > 1)
    self.points = points
    x = []
    y = []
    for row in 0..<points {
      for column in 0..<points {
        let here = surface[row * points + column]
        if column + 1 < points { x.append(surface[row * points + column + 1] - here) }
        if row + 1 < points { y.append(surface[(row + 1) * points + column] - here) }
      }
    }
  }

  /// What a gradient that is known at the points says: the mean of both ends times the length of the edge, which is exact
  /// for quadratic surfaces.
  init(gradientX: [Double], gradientY: [Double], points: Int, spacing: Double) {
    self.init(of: [Double](repeating: 0, count: points * points), points: points)
    let half = spacing / 2
    for row in 0..<points {
      for column in 0..<points {
        let here = row * points + column
        if column + 1 < points {
          x[row * (points - 1) + column] = half * (gradientX[here] + gradientX[here + 1])
        }
        if row + 1 < points { y[here] = half * (gradientY[here] + gradientY[here + points]) }
      }
    }
  }

  /// The transpose of the differences: what flows out of each point, with the sign of the normal equations.
  private var sources: [Double] {
    var sources = [Double](repeating: 0, count: points * points)
    for row in 0..<points {
      for column in 0..<points {
        let here = row * points + column
        if column + 1 < points {
          let value = x[row * (points - 1) + column]
          sources[here + 1] += value
          sources[here] -= value
        }
        if row + 1 < points {
          sources[here + points] += y[here]
          sources[here] -= y[here]
        }
      }
    }
    return sources
  }

  /// The surface of mean 0 whose differences are nearest in least squares (a Poisson equation with free edges), by
  /// conjugate gradients.
  var surface: [Double] {
    var surface = [Double](repeating: 0, count: points * points)
    // All that follows has mean 0, as the sources have, so that the constant which is free stays out.
    var residual = sources
    var direction = residual
    var square = dot(residual, residual)
    let enough = square * 1e-24
    var left = 20 * points * points
    while square > enough, left > 0 {
      let image = EdgeField(of: direction, points: points).sources
      let step = square / dot(direction, image)
      for i in surface.indices {
        surface[i] += step * direction[i]
        residual[i] -= step * image[i]
      }
      let next = dot(residual, residual)
      for i in direction.indices { direction[i] = residual[i] + next / square * direction[i] }
      square = next
      left -= 1
    }
    return surface
  }

  /// All edges in a row.
  var values: [Double] { x + y }
}

func dot(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}
