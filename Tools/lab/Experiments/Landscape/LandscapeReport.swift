import Foundation
import ToolSupport

/// The experiment in Markdown.
struct LandscapeReport {
  let results: LandscapeResults

  private var settings: LandscapeSettings { results.settings }

  var text: String {
    ([introduction] + settings.settings.map(section) + [comparison]).joined(separator: "\n")
  }

  private var introduction: String {
    let (network, span) = (settings.network, settings.spans.map { Format.decimal($0, 2) })
    let sizes = network.sizes.map(String.init).joined(separator: "-")
    let inputs = settings.patterns
    return """
      # Loss landscapes and those of the gradients

      After figure 5 of ANTLR (Kim, Kim and Kim 2020): the true loss over a plane through the weights of a network of \(sizes)
      spiking neurons, and for each method the surface that its gradient belongs to. Where a gradient is right, its surface is the
      loss.

          \(results.command)

      - A plane goes from random weights along two random directions, both scaled to the weights of each neuron, up to
        \(span.joined(separator: " and ")) of them (\(settings.settings.map(\.rawValue).joined(separator: " and "))).
        Planes: \(settings.seeds.count) for each setting; grid: \(settings.points) x \(settings.points) points.
      - The loss is the half square of what is left between filtered spike trains, summed over \(network.steps) steps and the
        outputs, in the mean over \(inputs) random input\(inputs == 1 ? "" : "s"). Wanted are the spikes of the middle of the
        plane, where the loss is 0.
      - The neurons and the loss are those of [antlr-spike-train](../antlr-spike-train/README.md), without biases.
      - At each point the gradient of each method, along both directions; the surface is the one whose differences between
        neighbours fit it best in least squares (a Poisson equation, by conjugate gradients). Correlation: of this surface and of
        the loss. Cosine: between the gradient and the differences of the loss, on all edges of the grid; and with those of the
        loss after smoothing, for in discrete time the loss is a staircase. Residual: the share of the gradient's squares that
        belongs to no surface. Scale: the deviation of the surface, that of the loss being 1.

      """
  }

  private func section(_ setting: LandscapeSetting) -> String {
    let planes = results.planes.filter { $0.setting == setting }
    func sample(_ value: (LandscapeResults.Plane) -> Double) -> Sample { Sample(planes.map(value)) }
    var table = ResultTable([
      "method", "correlation", "cosine", "cosine, smoothed loss", "residual", "scale",
    ])
    for method in settings.methods {
      let measures = measures(setting, method)
      table.append(
        [method.title]
          + [
            measures.map(\.correlation), measures.map(\.cosine), measures.map(\.smoothCosine),
            measures.map(\.residual), measures.map(\.scale),
          ].map { number(Sample($0)) })
    }
    let control = planes.map(\.control.correlation).min() ?? 0
    return """
      ## \(capitalised(setting))

      \(what(setting)) \(Format.decimal(sample(\.spikes).mean, 1)) spikes a trial; \
      \(Sample(planes.map(\.singleSpikes)).percent) % of the
      neurons spike once in a trial; between \(Sample(planes.map(\.changedEdges)).percent) % of neighbouring points some
      neuron's number of spikes changes. The loss goes up to \(number(sample(\.highestLoss))).

      ![Landscapes](figure-\(setting.rawValue).svg)

      The first plane. All surfaces are drawn with the mean and the deviation of the loss, in the colours of its range.

      \(table.markdown)
      Means over the planes and their deviations. The differences of the loss itself in place of a gradient give it back with a
      correlation of at least \(Format.decimal(control, 6)). \(order(setting))

      """
  }

  private func what(_ setting: LandscapeSetting) -> String {
    switch setting {
    case .moving:
      "Every neuron may spike once in a trial, and its weights are mostly positive:"
    case .appearing: "Weights of both signs, and no limit to the spikes:"
    }
  }

  private func measures(_ setting: LandscapeSetting, _ method: SpikeTrainMethod)
    -> [LandscapeMeasures]
  {
    results.landscapes.filter { $0.setting == setting && $0.method == method }.map(\.measures)
  }

  private func correlation(_ setting: LandscapeSetting, _ method: SpikeTrainMethod) -> Double {
    Sample(measures(setting, method).map(\.correlation)).mean
  }

  private func order(_ setting: LandscapeSetting) -> String {
    let order = settings.methods.sorted { correlation(setting, $0) > correlation(setting, $1) }
    return "From the best to the worst correlation: "
      + order.map { "\($0.title) (\(Format.decimal(correlation(setting, $0), 2)))" }
      .joined(separator: "; ") + "."
  }

  private var comparison: String {
    var lines = [
      """
      ## Beside the paper

      Numbers of the paper's figure 5, its exact network, plane and target are not known to us, nor are they in the published
      program: only what the paper says of the methods can be compared.

      """
    ]
    for setting in settings.settings {
      let (claim, first, second) =
        switch setting {
        case .moving:
          (
            "activation gradients describe shifts of spikes badly, timing gradients well",
            SpikeTrainMethod.timing, SpikeTrainMethod.activation
          )
        case .appearing:
          (
            "timing gradients do not see that spikes appear and vanish, activation gradients do",
            .activation, .timing
          )
        }
      lines.append(
        "- \(capitalised(setting)): the paper says that \(claim). "
          + "\(verdict(setting, "The cosine with the smoothed loss", \.smoothCosine, first, second)) "
          + "\(verdict(setting, "The correlation of the surface", \.correlation, first, second)) "
          + "\(scales(setting))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func verdict(
    _ setting: LandscapeSetting, _ what: String,
    _ measure: KeyPath<LandscapeMeasures, Double>, _ first: SpikeTrainMethod,
    _ second: SpikeTrainMethod
  ) -> String {
    func sample(_ method: SpikeTrainMethod) -> Sample {
      Sample(measures(setting, method).map { $0[keyPath: measure] })
    }
    func mean(_ method: SpikeTrainMethod) -> Double { sample(method).mean }
    /// Whether planes differ more than the means of two methods do.
    func isUnclear(_ one: SpikeTrainMethod, _ other: SpikeTrainMethod) -> Bool {
      abs(mean(one) - mean(other)) < max(sample(one).deviation, sample(other).deviation)
    }
    func text(_ method: SpikeTrainMethod) -> String {
      "\(Format.decimal(mean(method), 2)) for \(method.title)"
    }
    let better = mean(first) > mean(second) ? first : second
    let parts = mean(better)
    return "\(what) is \(text(first)) and \(text(second)), "
      + (isUnclear(first, second)
        ? "not told apart" : better == first ? "as it says" : "unlike what it says")
      + "; \(text(.hybrid)), "
      + (isUnclear(.hybrid, better)
        ? "not told apart from the better of both."
        : mean(.hybrid) >= parts ? "above both." : "below the better of both.")
  }

  /// Directions may be right where steps are not.
  private func scales(_ setting: LandscapeSetting) -> String {
    let texts = settings.methods.map { method in
      let scale = Sample(measures(setting, method).map(\.scale)).mean
      return "\(method.title) \(String(format: "%.2g", scale))"
    }
    return "The surfaces' heights, that of the loss being 1: " + texts.joined(separator: ", ")
      + "; what is far below 1 does not see most of what the loss does, what is far above has a gradient too large."
  }

  private func capitalised(_ setting: LandscapeSetting) -> String {
    setting.title.prefix(1).uppercased() + setting.title.dropFirst()
  }

  private func number(_ sample: Sample) -> String {
    let text = String(format: "%.3g", sample.mean)
    return sample.values.count > 1 ? text + " +- " + String(format: "%.2g", sample.deviation) : text
  }
}
