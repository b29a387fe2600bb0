/// One plane: its loss and the gradient of each method at every point of a grid.
struct LandscapeJob: ExperimentJob {
  var setting: LandscapeSetting
  var seed: UInt64
  /// In a row of the grid.
  var points: Int
  var patterns: Int
  /// From the middle, as a part of each neuron's weights.
  var span: Double
  var methods: [SpikeTrainMethod]

  var name: String { "\(setting.rawValue), seed \(seed)" }

  /// Numbers row after row.
  struct Outcome: Codable, Sendable {
    var loss: [Double] = []
    /// Along x and y, for each method.
    var gradientsX: [[Double]]
    var gradientsY: [[Double]]
    /// A trial, in the mean over the grid.
    var spikes = 0.0
    /// Edges of the grid at whose ends some neuron spikes not equally often, as a share of all.
    var changedEdges = 0.0
    /// Trials of neurons with one spike, as a share of all.
    var singleSpikes = 0.0
  }

  var spacing: Double { 2 * span / Double(points - 1) }

  func place(_ index: Int) -> Double { spacing * Double(index) - span }

  func run(_ options: SpikeTrainOptions) -> Outcome {
    let plane = LandscapePlane(self, options)
    var outcome = Outcome(
      gradientsX: methods.map { _ in [] }, gradientsY: methods.map { _ in [] })
    var above: [[Int]] = []
    var (spikes, single, changed) = (0, 0, 0)
    for row in 0..<points {
      var counts: [[Int]] = []
      for column in 0..<points {
        let point = plane.point(x: place(column), y: place(row))
        outcome.loss.append(point.loss)
        for (method, gradient) in point.gradients.enumerated() {
          outcome.gradientsX[method].append(gradient.x)
          outcome.gradientsY[method].append(gradient.y)
        }
        spikes += point.counts.reduce(0, +)
        single += point.counts.count { $0 == 1 }
        if let left = counts.last, left != point.counts { changed += 1 }
        if !above.isEmpty, above[column] != point.counts { changed += 1 }
        counts.append(point.counts)
      }
      above = counts
    }
    let all = Double(points * points * patterns)
    outcome.spikes = Double(spikes) / all
    outcome.changedEdges = Double(changed) / Double(2 * points * (points - 1))
    outcome.singleSpikes = Double(single) / all / Double(options.sizes.dropFirst().reduce(0, +))
    return outcome
  }
}
