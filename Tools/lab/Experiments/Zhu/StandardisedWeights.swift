/// Weights that are seen standardised, with a gain and an offset for each neuron:
///
///     w_ij = g_j (v_ij - m_j) / d_j + o_j        m_j the mean over i
///     d_j^2 = sum_i (v_ij - m_j)^2 / (N - 1) + 1e-5
///
/// as weight standardisation in Zhu et al. 2023. All are rows of presynaptic neurons.
struct StandardisedWeights {
  let inputs: Int
  let neurons: Int
  var raw: [Double]
  var gain: [Double]
  var offset: [Double]
  /// w.
  private(set) var weights: [Double]
  private var mean: [Double]
  private var deviation: [Double]

  /// - Parameter raw: v, row by row.
  init(raw: [Double], inputs: Int, neurons: Int) {
    precondition(raw.count == inputs * neurons && inputs > 1)
    (self.raw, self.inputs, self.neurons) = (raw, inputs, neurons)
    gain = .init(repeating: 1, count: neurons)
    offset = .init(repeating: 0, count: neurons)
    weights = raw
    mean = offset
    deviation = gain
    standardise()
  }

  /// Makes w of what has moved.
  mutating func standardise() {
    let (count, offset) = (neurons, offset)
    var mean = [Double](repeating: 0, count: count)
    var squares = mean
    raw.withUnsafeBufferPointer { raw in
      for row in stride(from: 0, to: raw.count, by: count) {
        for j in 0..<count { mean[j] += raw[row + j] }
      }
      for j in 0..<count { mean[j] /= Double(inputs) }
      for row in stride(from: 0, to: raw.count, by: count) {
        for j in 0..<count {
          squares[j] += (raw[row + j] - mean[j]) * (raw[row + j] - mean[j])
        }
      }
    }
    self.mean = mean
    for j in 0..<count {
      deviation[j] = (squares[j] / Double(inputs - 1) + 1e-5).squareRoot()
    }
    let scale = (0..<count).map { gain[$0] / deviation[$0] }
    raw.withUnsafeBufferPointer { raw in
      weights.withUnsafeMutableBufferPointer { weights in
        for row in stride(from: 0, to: raw.count, by: count) {
          for j in 0..<count { weights[row + j] = (raw[row + j] - mean[j]) * scale[j] + offset[j] }
        }
      }
    }
  }

  /// What the derivatives by w are by v, g and o:
  ///
  ///     dL/dg_j = sum_i G_ij x_ij        dL/do_j = sum_i G_ij        x = (v - m) / d
  ///     dL/dv_ij = g_j / d_j (G_ij - 1/N sum_h G_hj - x_ij / (N - 1) sum_h G_hj x_hj)
  func derivatives(_ gradient: [Double]) -> (raw: [Double], gain: [Double], offset: [Double]) {
    precondition(gradient.count == raw.count)
    var (along, total) = (
      [Double](repeating: 0, count: neurons), [Double](repeating: 0, count: neurons)
    )
    var result = gradient
    let (count, mean, deviation) = (neurons, mean, deviation)
    gradient.withUnsafeBufferPointer { gradient in
      raw.withUnsafeBufferPointer { raw in
        for row in stride(from: 0, to: raw.count, by: count) {
          for j in 0..<count {
            total[j] += gradient[row + j]
            along[j] += gradient[row + j] * (raw[row + j] - mean[j])
          }
        }
        for j in 0..<count { along[j] /= deviation[j] }
        let scale = (0..<count).map { gain[$0] / deviation[$0] }
        let share = total.map { $0 / Double(inputs) }
        let slope = (0..<count).map { along[$0] / (Double(inputs - 1) * deviation[$0]) }
        result.withUnsafeMutableBufferPointer { result in
          for row in stride(from: 0, to: raw.count, by: count) {
            for j in 0..<count {
              let across = gradient[row + j] - share[j] - (raw[row + j] - mean[j]) * slope[j]
              result[row + j] = scale[j] * across
            }
          }
        }
      }
    }
    return (result, along, total)
  }

  /// The gain and the offset become those of a neuron whose threshold is g times smaller: it spikes in the same steps.
  ///
  /// - Returns: what thresholds are to be divided by.
  mutating func moveGainOut() -> [Double] {
    // A step that would turn weights around, at which the published program ends.
    let moved = gain.map { min(max($0, 0.5), 2) }
    for j in 0..<neurons {
      offset[j] /= moved[j]
      gain[j] = 1
    }
    return moved
  }
}
