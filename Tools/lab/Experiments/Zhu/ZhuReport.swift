import Foundation
import ToolSupport

/// The report of the experiment, in Markdown.
struct ZhuReport {
  let results: ZhuResults

  var text: String {
    guard let job = results.runs.first?.job else { return "" }
    let settings = job.settings
    return """
      # Losses of counts for learning by spike times

      After Zhu, Fang, Xie, Huang and Yu 2023 (NeurIPS), figure 3: the counting loss against the enhanced counting loss, and \
      weight against threshold normalisation, with what the derivatives by the times of output spikes add up to. Fully \
      connected nets of \(job.hidden) hidden neurons; trials to learn from: \(results.sets.joined(separator: ", ")). Seeds: \(seeds).

          \(results.command)

      \(results.setNames.map { "![\($0)](figure-\($0).svg)" }.joined(separator: "\n\n"))

      \(results.summary.markdown)
      \(results.setNames.flatMap(sentences).map { "- \($0)" }.joined(separator: "\n"))

      ## What is measured

      A network learns by the times of its spikes alone: counts of spikes do not change when spikes move, so a derivative by \
      the time of a spike stands for what the count should do. dL/dt above 0 means that a spike should come earlier, which \
      makes room for more of them. The paper holds that a loss helps if these derivatives add up to enough above 0. The \
      published program sums dL/dt, and its magnitudes, over the output spikes of an epoch; so does this. "sum": of the \
      output spikes of a trial, the mean over the trials of an epoch, before each batch's update; "positive part": the \
      positive ones among the magnitudes, (sum + magnitudes) / (2 magnitudes); "positive spikes": the share of output spikes with \
      a positive derivative among those whose derivative is not 0; "sum, hidden": dL/dt of the hidden spikes; "sum by weights": \
      of dL/dw of the standardised weights of the hidden layer; "threshold": over the gain, the mean of neurons, which is what \
      both normalisations learn. Inserted spikes (below) count as output spikes.

      \(results.setNames.map { "### \($0)\n\n\(results.sums(of: $0).markdown)" }.joined(separator: "\n"))
      ## The losses

      As in the published program, n limited to n* from above for the class and from below for the others, d = (n - n*) / T, \
      n* = \(Format.decimal(settings.target, 0)) and \(Format.decimal(settings.other, 0)), T = \(settings.steps):

      | loss | dL/dt of each spike of an output |
      | --- | --- |
      | counting | -m d |
      | enhanced counting | -m d / n |

      m = max(R / 10, 1) for the class and 1 for the others, R the others' spikes over the class's in the batch. So the counting \
      loss gives an output that spikes often n times what it gives one that spikes once, and a class of few spikes is \
      drowned by others of many; divided by n, an output's spikes together have -m d whatever their number. The engine's \
      `enhanced_count` is this loss with a running R; its `spike_count` has no derivative by time and teaches through a \
      surrogate, which is why this experiment has a small network of its own.

      ## Normalisations

      Weights are w = g (v - mean) / deviation + o, each neuron's over its inputs. "weights": v, g and o are learned. \
      "thresholds": after each update theta and o are divided by g, which becomes 1; the neuron spikes in the same steps \
      (checked: \(results.check.moved) of \(settings.steps) steps differ). The two differ in what follows: in the first, large \
      gains make steep membranes, whose spikes have small derivatives, and the optimiser's steps are large beside small gains.

      ## Checks

      Largest differences relative to the largest number: derivatives of standardised weights from central differences \
      \(number(results.check.normalisation)), derivatives by weights and by times from sums that are written as the equations \
      are \(number(results.check.weights)) and \(number(results.check.times)), what a spike passes down from what it had \
      \(number(results.check.passedDown)).

      ## Settings

      Neurons, losses and rule are those of the published program on N-MNIST: \(settings.steps) steps, tau_m \
      \(Format.decimal(settings.tauMembrane, 0)), tau_s \(Format.decimal(settings.tauSynapse, 0)), tau_grad \
      \(Format.decimal(settings.tauGradient, 0)) steps, 1/slope limited to \
      \(Format.decimal(settings.largestInverseSlope, 0)) for weights, thresholds bisected on 50 trials until neurons spike \
      \(Format.decimal(settings.spikesAtFirst, 0)) times a trial, one spike inserted for the output of the class in the last step \
      in which its membrane rises, AdamW and half a cosine. Not as there:

      - Fully connected, 2312-\(job.hidden)-10 without biases, instead of convolutions; batches of \(settings.batch) instead of 50; \
      \(epochs) epochs instead of 120.
      - Steps of equal time with each address at most once, instead of equal numbers of events with counts.
      - The learning rate of each combination is the best of \(rates) on a held-out seventh of the training trials after \
      \(job.searchEpochs) or fewer epochs; then all training trials are learned. 0.0005 is the published one. The test trials \
      choose nothing, and the accuracy is that after the last epoch; the published program reports the best epoch.
      - Weights decay by \(settings.weightDecay), where the published configuration has 0.0005. That program also multiplies what \
      goes down by 0.9 with learned gains, and seeks thresholds for 1.3 times the wanted spikes; both are left out.
      - Gains are limited to 1/2 to 2 an update, where the published program ends when one falls below 0. Weights v are not \
      limited to 4, which none comes near.

      ## Beside the paper

      We could read the paper's abstract and its program, not its figures: the program's counters are what is measured here, and \
      the curves of figure 3 and the accuracies of its tables are not known to us, so none stand beside ours. Its networks are \
      convolutional, on all 60000 recordings, so accuracies could not be compared anyway.

      """
  }

  private var seeds: String {
    Set(results.runs.map(\.job.seed)).sorted().map(String.init).joined(separator: ", ")
  }

  private var epochs: String {
    Set(results.runs.map(\.job.epochs)).sorted().map(String.init).joined(separator: " or ")
  }

  private var rates: String {
    (results.runs.first?.job.rates ?? []).map { "\($0)" }.joined(separator: ", ")
  }

  private func number(_ value: Double) -> String { String(format: "%.0e", value) }

  /// What the numbers of a set say.
  private func sentences(_ set: String) -> [String] {
    let cells = results.cells(of: set)
    func mean(_ value: (ZhuResults.Cell) -> Double, _ isIn: (ZhuResults.Cell) -> Bool) -> Double {
      Sample(cells.filter(isIn).map(value)).mean
    }
    func points(_ difference: Double) -> String {
      String(format: "%+.1f points", difference * 100)
    }
    func difference(_ value: (ZhuResults.Cell) -> Double) -> (loss: Double, norm: Double) {
      (
        mean(value) { $0.loss == .enhancedCount } - mean(value) { $0.loss == .count },
        mean(value) { $0.normalisation == .thresholds }
          - mean(value) { $0.normalisation == .weights }
      )
    }
    let tested = cells.first?.runs.first?.outcome.tested ?? 0
    let accuracy = difference { $0.accuracy.mean }
    let usual = mean({ $0.accuracy.mean }) { _ in true }
    let error = Sample.standardError(of: usual, trials: tested)
    let learned = difference { $0.curve(\.accuracy).last ?? 0 }
    let part = difference { Sample($0.curve(\.sums.shareOfMagnitude)).mean }
    var lines = [
      "\(set), accuracy of the enhanced loss less that of the counting loss: \(points(accuracy.loss)) on the test, "
        + "\(points(learned.loss)) in the last epoch before learning; of threshold less weight normalisation: "
        + "\(points(accuracy.norm)) and \(points(learned.norm)). The standard error of one accuracy near "
        + "\(Format.decimal(usual * 100, 0)) % on \(tested) trials is about \(Format.decimal(error * 100, 1)) points.",
      "\(set), positive part of the derivatives over all epochs, enhanced less counting: \(points(part.loss)).",
    ]
    let negative = cells.map { cell in
      "\(cell.name) in \(cell.curve(\.sum).count { $0 < 0 }) of \(cell.epochs)"
    }
    lines.append("\(set), epochs whose sum is below 0: " + negative.joined(separator: "; ") + ".")
    return lines
  }
}
