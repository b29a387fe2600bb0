/// One layer as a stream leaves it: its neurons, what their synapses remember, and the signals of the latest learned step.
public final class LayerState<Scalar: LearningScalar> {
  public let neurons: Neurons<Scalar>
  let input: Eligibility<Scalar>
  let recurrent: Eligibility<Scalar>?
  let bias: Eligibility<Scalar>?
  /// What the lazy ones of them refer to.
  let sums: PrefixSums<Scalar>?
  /// A leaky readout of this layer alone, for local credit.
  let localReadout: Neurons<Scalar>?
  let localError: LaneVector<Scalar>?
  private let filter: SynapticKernel<Scalar>?
  private let surrogate: LaneVector<Scalar>
  private let activation: LaneVector<Scalar>
  private let timing: LaneVector<Scalar>
  /// l of the latest learned step.
  public let learningSignal: LaneVector<Scalar>
  let earlierSignal: LaneVector<Scalar>
  /// What the layer passes on within the step.
  public let delta: LaneVector<Scalar>

  /// - Parameters:
  ///   - filter: the kernel that the layer feeds, or nothing.
  ///   - carriesErrors: whether learning goes back through the weights that lead to the layer.
  init(
    _ layer: Layer<Scalar>, filter: SynapticKernel<Scalar>?, configuration: LearnerConfiguration,
    carriesErrors: Bool, localKernel: SynapticKernel<Scalar>?
  ) {
    let (count, classes) = (layer.neurons, configuration.classes)
    self.filter = filter
    neurons = Neurons(layer.model, count: count)
    let plan = EligibilityPlan(configuration)
    let form = EligibilityForm(
      onto: layer.model, filter: filter, hasActivation: configuration.gradient.activation > 0,
      hasTiming: configuration.gradient.timing > 0)
    var recurrentForm = form
    recurrentForm.excludesSelf = true
    let inputKind = plan.kind(form, carriesErrors: carriesErrors)
    let recurrentKind = layer.recurrent.map { _ in plan.kind(recurrentForm, carriesErrors: false) }
    let kinds = [inputKind, recurrentKind]
    let sums: PrefixSums<Scalar>? =
      kinds.allSatisfy { $0 == nil || $0 == .dense }
      ? nil : PrefixSums(form, columns: count, looksBack: kinds.contains(.events))
    self.sums = sums
    input = plan.make(inputKind, form, sums, layer.input)
    recurrent = layer.recurrent.flatMap { connection in
      recurrentKind.map { plan.make($0, recurrentForm, sums, connection) }
    }
    bias = layer.bias.map { plan.make(.dense, form.ofBias(), nil, $0) }
    localReadout = localKernel.map { Neurons(NeuronModel(integrating: $0), count: classes) }
    localError = localKernel.map { _ in LaneVector(count: classes) }
    surrogate = LaneVector(count: count)
    activation = LaneVector(count: count)
    timing = LaneVector(count: count)
    learningSignal = LaneVector(count: count)
    earlierSignal = LaneVector(count: count)
    delta = LaneVector(count: count)
  }

  /// The eligibilities in the order of ``Layer/connections``.
  var eligibilities: [Eligibility<Scalar>] { [input, recurrent, bias].compactMap { $0 } }

  /// psi and T of the step, weighed by lambda_act and lambda_tim.
  func evaluate(_ function: SurrogateGradient, _ gradient: LearnerConfiguration.Gradient) {
    guard neurons.model.isSpiking else { return }
    neurons.evaluate(function, into: surrogate)
    let weight = Scalar(gradient.activation)
    for lane in 0..<surrogate.laneCount { activation.lanes[lane] = surrogate.lanes[lane] * weight }
    guard gradient.timing > 0 else { return }
    neurons.evaluateTiming(into: timing)
    let timingWeight = Scalar(gradient.timing)
    for index in neurons.spikes { timing.scalars[Int(index)] *= timingWeight }
  }

  func take(learningSignal signal: LaneVector<Scalar>) {
    for lane in 0..<signal.laneCount { learningSignal.lanes[lane] = signal.lanes[lane] }
  }

  /// delta_j = l_j (lambda_act psi_j eps[0] - lambda_tim T_j eps[1] / 2), of the kernel that the layer feeds.
  func passOn(kernel: SynapticKernel<Scalar>) {
    let (first, second) = (kernel.first, kernel.second / 2)
    for lane in 0..<delta.laneCount {
      delta.lanes[lane] =
        learningSignal.lanes[lane]
        * (activation.lanes[lane] * first - timing.lanes[lane] * second)
    }
  }

  /// delta_k = lambda_act psi_k dL/dS_k + lambda_tim T_k dL/dt_k.
  func passOn(spikeAdjoint: LaneVector<Scalar>, timeAdjoint: LaneVector<Scalar>) {
    for lane in 0..<delta.laneCount {
      delta.lanes[lane] =
        activation.lanes[lane] * spikeAdjoint.lanes[lane]
        + timing.lanes[lane] * timeAdjoint.lanes[lane]
    }
  }

  /// delta_k = dL/dy_k.
  func passOn(error: LaneVector<Scalar>) {
    for lane in 0..<delta.laneCount { delta.lanes[lane] = error.lanes[lane] }
  }

  /// Ends a learned step: every synapse takes its part of the learning signal.
  ///
  /// - Parameter active: neurons of the layer below that spiked.
  func learn(_ active: [Int32], _ layer: Layer<Scalar>, rate: Scalar?) {
    let signals = PostsynapticSignals(
      keptMembrane: neurons.keptMembrane, keptCurrent: neurons.keptCurrent, surrogate: surrogate,
      activation: activation, timing: timing, learningSignal: learningSignal,
      earlierSignal: earlierSignal, delta: delta)
    input.learn(active, signals, layer.input, rate: rate)
    if let recurrent, let connection = layer.recurrent {
      recurrent.learn(neurons.earlierSpikes, signals, connection, rate: rate)
    }
    if let bias, let connection = layer.bias {
      bias.learn(LayerState.always, signals, connection, rate: rate)
    }
    if let sums {
      sums.advance(signals, spikes: neurons.spikes, factor: rate.map { -$0 } ?? 1)
      if sums.isFull { carryOver() }
    }
    for lane in 0..<earlierSignal.laneCount {
      earlierSignal.lanes[lane] = learningSignal.lanes[lane]
    }
  }

  /// Stores what is pending of all that has been learned.
  func carryOver() {
    guard let sums, sums.position > 0 else { return }
    input.carryOver()
    recurrent?.carryOver()
    sums.restart()
  }

  /// What "spikes" at every step in front of a bias.
  private static var always: [Int32] { [0] }

  func clearTraces() {
    for eligibility in eligibilities { eligibility.finish() }
    if let sums, sums.position > 0 { sums.restart() }
    earlierSignal.clear()
    timing.clear()
  }

  func clearGradient() {
    for eligibility in eligibilities { eligibility.gradient.clear() }
  }

  func resetNeurons() {
    neurons.reset()
    localReadout?.reset()
  }
}
