/// The forms of ``Eligibility`` that exist: one line each.
///
/// An enumeration and not an existential, because a call through a protocol's witness table reaches generic code that was
/// not specialised for its scalar: measured, more than 100 times slower.
enum EligibilityForm<Scalar: LearningScalar> {
  case dense(DenseEprop<Scalar>)

  @inline(__always)
  func deliver(
    _ active: [Int32], weights: Connection<Scalar>, into current: LaneVector<Scalar>
  ) {
    switch self {
    case .dense(let rule): rule.deliver(active, weights: weights, into: current)
    }
  }

  @inline(__always)
  func learn(
    _ active: [Int32], surrogate: LaneVector<Scalar>, learningSignal: LaneVector<Scalar>,
    weights: Connection<Scalar>, rate: Scalar?
  ) {
    switch self {
    case .dense(let rule):
      rule.learn(
        active, surrogate: surrogate, learningSignal: learningSignal, weights: weights, rate: rate)
    }
  }

  @inline(__always)
  func settle(_ weights: Connection<Scalar>) {
    switch self {
    case .dense(let rule): rule.settle(weights)
    }
  }

  @inline(__always)
  func clearTraces() {
    switch self {
    case .dense(let rule): rule.clearTraces()
    }
  }

  /// What is called once a trial and does no arithmetic goes through the protocol.
  var rule: any Eligibility<Scalar> {
    switch self {
    case .dense(let rule): rule
    }
  }
}
