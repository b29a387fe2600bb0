import Foundation

/// A square grid of numbers whose contour lines are straight within each of its cells (marching squares).
struct ContourGrid {
  let values: [Double]
  /// In a row, and rows.
  let points: Int

  /// - Precondition: the number of values is a square.
  init(values: [Double]) {
    points = Int(Double(values.count).squareRoot().rounded())
    precondition(points * points == values.count, "\(values.count) values are no square")
    self.values = values
  }

  subscript(column: Int, row: Int) -> Double { values[row * points + column] }

  /// The lines at `level` as the data of an SVG path; the distance of neighbours is 1.
  func contour(at level: Double) -> String {
    var path = ""
    for row in 0..<points - 1 {
      for column in 0..<points - 1 {
        for segment in segments(column, row, level) {
          path += "M\(n(segment[0].x)) \(n(segment[0].y))L\(n(segment[1].x)) \(n(segment[1].y))"
        }
      }
    }
    return path
  }

  private typealias Place = (x: Double, y: Double)

  private func segments(_ column: Int, _ row: Int, _ level: Double) -> [[Place]] {
    let corners = [(0, 0), (1, 0), (1, 1), (0, 1)].map { (column + $0.0, row + $0.1) }
    let heights = corners.map { self[$0.0, $0.1] - level }
    var crossings: [Place] = []
    for side in 0..<4 {
      let next = (side + 1) % 4
      guard (heights[side] < 0) != (heights[next] < 0) else { continue }
      let share = heights[side] / (heights[side] - heights[next])
      let (from, to) = (corners[side], corners[next])
      crossings.append(
        (
          Double(from.0) + share * Double(to.0 - from.0),
          Double(from.1) + share * Double(to.1 - from.1)
        ))
    }
    guard crossings.count == 4 else { return crossings.isEmpty ? [] : [crossings] }
    // A saddle: its middle says which corners belong together.
    let isJoined = (heights.reduce(0, +) < 0) == (heights[0] < 0)
    return isJoined
      ? [[crossings[0], crossings[1]], [crossings[2], crossings[3]]]
      : [[crossings[3], crossings[0]], [crossings[1], crossings[2]]]
  }

  private func n(_ value: Double) -> String { String(format: "%g", (value * 20).rounded() / 20) }
}
