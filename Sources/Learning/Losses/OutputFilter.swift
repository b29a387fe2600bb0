/// Spikes of the outputs through the kernel of the loss, a ``SynapticKernel`` of its time constants; the online counts have
/// eps_L = 1 at all n >= 0:
///
///     i_k[t] = a_syn i_k[t-1] + S_k[t]        Y_k[t] = a Y_k[t-1] + b i_k[t]
///
/// The same filter serves the outputs' own spikes and their targets. Two products for each class and step.
public final class OutputFilter<Scalar: LearningScalar> {
  /// Filtered spikes Y.
  public let output: LaneVector<Scalar>
  let current: LaneVector<Scalar>
  let kernel: SynapticKernel<Scalar>

  public init(_ configuration: LearnerConfiguration) {
    output = LaneVector(count: configuration.classes)
    current = LaneVector(count: configuration.classes)
    kernel = configuration.lossKernel()
  }

  /// Forgets all spikes.
  public func reset() {
    output.clear()
    current.clear()
  }

  /// One step, with the outputs that spike in it.
  public func step(_ spikes: some Sequence<Int32>) {
    let (input, filtered) = (current.lanes, output.lanes)
    for lane in 0..<current.laneCount {
      input[lane] = Scalar.withoutVanishing(input[lane] * kernel.currentDecay)
    }
    for index in spikes {
      precondition(index >= 0 && Int(index) < current.count, "a spike of output \(index)")
      current.scalars[Int(index)] += 1
    }
    for lane in 0..<output.laneCount {
      filtered[lane] = Scalar.withoutVanishing(
        filtered[lane] * kernel.membraneDecay + input[lane] * kernel.scale)
    }
  }
}
