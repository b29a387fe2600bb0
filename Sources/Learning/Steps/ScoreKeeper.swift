/// Makes scores of the outputs over a trial, or over the fading past.
///
/// | decision | score of output k | outside trials |
/// | --- | --- | --- |
/// | integrated | mean potential of the steps | earlier steps fade |
/// | most_spikes | number of spikes | earlier spikes fade |
/// | earliest_spike | 1 / (1 + steps before its first spike), 0 without one | since the score was last cleared |
/// | peak_membrane | largest potential | the largest one sinks towards the present one |
/// | last | potential at the last step | the same |
///
/// One or two operations a class and step.
public struct ScoreKeeper: Sendable {
  /// How scores come from the outputs.
  public let decision: LearnerConfiguration.Decision
  /// By decision the sum of potentials, the count, the score of the first spike, the peak, or the latest potential.
  private var values: [Float]
  private var weight: Float = 0
  private var lossSum: Float = 0
  /// Steps since the score was last cleared.
  public private(set) var steps = 0
  /// Those of them that had a loss.
  public private(set) var lossSteps = 0
  /// Addresses that spiked in these steps.
  public private(set) var inputSpikes = 0
  /// Spikes of all hidden layers in these steps.
  public private(set) var hiddenSpikes = 0

  /// - Parameter classes: at least 1.
  public init(decision: LearnerConfiguration.Decision, classes: Int) {
    precondition(classes > 0, "scores of \(classes) classes")
    self.decision = decision
    values = [Float](repeating: 0, count: classes)
  }

  /// Takes a step in.
  ///
  /// - Parameters:
  ///   - potential: membranes of the readout.
  ///   - outputSpikes: outputs that spiked, none for leaky readouts.
  ///   - inputSpikes: number of addresses that spiked.
  ///   - hiddenSpikes: number of hidden spikes, of all layers.
  ///   - loss: the loss of the step if it has one.
  ///   - decay: what is left of the past; 1 within a trial.
  public mutating func add(
    potential: LaneVector<Float>, outputSpikes: [Int32], inputSpikes: Int, hiddenSpikes: Int,
    loss: Float?, decay: Float
  ) {
    precondition(potential.count == values.count, "\(potential.count) potentials")
    take(potential.scalars, outputSpikes, decay)
    weight = weight * decay + 1
    steps += 1
    self.inputSpikes += inputSpikes
    self.hiddenSpikes += hiddenSpikes
    if let loss {
      lossSum += loss
      lossSteps += 1
    }
  }

  @inline(__always)
  private mutating func take(
    _ potential: UnsafeMutablePointer<Float>, _ outputSpikes: [Int32], _ decay: Float
  ) {
    switch decision {
    case .integrated:
      for index in values.indices { values[index] = values[index] * decay + potential[index] }
    case .mostSpikes:
      if decay != 1 {
        for index in values.indices { values[index] *= decay }
      }
      for index in outputSpikes { values[Int(index)] += 1 }
    case .earliestSpike:
      for index in outputSpikes where values[Int(index)] == 0 {
        values[Int(index)] = 1 / Float(1 + steps)
      }
    case .peakMembrane:
      for index in values.indices {
        let (peak, present) = (values[index], potential[index])
        if steps == 0 || present >= peak {
          values[index] = present
        } else if decay != 1 {
          values[index] = present + (peak - present) * decay
        }
      }
    case .last:
      for index in values.indices { values[index] = potential[index] }
    }
  }

  /// The class of the highest score, the lowest one of several.
  public var best: Int {
    var best = 0
    for index in values.indices where values[index] > values[best] { best = index }
    return best
  }

  /// The score of every class; zeros before the first step.
  public var scores: [Float] {
    decision == .integrated && weight > 0 ? values.map { $0 / weight } : values
  }

  /// Mean loss of the steps that had one.
  public var meanLoss: Float? { lossSteps > 0 ? lossSum / Float(lossSteps) : nil }

  /// Begins anew, as for a new trial.
  public mutating func clear() {
    for index in values.indices { values[index] = 0 }
    (weight, lossSum, steps, lossSteps, inputSpikes, hiddenSpikes) = (0, 0, 0, 0, 0, 0)
  }

  /// Everything it holds, for a checkpoint.
  public var contents: Contents {
    Contents(
      values: values.map(\.bitPattern), weight: weight.bitPattern, lossSum: lossSum.bitPattern,
      steps: steps, lossSteps: lossSteps, inputSpikes: inputSpikes, hiddenSpikes: hiddenSpikes)
  }

  /// Goes on from what ``contents`` gave.
  ///
  /// - Throws: ``ConfigurationError`` for contents that cannot be of this configuration; nothing has changed then.
  public mutating func restore(_ contents: Contents) throws(ConfigurationError) {
    guard contents.values.count == values.count else {
      throw ConfigurationError(
        "the checkpoint has scores of \(contents.values.count) classes, the configuration has "
          + "\(values.count)")
    }
    let numbers = [
      contents.steps, contents.lossSteps, contents.inputSpikes, contents.hiddenSpikes,
    ]
    guard numbers.allSatisfy({ (0...(1 << 60)).contains($0) }), contents.lossSteps <= contents.steps
    else {
      throw ConfigurationError("the checkpoint's score has impossible counts: \(numbers)")
    }
    values = contents.values.map(Float.init(bitPattern:))
    weight = Float(bitPattern: contents.weight)
    lossSum = Float(bitPattern: contents.lossSum)
    (steps, lossSteps) = (contents.steps, contents.lossSteps)
    (inputSpikes, hiddenSpikes) = (contents.inputSpikes, contents.hiddenSpikes)
  }
}
