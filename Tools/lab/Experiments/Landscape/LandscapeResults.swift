import Foundation
import ToolSupport

/// All that decides what comes of the experiment.
struct LandscapeSettings: Encodable {
  static let methods = [SpikeTrainMethod.activation, .timing, .hybrid, .hybridForward]

  var seeds: [UInt64]
  var points: Int
  var patterns: Int
  var settings: [LandscapeSetting]
  /// For each setting.
  var spans: [Double]
  var quick: Bool
  var methods = Self.methods
  var network = SpikeTrainOptions(biases: false)

  var jobs: [LandscapeJob] {
    zip(settings, spans).flatMap { setting, span in
      seeds.map { seed in
        LandscapeJob(
          setting: setting, seed: seed, points: points, patterns: patterns, span: span,
          methods: methods)
      }
    }
  }
}

/// What the planes show.
struct LandscapeResults {
  typealias Run = ExperimentRuns<LandscapeJob>.Run

  /// The landscape of a method on a plane.
  struct Landscape: Encodable {
    var setting: LandscapeSetting
    var seed: UInt64
    var method: SpikeTrainMethod
    var measures: LandscapeMeasures
  }

  /// A plane itself.
  struct Plane: Encodable {
    var setting: LandscapeSetting
    var seed: UInt64
    var highestLoss: Double
    var spikes: Double
    var changedEdges: Double
    var singleSpikes: Double
    /// What comes of the differences of the loss itself in place of a gradient.
    var control: LandscapeMeasures

    private enum CodingKeys: String, CodingKey {
      case setting, seed, spikes, control
      case highestLoss = "highest_loss"
      case changedEdges = "changed_edges_share"
      case singleSpikes = "single_spikes_share"
    }
  }

  private struct File: Encodable {
    var planes: [Plane]
    var landscapes: [Landscape]
  }

  let settings: LandscapeSettings
  /// What repeats the experiment.
  let command: String
  let runs: [Run]
  private(set) var planes: [Plane] = []
  private(set) var landscapes: [Landscape] = []
  /// For each run and method.
  private(set) var surfaces: [[[Double]]] = []

  init(settings: LandscapeSettings, command: String, runs: [Run]) {
    (self.settings, self.command, self.runs) = (settings, command, runs)
    for run in runs {
      let (job, outcome) = (run.job, run.outcome)
      let differences = EdgeField(of: outcome.loss, points: job.points)
      planes.append(
        Plane(
          setting: job.setting, seed: job.seed, highestLoss: outcome.loss.max() ?? 0,
          spikes: outcome.spikes, changedEdges: outcome.changedEdges,
          singleSpikes: outcome.singleSpikes,
          control: LandscapeMeasures(
            field: differences, surface: differences.surface, loss: outcome.loss)))
      var own: [[Double]] = []
      for (index, method) in job.methods.enumerated() {
        let field = EdgeField(
          gradientX: outcome.gradientsX[index], gradientY: outcome.gradientsY[index],
          points: job.points, spacing: job.spacing)
        own.append(field.surface)
        landscapes.append(
          Landscape(
            setting: job.setting, seed: job.seed, method: method,
            measures: LandscapeMeasures(field: field, surface: own[index], loss: outcome.loss)))
      }
      surfaces.append(own)
    }
  }

  func write(to folder: ExperimentFolder) throws {
    try folder.write(File(planes: planes, landscapes: landscapes), toJSON: "results.json")
    try folder.write(table.csv, to: "results.csv")
    try folder.write(grid, to: "landscapes.csv")
    for setting in settings.settings {
      try folder.write(figure(setting).svg, to: "figure-\(setting.rawValue).svg")
    }
    try folder.write(LandscapeReport(results: self).text, to: "README.md")
  }

  /// One line for each plane and method.
  private var table: ResultTable {
    var table = ResultTable([
      "setting", "seed", "method", "correlation", "cosine", "cosine_smoothed_loss",
      "residual_share", "scale",
    ])
    for landscape in landscapes {
      let measures = landscape.measures
      table.append(
        [landscape.setting.rawValue, "\(landscape.seed)", landscape.method.rawValue]
          + [
            measures.correlation, measures.cosine, measures.smoothCosine, measures.residual,
            measures.scale,
          ].map { String(format: "%.5g", $0) })
    }
    return table
  }

  /// Every point of the first plane of each setting: its loss, and of each method the gradient and the surface.
  private var grid: String {
    var lines = [
      "setting,seed,x,y,loss,"
        + settings.methods.map { method in
          ["_gradient_x", "_gradient_y", "_surface"].map { method.rawValue + $0 }
            .joined(separator: ",")
        }.joined(separator: ",")
    ]
    for (run, surfaces) in zip(runs, surfaces) where run.job.seed == settings.seeds[0] {
      let (job, outcome) = (run.job, run.outcome)
      for point in outcome.loss.indices {
        var numbers = [
          job.place(point % job.points), job.place(point / job.points), outcome.loss[point],
        ]
        for method in surfaces.indices {
          numbers += [
            outcome.gradientsX[method][point], outcome.gradientsY[method][point],
            surfaces[method][point],
          ]
        }
        lines.append(
          "\(job.setting.rawValue),\(job.seed),"
            + numbers.map { String(format: "%.9g", $0) }.joined(separator: ","))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The true loss of the first plane, and the surfaces with its mean and its deviation.
  private func figure(_ setting: LandscapeSetting) -> HeatMap {
    var panels: [HeatMap.Panel] = []
    var (span, highest) = (1.0, 0.0)
    for (run, surfaces) in zip(runs, surfaces)
    where run.job.setting == setting && run.job.seed == settings.seeds[0] {
      let loss = run.outcome.loss
      let real = centred(loss)
      let mean = loss.reduce(0, +) / Double(loss.count)
      panels.append(HeatMap.Panel(title: "true loss", values: loss))
      (span, highest) = (run.job.span, loss.max() ?? 0)
      for (method, surface) in zip(run.job.methods, surfaces) {
        let deviation = dot(surface, surface).squareRoot()
        let scale = deviation > 0 ? dot(real, real).squareRoot() / deviation : 0
        panels.append(
          HeatMap.Panel(title: method.title, values: surface.map { mean + $0 * scale }))
      }
    }
    return HeatMap(
      panels: panels, xLabel: "first direction", yLabel: "second direction", range: -span...span,
      scale: ChartAxis("loss", range: 0...max(highest, .leastNormalMagnitude)))
  }
}
