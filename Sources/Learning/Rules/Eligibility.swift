/// What the synapses of one connection remember of the past, and how the learning signal turns it into change.
///
/// A connection's weights are read in one place only, ``deliver(_:weights:into:)``, and only for rows whose input
/// spiked; so a form that lets silent rows lag behind may bring them up to date there. ``settle(_:)`` brings
/// all rows up to date, for whoever wants to see weights or gradients. ``DenseEprop`` defines the meaning.
///
/// The past belongs to a stream, the weights to all of them: where several streams learn at every step, a form that lags must
/// settle the rows it reads in every stream first.
protocol Eligibility<Scalar>: AnyObject {
  associatedtype Scalar: LearningScalar

  /// Adds the weights of the rows in `active` to `current`.
  func deliver(
    _ active: [Int32], weights: Connection<Scalar>, into current: LaneVector<Scalar>)

  /// Ends a step in which the rows in `active` spiked.
  ///
  /// - Parameters:
  ///   - surrogate: psi of every postsynaptic neuron.
  ///   - learningSignal: dL/dV of every postsynaptic neuron, before the surrogate.
  ///   - rate: with a learning rate the weights descend at once; without, the gradient is summed.
  func learn(
    _ active: [Int32], surrogate: LaneVector<Scalar>, learningSignal: LaneVector<Scalar>,
    weights: Connection<Scalar>, rate: Scalar?)

  /// Brings all rows up to date.
  func settle(_ weights: Connection<Scalar>)

  /// The gradient summed since it was last cleared, complete after ``settle(_:)``.
  var gradient: GradientSums<Scalar> { get }

  /// Forgets the past of every synapse; the summed gradient stays.
  func clearTraces()
}
