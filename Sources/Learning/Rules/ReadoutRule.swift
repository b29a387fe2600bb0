/// The gradient of a leaky readout's weights, which is exact and of rank one:
///
///     z_j[t] = kappa z_j[t-1] + S_j[t]        g_jk += dL/dy_k[t] z_j[t]
///
/// A hidden neuron that never spiked costs nothing.
final class ReadoutRule<Scalar: LearningScalar> {
  let gradient: GradientSums<Scalar>
  private let decay: Scalar
  private var trace: [Scalar]
  private var live: RowSet

  init(neurons: Int, outputs: Int, decay: Scalar) {
    self.decay = decay
    gradient = GradientSums(rows: neurons, columns: outputs)
    trace = [Scalar](repeating: 0, count: neurons)
    live = RowSet(rows: neurons)
  }

  /// Ends a step in which the hidden neurons in `spikes` spiked.
  ///
  /// - Parameters:
  ///   - error: dL/dy of every output.
  ///   - rate: with a learning rate the weights descend at once; without, the gradient is summed.
  func learn(
    _ spikes: [Int32], error: LaneVector<Scalar>, weights: Connection<Scalar>, rate: Scalar?
  ) {
    for row in live.members { trace[Int(row)] *= decay }
    for row in spikes {
      trace[Int(row)] += 1
      live.insert(row)
    }
    live.filter { row in
      let index = Int(row)
      guard trace[index] > DenseEprop<Scalar>.negligible else {
        trace[index] = 0
        return false
      }
      if let rate {
        weights.markChanged(row)
        Kernels.add(error, times: -rate * trace[index], to: weights.weights.row(index))
      } else {
        Kernels.add(error, times: trace[index], to: gradient.touch(row))
      }
      return true
    }
  }

  func clearTraces() {
    for row in live.members { trace[Int(row)] = 0 }
    live.removeAll()
  }
}
