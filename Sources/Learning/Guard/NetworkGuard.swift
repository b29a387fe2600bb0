extension Network {
  /// What the guard multiplies the learning rate by.
  var guardFactor: Double { collapseGuard?.rateFactor ?? 1 }

  /// Whether the update along `gradients` is to be made.
  func admits(_ gradients: [GradientSums<Scalar>]) -> Bool {
    guard let collapseGuard else { return true }
    let settings = collapseGuard.settings
    let norm = GradientClipping.norm(of: gradients)
    guard norm.isFinite else {
      rollBack(.gradientNotFinite, value: norm, limit: Double(Scalar.greatestFiniteMagnitude))
      return false
    }
    let recent = collapseGuard.gradients
    let limit = settings.gradientLimit * recent.largest
    let isTooLarge =
      settings.gradientLimit > 0 && recent.count >= CollapseGuard<Scalar>.leastGradients
      && norm > limit
    guard isTooLarge else {
      collapseGuard.refusals = 0
      collapseGuard.gradients.count = min(recent.count + 1, 1 << 30)
      collapseGuard.gradients.largest = max(
        norm, recent.largest * CollapseGuard<Scalar>.fading)
      return true
    }
    // The weights may be what is wrong.
    guard look() else { return false }
    if collapseGuard.refusals >= settings.patience {
      collapseGuard.refusals = 0
      collapseGuard.gradients.largest = norm
      note(.accepted, value: norm, limit: limit, rolledBack: false)
      return true
    }
    if collapseGuard.refusals == 0 { collapseGuard.halveRate() }
    collapseGuard.refusals += 1
    note(.gradientTooLarge, value: norm, limit: limit, rolledBack: false)
    return false
  }

  /// Looks at weights and rates after an update, or after a trial of many.
  func lookAfterUpdate() {
    guard let collapseGuard else { return }
    collapseGuard.sinceLook += 1
    guard collapseGuard.sinceLook >= collapseGuard.settings.checkEvery else { return }
    collapseGuard.sinceLook = 0
    guard look() else { return }
    collapseGuard.rateFactor = min(1, collapseGuard.rateFactor * collapseGuard.growth)
    collapseGuard.goodLooks += 1
    let every = collapseGuard.settings.copyEvery
    // While rates are on the move a collapse may be under way; if it is none, they come to rest or the time is up.
    let mayCopy = collapseGuard.goodLooks >= every && hasSteadyRates
    if mayCopy || collapseGuard.goodLooks >= 2 * every { collapseGuard.keep(self) }
  }

  /// Whether the mean rate of each layer is between half and twice what it was at the last copy.
  private var hasSteadyRates: Bool {
    guard let copy = collapseGuard?.copy else { return true }
    let copied = zip(persistentTensors, copy.tensors).filter { $0.0.name.hasSuffix(".rate") }
    return zip(regularisers, copied).allSatisfy { regulariser, rates in
      let before = rates.1.reduce(0, +) / Scalar(max(rates.1.count, 1))
      return regulariser.mean >= before / 2 && regulariser.mean <= before * 2
    }
  }

  /// Whether weights and rates are as they should be; rolls them back where they are not.
  private func look() -> Bool {
    guard let collapseGuard else { return true }
    let settings = collapseGuard.settings
    let norm = weightNorm()
    guard norm.isFinite else {
      rollBack(.weightsNotFinite, value: norm, limit: Double(Scalar.greatestFiniteMagnitude))
      return false
    }
    let limit = settings.weightLimit * collapseGuard.copy.norm
    guard settings.weightLimit == 0 || norm <= limit else {
      rollBack(.weightsTooLarge, value: norm, limit: limit)
      return false
    }
    for regulariser in regularisers {
      let rate = Double(regulariser.mean) * 1000 / configuration.milliseconds
      if rate < settings.lowestRate {
        rollBack(.silent, value: rate, limit: settings.lowestRate)
        return false
      }
      if settings.highestRate > 0, rate > settings.highestRate {
        rollBack(.saturated, value: rate, limit: settings.highestRate)
        return false
      }
    }
    return true
  }

  private func note(
    _ reason: GuardIncident.Reason, value: Double, limit: Double, rolledBack: Bool
  ) {
    collapseGuard?.note(
      GuardIncident(
        reason: reason, value: value, limit: limit, learnedTrials: learnedTrials,
        rateFactor: guardFactor, rolledBack: rolledBack))
  }

  /// The Euclidean norm of all weights as they are now.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func weightNorm() -> Double {
    var sum = 0.0
    for connection in connections {
      let (rows, lanes) = (connection.stored.rows, connection.stored.lanes)
      withUnsafeTemporaryAllocation(of: SIMD8<Scalar>.self, capacity: lanes) { row in
        guard let start = row.baseAddress else { return }
        for index in 0..<rows {
          connection.read(Int32(index), into: start)
          var squares = SIMD8<Scalar>.zero
          for lane in 0..<lanes { squares += start[lane] * start[lane] }
          sum += Double(Kernels.total(squares))
        }
      }
    }
    return sum.squareRoot()
  }

  /// A copy of everything that learning moves.
  func goodCopy(gradients: CollapseGuard<Scalar>.RecentGradients) -> CollapseGuard<Scalar>.GoodCopy
  {
    .init(
      tensors: persistentTensors.map(\.matrix.contents), updates: updates, norm: weightNorm(),
      gradients: gradients)
  }

  /// Goes back to the last good copy, at half the rate.
  private func rollBack(_ reason: GuardIncident.Reason, value: Double, limit: Double) {
    guard let collapseGuard else { return }
    // What streams have pending belongs to the weights that are given up.
    resetStates()
    let copy = collapseGuard.copy
    for (tensor, contents) in zip(storedTensors, copy.tensors) { tensor.matrix.contents = contents }
    noteStoredAnew()
    optimiser.updates = copy.updates
    collapseGuard.gradients = copy.gradients
    collapseGuard.goodLooks = 0
    collapseGuard.refusals = 0
    collapseGuard.halveRate()
    note(reason, value: value, limit: limit, rolledBack: true)
  }
}
