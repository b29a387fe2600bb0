import Learning

extension ReferenceNetwork {
  /// What the regularisers add to the learning signals of hidden layer `index` in each step, and the rates after the
  /// trial. With r the running rate in spikes a step, which takes a step's spikes in before it is used:
  ///
  ///     r_j <- rho r_j + (1 - rho) S_j[t]
  ///     l_j += strength (r_j - target) + ceiling max(0, mean r - ceiling_rate) - floor max(0, floor_rate - r_j)
  func rateErrors(
    _ index: Int, _ trial: ReferenceTrial, _ target: ReferenceTarget
  ) -> (errors: [[Double]], rates: [Double]) {
    let regulariser = configuration.regulariser
    let rho = configuration.decay(regulariser.tau)
    let wanted = configuration.spikesAStep(regulariser.targetRate)
    let ceiling = configuration.spikesAStep(regulariser.ceilingRate)
    let floor = configuration.spikesAStep(regulariser.floorRate)
    let isNeeded =
      regulariser.strength != 0 || regulariser.ceiling != 0 || regulariser.floor != 0
    let zeros = [Double](repeating: 0, count: layers[index].neurons)
    var rates = self.rates[index]
    var errors: [[Double]] = []
    for (t, spikes) in trial.layers[index].spikes.enumerated() {
      guard target.isLearned(t) else {
        errors.append(zeros)
        continue
      }
      for j in rates.indices { rates[j] = rho * rates[j] + (1 - rho) * spikes[j] }
      guard isNeeded else {
        errors.append(zeros)
        continue
      }
      let mean = rates.reduce(0, +) / Double(rates.count)
      let tooMuch = regulariser.ceiling * max(0, mean - ceiling)
      errors.append(
        rates.map { r in
          regulariser.strength * (r - wanted) + tooMuch - regulariser.floor * max(0, floor - r)
        })
    }
    return (errors, rates)
  }
}
