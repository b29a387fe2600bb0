import Foundation
import Learning
import ToolSupport

extension ForwardBackwardReport {
  var memory: String {
    let crossings = plan.curveDepths.flatMap { depth in
      [false, true].compactMap { isInstantaneous -> String? in
        let rows = results.memory.filter {
          $0.depth == depth && ($0.credit == .instantaneous) == isInstantaneous
        }
        let first = rows.sorted { $0.steps < $1.steps }.first { $0.backward > $0.forward }
        let name = isInstantaneous ? "instantaneous" : "symmetric"
        return first.map {
          "- \(depth) hidden, \(name): BPTT keeps more from \($0.steps) steps on (of those counted)."
        } ?? "- \(depth) hidden, \(name): BPTT keeps less at all counted lengths."
      }
    }.joined(separator: "\n")
    return """
      ## What has to be kept

      ![Numbers kept](figure-memory.svg)

      Counted after one trial has been learned, in numbers, besides weights and optimiser. Forward: all that a stream leaves in the engine
      (what a checkpoint writes of it, rows filled up to 8 numbers): membranes, traces of each synapse, sums over a chunk of steps, lists. BPTT: what its walk
      back reads at least: a surrogate for each neuron and step, an error for each output and step, and the list of all spikes.
      Both also have the summed gradient, one number a weight, which the figure leaves out. Recordings begin anew where they are over.

      \(memorySummary.markdown)
      \(crossings)

      Forward numbers do not grow with the trial; e-prop's filtered traces are one number for each synapse (the engine has room for all inputs,
      also for those that never spike), so that short trials through many inputs are cheaper backwards. All counts are in `memory.csv`.

      """
  }

  private var memorySummary: ResultTable {
    var table = ResultTable([
      "hidden layers", "steps", "forward, symmetric", "forward, instantaneous", "BPTT",
      "summed gradient",
    ])
    for row in results.memory where row.credit == .symmetric {
      let other = results.memory.first {
        $0.depth == row.depth && $0.steps == row.steps && $0.credit == .instantaneous
      }
      table.append([
        "\(row.depth)", Format.count(row.steps), Format.count(row.forward - row.gradient),
        other.map { Format.count($0.forward - $0.gradient) } ?? "-",
        Format.count(row.backward - row.gradient), Format.count(row.gradient),
      ])
    }
    return table
  }

  var settings: String {
    let set =
      plan.set == .saccades
      ? "MNIST through the simulated sensor's three saccades (34 x 34 pixels, 2312 addresses, 300 ms)"
      : "digits of strokes through the simulated sensor's three saccades (2312 addresses, 300 ms)"
    return """
      ## Settings

      - Input: \(set), made on the fly; steps of 2 ms.
      - Hidden layers of \(plan.neurons) neurons each: LIF, 20 ms, threshold 1, reset by subtraction; a leaky readout of 60 ms with softmax
        cross-entropy in each step. `current`: also a synaptic current of 4 ms, in hidden layers and readout, for a spike's time then acts
        smoothly. Spiking readouts: 20 ms, threshold 1, softmax of spikes filtered with 20 ms, fast sigmoid as the surrogate (elsewhere piecewise
        linear, 0.3). Timing: slopes from 0.1. No regularisers, biases, or normalised thresholds.
      - Compared gradients are of trials that were never learned. The trials learned before are the first of the set, by Adam at 0.001.
      - Trials in which the full gradient of a part is zero have no direction and are left out; `results.csv` has the numbers of those that count.
      - Seeds: \(plan.seeds.map { "\($0)" }.joined(separator: ", ")). `config.json` has everything; the same command goes on with a stopped run.

      """
  }
}
