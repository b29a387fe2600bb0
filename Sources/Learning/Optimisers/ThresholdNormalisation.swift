/// Keeps the weights of a layer standardised and lets its thresholds carry their scale: threshold normalisation after
/// Zhu et al. 2023 (equations 15 to 20), in a form for streams.
///
/// A neuron j with N presynaptic neurons is seen as if its weights were
///
///     w_ij = g_j s (v_ij - m_j) / d_j        m_j = 1/N sum_i v_ij        d_j^2 = 1/N sum_i (v_ij - m_j)^2
///
/// with a gain g_j that is learned, and s the standard deviation that the weights began with. Between updates v = w and
/// g = 1, so that m = 0 and d = s, and from the gradient G_ij = dL/dw_ij follow
///
///     dL/dg_j  = sum_i G_ij w_ij
///     dL/dv_ij = G_ij - 1/N sum_h G_hj - w_ij / (N s^2) sum_h G_hj w_hj
///
/// which are the gradient along the column and what remains across it. An update has the optimiser move v and g, with one
/// rate and one method, then limits the gain to 1/2...2, standardises the columns again, and moves the gain into the
/// threshold and, where there is one, the bias:
///
///     w_ij = s (v_ij - m_j) / d_j    theta_j <- theta_j / g_j    bias_j <- bias_j / g_j    g_j <- 1
///
/// A membrane of weights, bias and threshold that are all g times smaller reaches its threshold in the same steps, whatever
/// the reset; so the neuron spikes as one of gain g. The surrogate keeps its width in units of the membrane, so relative
/// to a large threshold it is narrow. A threshold stays within 1/20 to 20 of the one it began with.
///
/// What differs from the paper, and why:
///
/// - s is the deviation of the initialisation, not 1 / sqrt(N), so that inputs that never spike can be allowed for.
/// - Thresholds begin as configured; the paper searches for them on a first batch, which a stream does not have.
/// - Rows that no spike reached are not moved by the optimiser, only by the standardisation: dL/dv is right in the touched
///   rows and taken as zero in the others. A method like Adam would otherwise move dead inputs as far as live ones.
/// - There is no small number under the root; a column whose weights are all the same becomes zero.
/// - Limits to gain and threshold replace the paper's abort on a gain below zero.
///
/// - Complexity: an update goes over *all* rows four times and changes all of them, so that weight messages are full
///   ones; without normalisation only touched rows cost anything. Memory: 5 numbers a neuron, and the gain's moments.
public final class ThresholdNormalisation<Scalar: LearningScalar> {
  /// v between updates: the weights, presynaptic x postsynaptic neurons.
  public let weights: Connection<Scalar>
  /// theta, one row.
  public let threshold: Connection<Scalar>
  /// One row, for neurons that have a bias.
  public let bias: Connection<Scalar>?
  /// g, one row; 1 between updates.
  let gain: Connection<Scalar>
  let gainGradient: GradientSums<Scalar>
  private let deviation: Scalar
  private let lowest: [Scalar]
  private let highest: [Scalar]
  private let mean: LaneVector<Scalar>
  private let factor: LaneVector<Scalar>

  /// Standardises `weights`.
  ///
  /// - Parameters:
  ///   - threshold: one row, of one number for each column of `weights`; all above 0.
  ///   - bias: the same.
  ///   - deviation: s, above 0.
  public init(
    weights: Connection<Scalar>, threshold: Connection<Scalar>, bias: Connection<Scalar>? = nil,
    deviation: Double
  ) {
    let neurons = weights.stored.columns
    precondition(deviation > 0, "a deviation of \(deviation)")
    for row in [threshold, bias].compactMap({ $0?.stored }) {
      precondition(row.rows == 1 && row.columns == neurons, "thresholds and biases are one row")
    }
    self.weights = weights
    self.threshold = threshold
    self.bias = bias
    self.deviation = Scalar(deviation)
    gain = Connection(name: "gain.\(weights.name)", inputs: 1, outputs: neurons)
    gainGradient = GradientSums(rows: 1, columns: neurons)
    lowest = threshold.stored.contents.map { $0 / 20 }
    highest = threshold.stored.contents.map { $0 * 20 }
    mean = LaneVector(count: neurons)
    factor = LaneVector(count: neurons)
    gain.stored.contents = [Scalar](repeating: 1, count: neurons)
    standardise()
  }

  /// Turns dL/dw into dL/dv, and notes dL/dg.
  func project(_ gradient: GradientSums<Scalar>) {
    let rows = gradient.rows
    let lanes = weights.stored.lanes
    let (total, along) = (mean.lanes, gainGradient.touch(0))
    mean.clear()
    gainGradient.sums.clear()
    for row in rows {
      let (g, w) = (gradient.sums.row(Int(row)), weights.stored.row(Int(row)))
      for lane in 0..<lanes {
        total[lane] += g[lane]
        along[lane] += g[lane] * w[lane]
      }
    }
    let share = 1 / Scalar(weights.stored.rows)
    let scale = share / (deviation * deviation)
    for row in rows {
      let (g, w) = (gradient.sums.row(Int(row)), weights.stored.row(Int(row)))
      for lane in 0..<lanes {
        g[lane] -= total[lane] * share + w[lane] * (along[lane] * scale)
      }
    }
  }

  /// Ends an update: v has moved and becomes w, and the gain goes into threshold and bias.
  func settle() {
    gainGradient.clear()
    standardise()
    threshold.markChanged(0)
    bias?.markChanged(0)
    let theta = threshold.stored.scalars(ofRow: 0)
    let offset = bias?.stored.scalars(ofRow: 0)
    let g = gain.stored.scalars(ofRow: 0)
    for index in 0..<gain.stored.columns {
      let limited = max(0.5, min(2, g[index]))
      let moved = max(lowest[index], min(highest[index], theta[index] / limited))
      // By what the threshold really moved, so that both keep their proportion.
      if let offset { offset[index] *= moved / theta[index] }
      theta[index] = moved
      g[index] = 1
    }
  }

  private func standardise() {
    let matrix = weights.stored
    let (centre, scale) = (mean.lanes, factor.lanes)
    let share = 1 / Scalar(matrix.rows)
    mean.clear()
    factor.clear()
    for row in 0..<matrix.rows {
      let w = matrix.row(row)
      for lane in 0..<matrix.lanes { centre[lane] += w[lane] }
    }
    for lane in 0..<matrix.lanes { centre[lane] *= share }
    for row in 0..<matrix.rows {
      let w = matrix.row(row)
      for lane in 0..<matrix.lanes {
        let difference = w[lane] - centre[lane]
        scale[lane] += difference * difference
      }
    }
    for lane in 0..<matrix.lanes {
      let spread = (scale[lane] * share).squareRoot()
      // Padding, and columns of one value.
      scale[lane] = (SIMD8(repeating: deviation) / spread)
        .replacing(with: .zero, where: spread .== .zero)
    }
    for row in 0..<matrix.rows {
      weights.markChanged(Int32(row))
      let w = matrix.row(row)
      for lane in 0..<matrix.lanes { w[lane] = (w[lane] - centre[lane]) * scale[lane] }
    }
  }
}
