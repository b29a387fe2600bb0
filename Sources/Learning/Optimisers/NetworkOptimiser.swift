/// Moves all weights of a network along their summed gradients.
///
/// One update, in this order:
///
/// 1. threshold normalisation takes its part out of the gradient; see ``ThresholdNormalisation``,
/// 2. elements beyond `clip_value` are cut off at it,
/// 3. the whole gradient is scaled down where its norm exceeds `clip_norm`,
/// 4. the readout's norm is added; see ``ReadoutNorm``,
/// 5. weights decay: w -= rate decay w,
/// 6. weights move, by the configured method, at the rate that ``LearningRateSchedule`` gives,
/// 7. normalised weights are standardised again.
///
/// Steps 2 to 6 go over touched rows only, in ascending order. What a method remembers is kept for the methods that
/// need it only: nothing for sgd, one number a weight for momentum, two for adam and adamw (which are the same method,
/// for decay is decoupled in all).
public final class NetworkOptimiser<Scalar: LearningScalar> {
  /// Updates so far.
  public internal(set) var updates = 0
  /// What the rate of the schedule is multiplied by.
  public var rateFactor = 1.0
  private let settings: LearnerConfiguration.Optimiser
  private let schedule: LearningRateSchedule
  private let readoutNorm: ReadoutNorm
  private let readout: Int
  /// What the caller has gradients for.
  private let connections: [Connection<Scalar>]
  private let normalisations: [ThresholdNormalisation<Scalar>]
  /// Positions of the normalised weights in `connections`.
  private let normalised: [Int]
  /// One for each connection, then one for each normalisation's gain.
  private let descents: [Descent<Scalar>]

  /// - Parameters:
  ///   - connections: all weights that learn.
  ///   - readout: position of the readout's weights among them.
  ///   - normalisations: of weights that are among `connections`.
  public init(
    configuration: LearnerConfiguration, connections: [Connection<Scalar>], readout: Int,
    normalisations: [ThresholdNormalisation<Scalar>] = []
  ) {
    precondition(connections.indices.contains(readout), "there is no connection \(readout)")
    settings = configuration.optimiser
    schedule = LearningRateSchedule(configuration.optimiser)
    readoutNorm = ReadoutNorm(strength: configuration.regulariser.readoutNorm)
    self.readout = readout
    self.connections = connections
    self.normalisations = normalisations
    normalised = normalisations.map { normalisation in
      guard let position = connections.firstIndex(where: { $0 === normalisation.weights }) else {
        preconditionFailure("\(normalisation.weights.name) is normalised and does not learn")
      }
      return position
    }
    let settings = settings
    descents = (connections + normalisations.map(\.gain)).map {
      Descent(settings, rows: $0.stored.rows, columns: $0.stored.columns)
    }
  }

  /// The rate at which weights move that are moved step by step, without an optimiser.
  ///
  /// - Parameter factor: what the scheduled rate is multiplied by, besides ``rateFactor``.
  public func stepRate(learnedTrials: Int, factor: Double = 1) -> Scalar {
    Scalar(schedule.rate(learnedTrials: learnedTrials) * factor * rateFactor)
  }

  /// One update.
  ///
  /// - Parameters:
  ///   - gradients: one for each connection, in their order. They are used up: what they hold afterwards means nothing,
  ///     and is for the caller to clear.
  ///   - learnedTrials: trials that were learned from before the one that this update belongs to.
  ///   - factor: what the scheduled rate is multiplied by.
  public func apply(
    _ gradients: [GradientSums<Scalar>], learnedTrials: Int, factor: Double = 1
  ) {
    precondition(
      gradients.count == connections.count,
      "\(gradients.count) gradients for \(connections.count) connections")
    updates += 1
    let rate = stepRate(learnedTrials: learnedTrials, factor: factor)
    for (normalisation, position) in zip(normalisations, normalised) {
      normalisation.project(gradients[position])
    }
    let all = gradients + normalisations.map(\.gainGradient)
    if settings.clipValue > 0 {
      GradientClipping.clipValues(of: all, to: Scalar(settings.clipValue))
    }
    if settings.clipNorm > 0 { GradientClipping.clipNorm(of: all, to: settings.clipNorm) }
    readoutNorm.add(of: connections[readout], to: gradients[readout])
    if settings.weightDecay > 0 {
      for (connection, gradient) in zip(connections, gradients) {
        WeightDecay.apply(
          decay: Scalar(settings.weightDecay), rate: rate, rowsOf: gradient, to: connection)
      }
    }
    let moved = connections + normalisations.map(\.gain)
    for position in moved.indices {
      descents[position].apply(all[position], to: moved[position], rate: rate, count: updates)
    }
    for normalisation in normalisations { normalisation.settle() }
  }

  /// What the method remembers, by name, for checkpoints: `adam.first.<connection>` and `adam.second.<connection>`, or
  /// `momentum.<connection>`; of a gain, the connection is `gain.<weights>`.
  var tensors: [(name: String, matrix: RowMatrix<Scalar>)] {
    zip(connections + normalisations.map(\.gain), descents).flatMap { connection, descent in
      descent.memory.map { ("\($0.name).\(connection.name)", $0.matrix) }
    }
  }
}
