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
  private let surrogate: LaneVector<Scalar>
  private let activation: LaneVector<Scalar>
  private let timing: LaneVector<Scalar>
  /// l of the latest learned step.
  public let learningSignal: LaneVector<Scalar>
  let earlierSignal: LaneVector<Scalar>
  /// What the layer passes on within the step.
  public let delta: LaneVector<Scalar>
  private let signals: PostsynapticSignals<Scalar>
  /// lambda_act and lambda_tim.
  private let activationWeight: Scalar
  private let timingWeight: Scalar
  /// The eligibilities in the order of ``Layer/connections``.
  let eligibilities: [Eligibility<Scalar>]

  /// - Parameters:
  ///   - filter: the kernel that the layer feeds, or nothing.
  ///   - carriesErrors: whether learning goes back through the weights that lead to the layer.
  init(
    _ layer: Layer<Scalar>, filter: SynapticKernel<Scalar>?, configuration: LearnerConfiguration,
    carriesErrors: Bool, localKernel: SynapticKernel<Scalar>?
  ) {
    let (count, classes) = (layer.neurons, configuration.classes)
    neurons = Neurons(layer.model, count: count)
    activationWeight = Scalar(configuration.gradient.activation)
    timingWeight = Scalar(configuration.gradient.timing)
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
    eligibilities = [input, recurrent, bias].compactMap { $0 }
    localReadout = localKernel.map { Neurons(NeuronModel(integrating: $0), count: classes) }
    localError = localKernel.map { _ in LaneVector(count: classes) }
    surrogate = LaneVector(count: count)
    activation = activationWeight == 1 ? surrogate : LaneVector(count: count)
    timing = LaneVector(count: count)
    learningSignal = LaneVector(count: count)
    earlierSignal = LaneVector(count: count)
    delta = LaneVector(count: count)
    signals = PostsynapticSignals(
      keptMembrane: neurons.keptMembrane, keptCurrent: neurons.keptCurrent, surrogate: surrogate,
      activation: activation, timing: timing, learningSignal: learningSignal,
      earlierSignal: earlierSignal, delta: delta)
  }

  var lanes: Int { learningSignal.laneCount }

  // MARK: - Forward

  /// The neurons of `lanes` take the spikes of the layer below and their own of the last step; what a step begins and ends
  /// with is ``open(_:_:)`` and ``close(_:_:)``.
  @inline(__always)
  func integrate(_ active: Indices, _ layer: Layer<Scalar>, lanes: Range<Int>) {
    layer.recurrent?.deliver(neurons.earlier.members, to: neurons.input, lanes: lanes)
    layer.input.deliver(active, to: neurons.input, lanes: lanes)
    neurons.integrate(
      threshold: layer.threshold.stored, bias: layer.bias?.stored, lanes: lanes)
  }

  @inline(__always)
  func open(_ active: Indices, _ layer: Layer<Scalar>) {
    neurons.begin()
    layer.recurrent?.prepare(neurons.earlier.members)
    layer.input.prepare(active)
  }

  @inline(__always)
  func close(_ active: Indices, _ layer: Layer<Scalar>) {
    layer.recurrent?.noteDelivered(neurons.earlier.members)
    layer.input.noteDelivered(active)
    neurons.fire()
  }

  // MARK: - Signals

  /// psi of the step, weighed by lambda_act, in `lanes`.
  @inline(__always)
  func evaluate(_ function: SurrogateGradient, lanes: Range<Int>) {
    guard neurons.model.isSpiking else { return }
    neurons.evaluate(function, into: surrogate, lanes: lanes)
    guard activation !== surrogate else { return }
    for lane in lanes { activation.lanes[lane] = surrogate.lanes[lane] * activationWeight }
  }

  /// T of the step, weighed by lambda_tim.
  @inline(__always)
  func evaluateTiming() {
    guard neurons.model.isSpiking, timingWeight > 0 else { return }
    neurons.evaluateTiming(into: timing)
    for index in neurons.fired.members { timing.scalars[Int(index)] *= timingWeight }
  }

  func take(learningSignal signal: LaneVector<Scalar>) {
    for lane in 0..<signal.laneCount { learningSignal.lanes[lane] = signal.lanes[lane] }
  }

  /// delta_j = l_j (lambda_act psi_j eps[0] - lambda_tim T_j eps[1] / 2), of the kernel that the layer feeds.
  @inline(__always)
  func passOn(kernel: SynapticKernel<Scalar>, lanes: Range<Int>) {
    let (first, second) = (kernel.first, kernel.second / 2)
    for lane in lanes {
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

  // MARK: - Learning

  /// Takes the input spikes of a learned step in, before its signals.
  ///
  /// - Parameters:
  ///   - active: neurons of the layer below that spiked.
  ///   - rate: with a learning rate the weights descend at once; without, the gradient is summed.
  @inline(__always)
  func inject(_ active: Indices, rate: Scalar?) {
    guard let sums else { return }
    input.inject(active, rate: rate)
    recurrent?.inject(neurons.earlier.members, rate: rate)
    sums.begin()
  }

  /// Takes the signals of a learned step in, in `lanes`.
  @inline(__always)
  func accumulate(rate: Scalar?, lanes: Range<Int>) {
    sums?.accumulate(
      signals, spikes: neurons.fired.members, factor: rate.map { -$0 } ?? 1, lanes: lanes)
  }

  /// Ends a learned step.
  ///
  /// - Parameter split: calls what it is given for all lanes of a layer.
  @inline(__always)
  func learn(
    _ active: Indices, _ layer: Layer<Scalar>, rate: Scalar?,
    split: (Layer<Scalar>, (Range<Int>) -> Void) -> Void
  ) {
    input.learn(active, signals, layer.input, rate: rate)
    if let recurrent, let connection = layer.recurrent {
      recurrent.learn(neurons.earlier.members, signals, connection, rate: rate)
    }
    if let bias, let connection = layer.bias {
      var first: Int32 = 0
      withUnsafePointer(to: &first) {
        // What "spikes" at every step in front of a bias.
        bias.learn(Indices(start: $0, count: 1), signals, connection, rate: rate)
      }
    }
    if let sums {
      sums.noteSpikes(neurons.fired.members)
      if sums.isFull {
        split(layer) { carryOver(lanes: $0) }
        noteCarriedOver()
      }
    }
    guard timingWeight > 0 else { return }
    for lane in 0..<earlierSignal.laneCount {
      earlierSignal.lanes[lane] = learningSignal.lanes[lane]
    }
  }

  @inline(__always)
  private func carryOver(lanes: Range<Int>) {
    input.carryOver(lanes: lanes)
    recurrent?.carryOver(lanes: lanes)
  }

  private func noteCarriedOver() {
    input.noteCarriedOver()
    recurrent?.noteCarriedOver()
    sums?.restart()
  }

  /// Stores what is pending of all that has been learned.
  func carryOver() {
    guard let sums, sums.position > 0 else { return }
    for part in input.parts { carryOver(lanes: part) }
    noteCarriedOver()
  }

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
