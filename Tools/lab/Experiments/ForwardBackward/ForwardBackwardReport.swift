import Foundation
import Learning
import ToolSupport

/// The files of the report.
struct ForwardBackwardReport {
  let results: ForwardBackwardResults
  /// What repeats the experiment.
  let command: String

  var plan: ForwardBackwardPlan { results.plan }

  func write(to folder: ExperimentFolder) throws {
    try folder.write(Summary(results), toJSON: "results.json")
    try folder.write(results.cosineTable.csv, to: "results.csv")
    try folder.write(results.curvePoints.csv, to: "curves.csv")
    try folder.write(results.memoryTable.csv, to: "memory.csv")
    var figures = [
      ("depth", results.depthFigure), ("layers", results.layerFigure),
      ("readout", results.readoutFigure),
    ]
    if !plan.curveDepths.isEmpty {
      figures += [
        ("length", results.lengthFigure), ("curves", results.curveFigure),
        ("memory", results.memoryFigure),
      ]
    }
    for (name, figure) in figures {
      try folder.write(figure.svg, to: "figure-\(name).svg")
    }
    try folder.write(text, to: "README.md")
  }

  /// What the tables show, for programs.
  private struct Summary: Encodable {
    var exactError: Double
    var exactRatioError: Double
    var engineError: Double
    var hidden: [ForwardBackwardResults.Row]
    var curves: [ForwardBackwardResults.Curve]
    var memory: [MemoryRow]

    init(_ results: ForwardBackwardResults) {
      exactError = results.exactError
      exactRatioError = results.exactRatioError
      engineError = results.engineError
      hidden = ForwardBackwardResults.rows(results.allCosines).filter { $0.part == "hidden" }
      curves = results.curveRows
      memory = results.memory
    }

    private enum CodingKeys: String, CodingKey {
      case exactError = "largest_distance_from_1_where_exact"
      case exactRatioError = "largest_distance_of_norm_ratio_from_1_where_exact"
      case engineError = "largest_relative_difference_of_engine_and_reference"
      case hidden, curves, memory
    }
  }

  private var text: String {
    // Without depths for them there are no lengths and no curves.
    let ofCurves = plan.curveDepths.isEmpty ? [] : [length, curves, memory]
    return ([introduction, depth, terms] + ofCurves + [ForwardBackwardPublished.text, settings])
      .joined(separator: "\n")
  }

  private func scientific(_ value: Double) -> String { String(format: "%.1e", value) }

  private var introduction: String {
    """
    # Forward in time against backpropagation through time

    What the engine's forward-in-time rules sum over a trial, beside the gradient of backpropagation through time (BPTT) of the
    same loss, network and trial; how both learn; and what they have to keep.

        \(command)

    - Full gradient: the reverse-time reference in double precision (`Sources/Reference`, terms `full`): everything but the derivative of
      resets, for the global loss, whatever the rule's credit.
    - Forward: the terms that the engine sums, listed on the page OneStep of Learning, computed by the reference too. In each run the
      engine itself sums one trial in double precision: its gradient differs by at most \(scientific(results.engineError)) (norm of
      the difference over the norm, the worst connection of all \(results.allCosines.count) runs).
    - A cosine is that of one trial's gradients, as they act at batch 1. Pairs `a / b` are at the initial weights and after
      \(plan.learned) trials learned by the rule itself.

    """
  }

  /// How near the forward rule comes where it drops nothing.
  private var exactness: String {
    let exact = results.allCosines.filter(\.job.gradient.isExact).count
    let claim =
      "With one hidden layer, no recurrence, a leaky readout and symmetric credit nothing is dropped"
    return exact == 0
      ? claim + "; there is no such run here."
      : claim + ": the largest distance of any cosine from 1 in \(exact) such runs is "
        + "\(scientific(results.exactError)), and of the ratio of norms \(scientific(results.exactRatioError))."
  }

  private var depth: String {
    var text = """
      ## By depth

      ![Cosine by depth](figure-depth.svg)

      The first hidden layer, which is furthest from the errors: mean cosine over \(plan.compared) unseen trials and \(plan.seeds.count) seeds; bands are quartiles.

      \(results.byDepth(results.rules).markdown)
      \(exactness) `instantaneous` leaves out the past of the readout, which the filter of symmetric credit (e-prop's kappa) carries.

      Its norm in the forward gradient over that in the full one, medians (Adam takes it out of each weight, plain descent does not):

      \(results.byDepth(results.rules, isRatio: true).markdown)
      ![Cosine by layer](figure-layers.svg)

      Activation and a leaky readout, layer by layer from the input on (layer 1):

      \(results.byLayer.markdown)
      All hidden layers as one vector, in which a layer weighs by its norm:

      \(results.byDepth(results.rules.filter { $0.job.gradient.readout == .leaky && $0.job.gradient.path == .activation }, part: "hidden").markdown)
      """
    if !results.real.isEmpty {
      text += """

        The same network on recordings of a real sensor (N-MNIST, as far as it is there):

        \(results.byDepth(results.real).markdown)
        """
    }
    return text
  }

  private var terms: String {
    """
    ## Which terms are dropped

    For layers below the top one the forward rule keeps what a layer's spikes do through the membrane directly above, and
    of everything further up only the present step. So with d hidden layers the error of layer l misses the memory of layers l + 2
    to d and of the readout; the top layer under a leaky readout misses nothing. With `reset: zero` the kernel of the layer above is
    also not cut where that layer spikes. This can be told apart: a readout without memory (0 ms) makes two layers exact with
    `reset: subtract`, for then nothing is left to drop, and three or more are not, for a hidden layer is in between.

    ![Cosine by the readout's memory](figure-readout.svg)

    Symmetric credit at the initial weights, first hidden layer:

    \(results.byReadout.markdown)
    """
  }

  private var length: String {
    """
    ## By the length of the trial

    ![Cosine by length](figure-length.svg)

    The first hidden layer after \(plan.learned) learned trials of that length; activation, a leaky readout. Left: steps of 2 ms, recordings cut after so many steps, or begun anew where their
    \(ForwardBackwardPlan.recordingMilliseconds) ms are over. Right: whole recordings in so many steps, time constants in milliseconds as ever.

    \(results.byLength.markdown)
    """
  }

  private var curves: String {
    """
    ## Training curves

    ![Training curves](figure-curves.svg)

    Symmetric credit, activation, leaky readout; \(plan.curveLearned) trials once, batch 1, Adam at each trial's end, a rate that falls in a straight
    line to 5 %; the same initial weights, order and decisions (largest mean potential) for all. \(plan.curveTested) unseen trials are
    tested; means and deviations over \(plan.seeds.count) seeds. The engine's Adam leaves rows alone whose input has not spiked in the trial; BPTT,
    by the reference's fast form, moves all rows, and so the forward rule is also learned that way: these two differ by the
    gradient, and by the rate where another one was chosen.

    \(results.curveTable.markdown)
    \(gaps)

    The engine against the reference along the same forward terms, seed \(plan.seeds[0]): \(coincidence).

    Learning rates were chosen for each depth and gradient by accuracy on \(plan.choiceTested) held-out trials of the training part after
    \(plan.choiceLearned) others, from seed \(plan.seeds[0]); no test trial was looked at:

    \(results.rateTable.markdown)
    """
  }

  private var coincidence: String {
    plan.curveDepths.compactMap { depth -> String? in
      let runs = results.coincidences.filter { $0.job.gradient.depth == depth }
      guard let first = runs.first, let last = runs.last else { return nil }
      let same = first.outcome.progressive == last.outcome.progressive
      return
        "\(depth) hidden, \(first.job.learned) trials, \(same ? "the same" : "not quite the same") curve, then "
        + "\(Format.percent(first.outcome.accuracy)) and \(Format.percent(last.outcome.accuracy)) of \(first.job.tested) unseen trials"
    }.joined(separator: "; ")
  }

  /// What the forward rule loses, in numbers.
  private var gaps: String {
    plan.curveDepths.compactMap { depth -> String? in
      func row(_ method: CurveJob.Method) -> ForwardBackwardResults.Curve? {
        results.curveRows.first { $0.depth == depth && $0.method == method }
      }
      guard let engine = row(.forward), let backward = row(.backward) else { return nil }
      let differences = zip(backward.accuracies, engine.accuracies).map(-)
      let share = Sample(differences)
      return
        "- \(depth) hidden layer\(depth == 1 ? "" : "s"): BPTT less forward rule, both with Adam on all rows: \(share.percent) points on unseen trials."
    }.joined(separator: "\n")
  }
}
