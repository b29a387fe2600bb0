/// Integrates the readout over a trial, or over the fading past.
struct ScoreKeeper {
  private var sum: [Float]
  private var weight: Float = 0
  private var lossSum: Float = 0
  private(set) var steps = 0
  private(set) var lossSteps = 0
  private(set) var inputSpikes = 0
  private(set) var hiddenSpikes = 0

  init(classes: Int) {
    sum = [Float](repeating: 0, count: classes)
  }

  /// Takes a step in; `decay` is 1 for a plain sum.
  mutating func add(
    _ state: NetworkState<Float>, inputSpikes: Int, loss: Float?, decay: Float
  ) {
    let potential = state.readout.membrane.scalars
    for index in sum.indices { sum[index] = sum[index] * decay + potential[index] }
    weight = weight * decay + 1
    steps += 1
    self.inputSpikes += inputSpikes
    hiddenSpikes += state.hiddenSpikeCount
    if let loss {
      lossSum += loss
      lossSteps += 1
    }
  }

  /// The class of the highest sum, the lowest one of several.
  var best: Int {
    var best = 0
    for index in sum.indices where sum[index] > sum[best] { best = index }
    return best
  }

  var mean: [Float] { weight > 0 ? sum.map { $0 / weight } : sum }
  var meanLoss: Float? { lossSteps > 0 ? lossSum / Float(lossSteps) : nil }

  mutating func clear() {
    for index in sum.indices { sum[index] = 0 }
    (weight, lossSum, steps, lossSteps, inputSpikes, hiddenSpikes) = (0, 0, 0, 0, 0, 0)
  }
}
