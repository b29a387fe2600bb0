import Foundation
import Testing

/// `afferent-lab experiment antlr-landscape`.
@Suite(.timeLimit(.minutes(10))) struct LandscapeExperimentTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func experiment(_ more: String...) throws -> Program.End {
    try Program(
      "afferent-lab", ["experiment", "antlr-landscape", "--out", folder.path + "/out"] + more
    ).end()
  }

  @Test func surfacesAreThoseOfTheirGradients() throws {
    let points = 7
    let end = try experiment("--points", "\(points)", "--patterns", "2", "--seed", "3")
    #expect(end.status == 0, "\(end)")
    let grid = try folder.columns("out/landscapes.csv")
    let results = try folder.columns("out/results.csv")
    let correlations = try #require(results["correlation"])
    let settings = try #require(grid["setting"])
    func numbers(_ name: String, _ setting: String) throws -> [Double] {
      let column = try #require(grid[name])
      return zip(settings, column).filter { $0.0 == setting }.compactMap { Double($0.1) }
    }
    for setting in ["moving", "appearing"] {
      let loss = try numbers("loss", setting)
      #expect(loss.count == points * points)
      // What is wanted is what the middle does.
      #expect(loss[points * points / 2] < 1e-20 && loss.contains { $0 > 0.1 })
      let x = try numbers("x", setting)
      // Axes are not exchanged: a derivative goes with the loss's differences along its own axis.
      let inner = loss.indices.filter {
        (1..<points - 1).contains($0 % points) && (1..<points - 1).contains($0 / points)
      }
      let differences = [1, points].map { stride in
        inner.map { loss[$0 + stride] - loss[$0 - stride] }
      }
      for (axis, name) in ["hybrid_gradient_x", "hybrid_gradient_y"].enumerated() {
        let column = try numbers(name, setting)
        let gradient = inner.map { column[$0] }
        let (own, other) = (differences[axis], differences[1 - axis])
        #expect(
          correlation(gradient, own) > correlation(gradient, other) + 0.1, "\(setting), \(name)")
      }
      for method in ["activation", "timing", "hybrid", "hybrid_forward"] {
        let gradientX = try numbers(method + "_gradient_x", setting)
        let gradientY = try numbers(method + "_gradient_y", setting)
        #expect(abs(gradientX[points * points / 2]) < 1e-9 && gradientX.contains { abs($0) > 0.1 })
        let expected = denseSurface(gradientX, gradientY, points, spacing: x[1] - x[0])
        let surface = try numbers(method + "_surface", setting)
        let size = expected.map(abs).max() ?? 0
        #expect(size > 0)
        for (one, other) in zip(surface, expected) {
          #expect(abs(one - other) < 1e-6 * size, "\(setting), \(method)")
        }
        let rows = zip(zip(results["setting"] ?? [], results["method"] ?? []), correlations)
        let row = try #require(rows.first { $0.0 == (setting, method) })
        let reported = try #require(Double(row.1))
        #expect(abs(correlation(surface, loss) - reported) < 1e-4)
      }
    }
    let object = try JSONSerialization.jsonObject(with: Data(folder.text("out/results.json").utf8))
    let planes = try #require((object as? [String: Any])?["planes"] as? [[String: Any]])
    #expect(planes.count == 2)
    for plane in planes {
      // The differences of a surface give it back.
      let control = try #require(plane["control"] as? [String: Double])
      #expect(abs((control["correlation"] ?? 0) - 1) < 1e-9)
      #expect((control["residual_share"] ?? 1) < 1e-15)
      let isMoving = plane["setting"] as? String == "moving"
      #expect((plane["changed_edges_share"] as? Double == 0) == isMoving)
      #expect((plane["single_spikes_share"] as? Double == 1) == isMoving)
    }
    for name in ["figure-moving.svg", "figure-appearing.svg"] {
      #expect(try folder.text("out/\(name)").hasPrefix("<svg"))
    }
    #expect(try folder.text("out/README.md").contains("figure-moving.svg"))
    // All runs are there.
    let runs = try folder.text("out/runs.jsonl")
    let again = try experiment("--points", "\(points)", "--patterns", "2", "--seed", "3")
    #expect(again.status == 0 && runs.split(separator: "\n").count == 2)
    #expect(try folder.text("out/runs.jsonl") == runs)
  }

  /// The surface of mean 0 from the normal equations of all edges, by elimination.
  private func denseSurface(
    _ gradientX: [Double], _ gradientY: [Double], _ points: Int, spacing: Double
  ) -> [Double] {
    let count = points * points
    var matrix = [[Double]](repeating: .init(repeating: 0, count: count + 1), count: count)
    func edge(_ a: Int, _ b: Int, _ difference: Double) {
      matrix[a][a] += 1
      matrix[b][b] += 1
      matrix[a][b] -= 1
      matrix[b][a] -= 1
      matrix[a][count] -= difference
      matrix[b][count] += difference
    }
    for a in 0..<count {
      if a % points + 1 < points {
        edge(a, a + 1, spacing * (gradientX[a] + gradientX[a + 1]) / 2)
      }
      if a + points < count {
        edge(a, a + points, spacing * (gradientY[a] + gradientY[a + points]) / 2)
      }
    }
    // The mean instead of one of the equations.
    matrix[count - 1] = [Double](repeating: 1, count: count) + [0]
    for pivot in 0..<count {
      let best = (pivot..<count).max { abs(matrix[$0][pivot]) < abs(matrix[$1][pivot]) } ?? pivot
      matrix.swapAt(pivot, best)
      for row in 0..<count where row != pivot {
        let factor = matrix[row][pivot] / matrix[pivot][pivot]
        guard factor != 0 else { continue }
        for column in pivot...count { matrix[row][column] -= factor * matrix[pivot][column] }
      }
    }
    return (0..<count).map { matrix[$0][count] / matrix[$0][$0] }
  }

  private func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let count = Double(a.count)
    let (meanA, meanB) = (a.reduce(0, +) / count, b.reduce(0, +) / count)
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      ab += (x - meanA) * (y - meanB)
      aa += (x - meanA) * (x - meanA)
      bb += (y - meanB) * (y - meanB)
    }
    return ab / (aa * bb).squareRoot()
  }

  @Test func wrongOptionsAreNamed() throws {
    for (options, name) in [
      (["--points", "2"], "--points"), (["--patterns", "0"], "--patterns"),
      (["--settings", "still"], "--settings"), (["--span", "0"], "--span"),
      (["--jobs", "0"], "--jobs"), (["--settings", "moving", "moving"], "--settings"),
    ] {
      let end = try Program(
        "afferent-lab", ["experiment", "antlr-landscape", "--out", "."] + options
      ).end()
      #expect(end.status == 64 && end.errors.contains(name), "\(end)")
    }
  }
}
