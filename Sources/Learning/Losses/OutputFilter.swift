/// Spikes of the outputs through the kernel of the loss, ``LossKernel``:
///
///     i_k[t] = a_syn i_k[t-1] + S_k[t]        Y_k[t] = a Y_k[t-1] + b i_k[t]
///
/// The same filter serves the outputs' own spikes and their targets. Two products for each class and step.
public final class OutputFilter<Scalar: LearningScalar> {
  /// Filtered spikes Y.
  public let output: LaneVector<Scalar>
  private let current: LaneVector<Scalar>
  private let decay: Scalar
  private let synapticDecay: Scalar
  private let gain: Scalar

  public init(_ configuration: LearnerConfiguration) {
    output = LaneVector(count: configuration.classes)
    current = LaneVector(count: configuration.classes)
    let kernel = LossKernel(configuration)
    decay = Scalar(kernel.decay)
    synapticDecay = Scalar(kernel.synapticDecay)
    gain = Scalar(kernel.gain)
  }

  /// Forgets all spikes.
  public func reset() {
    output.clear()
    current.clear()
  }

  /// One step, with the outputs that spike in it.
  public func step(_ spikes: [Int32]) {
    let (input, filtered) = (current.lanes, output.lanes)
    for lane in 0..<current.laneCount {
      input[lane] = Kernels.withoutVanishing(input[lane] * synapticDecay)
    }
    for index in spikes {
      precondition(index >= 0 && Int(index) < current.count, "a spike of output \(index)")
      current.scalars[Int(index)] += 1
    }
    for lane in 0..<output.laneCount {
      filtered[lane] = Kernels.withoutVanishing(filtered[lane] * decay + input[lane] * gain)
    }
  }
}
