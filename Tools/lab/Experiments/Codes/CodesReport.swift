import Learning
import ToolSupport

/// The report of the experiment, in Markdown.
struct CodesReport {
  let results: CodesResults

  var text: String {
    guard let job = results.runs.first?.job else { return "" }
    return """
      # Codes of the input and objectives of the output

      After the tables of codes and objectives of the tutorial paper of snnTorch (Eshraghian et al. 2021): \
      pictures (\(results.pictures)) become spikes in \(job.steps) steps of a millisecond by one of three codes, and a network of \
      1568-\(job.hidden)-10 (28x28 pixels, ON and OFF) learns \(job.trials) of them by one of six objectives: one at a time, each \
      once, by the engine's forward gradient with an update by Adam after each trial. Seeds: \
      \(seeds). Tested on \(job.tests) others.

          \(results.command)

      ![Accuracy of each combination](figure.svg)

      ## Accuracy

      In %, \(results.runs.contains { $0.job.seed != job.seed } ? "means over seeds and their deviation" : "one seed").

      \(results.matrix.markdown)
      \(sentences.map { "- \($0)" }.joined(separator: "\n"))

      ## Speed and spikes

      "Trials to 90 %": after how many trials 90 % of the last \(job.window) were right before they were learned, if all seeds \
      came to it. CPU: seconds of one core spent on learning, without encoding and predicting. Spikes: a trial of the test.

      \(results.summary.markdown)
      ![Progress](figure-progress.svg)

      Each point is the share of \(job.block) trials that were right before they were learned, the mean over seeds.

      ## The codes

      \(codeTable.markdown)
      The delta code of snnTorch compares neighbouring values of a sequence. A picture has no sequence, so here it moves as under \
      an event camera's saccade, and each pixel compares with a reference that follows by one threshold a spike, as event \
      cameras do: with a speed of one threshold a step no change is lost, and the brightness can be told from the spikes to \
      within one threshold. Rows shown one after the other would be another sequence; pixels would then be columns, and \
      the network would have to hold the upper rows in its 28 inputs' memory, which is another task.

      ## The objectives

      \(objectiveTable.markdown)
      Outputs are right if the right one had the most spikes, the largest mean membrane, or the earliest spike, as the \
      objective is of counts, membranes or times. Objectives of first spikes have neurons with a synaptic current of \
      \(Format.decimal(Double(job.steps) / 7, 1)) ms that clear membrane and current: without currents a membrane jumps across its \
      threshold, and the slope that the timing gradient divides by says little. The others have none, and subtract the \
      threshold. Objectives of first spikes are known at the end of a trial, which is then run again from its events; \
      the others are known step by step.

      ## Settings

      - Membranes of \(Format.decimal(Double(job.steps) / 2, 0)) ms, fast sigmoid surrogate (height 0.3, width 1), a learning rate \
      that falls in a straight line to 5 %.
      - Input weights: their gain is bisected for each code until untrained hidden neurons spike \
      \(Format.decimal(job.spikesAtFirst, 0)) time a trial on 50 held-out pictures, for a code of few spikes needs larger \
      weights than one of many.
      - Learning rate: for each combination and seed the best of a grid 0.001, 0.003, 0.01 ..., which grows until it has an \
      equal or worse neighbour on each side or ends at 1e-5 or 10, by the accuracy on \(job.heldOut) held-out \
      training pictures after \(job.searchTrials) trials. All combinations have this one number \
      searched, and no other; the neurons of the first-spike objectives and a unit of their latencies were chosen by hand on held-out pictures, too. No test picture was used for a choice.
      - Rates are chosen after \(job.searchTrials) trials and used for \(job.trials), so they may be a little large.

      ## Beside the paper

      The paper gives no accuracies for these combinations that we could find; its tables compare codes and objectives in words. \
      snnTorch's tutorial 5 reports 93.87 % on MNIST for 784-1000-10, one pass over 60000 pictures in batches of 128, 25 steps, \
      brightness as a constant current, cross-entropy of the membranes summed over steps. Here there are \(job.hidden) hidden \
      neurons, \(job.trials) pictures, single trials, and spikes as input; the nearest combinations are those with the membrane \
      cross-entropy. The times are ours: the paper has none.

      """
  }

  private var seeds: String {
    Set(results.runs.map(\.job.seed)).sorted().map(String.init).joined(separator: ", ")
  }

  /// What the numbers say.
  private var sentences: [String] {
    let cells = results.cells
    guard let best = cells.max(by: { $0.accuracy.mean < $1.accuracy.mean }),
      let worst = cells.min(by: { $0.accuracy.mean < $1.accuracy.mean }),
      let fewest = cells.filter({ $0.accuracy.mean >= best.accuracy.mean - 0.02 })
        .min(by: { $0.hiddenSpikes < $1.hiddenSpikes })
    else { return [] }
    func mean(_ cells: [CodesResults.Cell]) -> String {
      Format.decimal(Sample(cells.map(\.accuracy.mean)).mean * 100, 1)
    }
    var lines = [
      "Highest: \(best.name), \(best.accuracy.percent) %; lowest: \(worst.name), \(worst.accuracy.percent) %.",
      "By code, the mean over objectives: "
        + results.codes.map { code in "\(code.rawValue) \(mean(cells.filter { $0.code == code })) %"
        }
        .joined(separator: ", ") + ".",
      "By objective, the mean over codes: "
        + results.objectives.map { objective in
          "\(objective.title) \(mean(cells.filter { $0.objective == objective })) %"
        }.joined(separator: ", ") + ".",
      "Fewest hidden spikes within 2 points of the highest: \(fewest.name), \(Format.decimal(fewest.hiddenSpikes, 0)) a trial.",
    ]
    let reached = cells.filter { $0.trialsTo90 != nil }
    if let first = reached.min(by: { ($0.trialsTo90 ?? 0) < ($1.trialsTo90 ?? 0) }),
      let trials = first.trialsTo90
    {
      lines.append(
        "\(reached.count) of \(cells.count) combinations came to 90 % while they learned, first "
          + "\(first.name), after \(Format.decimal(trials, 0)) trials.")
    } else {
      lines.append("No combination came to 90 % while it learned.")
    }
    return lines
  }

  private var codeTable: ResultTable {
    var table = ResultTable(["code", "spikes"])
    for code in results.codes { table.append([code.rawValue, code.about]) }
    return table
  }

  private var objectiveTable: ResultTable {
    var table = ResultTable(["objective", "`loss.kind`", "target, other", "in snnTorch", "here"])
    guard let job = results.runs.first?.job else { return table }
    for objective in results.objectives {
      let loss = objective.configuration(steps: job.steps, hidden: 1, trials: 1).loss
      let hasTargets = loss.kind != .softmaxCrossEntropy && loss.kind != .latency
      table.append([
        objective.title, "`\(loss.kind.rawValue)`",
        hasTargets ? "\(Format.decimal(loss.target, 0)), \(Format.decimal(loss.other, 0))" : "-",
        "`\(objective.peer.name)`", objective.peer.difference,
      ])
    }
    return table
  }
}
