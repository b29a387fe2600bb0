/// What happened to the postsynaptic neurons of a layer since the base of a chunk of steps, summed so that a synapse can be
/// brought from any step s of the chunk to the present one, k, without going through the steps between.
///
/// A synapse's eligibility x is sum_m c_m value_m[t] of its neurons' ``ExponentialModes``, with coefficients c_m that change
/// when its input spikes. What it leaves in the kernel that its neuron feeds is sum_n X_n out_n[t] of that kernel's modes.
/// With what enters that kernel per unit of x, phi_n, and l the learning signal, all of the postsynaptic neuron:
///
///     b_nm[t] = phi_n[t] value_m[t]                 C_n[t] = C_n[t-1] + l[t] out_n[t]
///     B_nm[t] = B_nm[t-1] + b_nm[t]                 F_m[t] = F_m[t-1] - sum_n b_nm[t] C_n[t-1] + delta[t] value_m[t]
///
/// and from s to k
///
///     X_n += sum_m c_m (B_nm[k] - B_nm[s])
///     g   += sum_n X_n (C_n[k] - C_n[s]) + sum_m c_m (sum_n C_n[k] (B_nm[k] - B_nm[s]) + F_m[k] - F_m[s])   (X_n as at s)
///
/// for what enters at u acts on the loss through C_n[k] - C_n[u-1]. So rounding is in proportion to what entered between s
/// and k: where nothing did, g gets nothing, exactly. (Summing l out B instead would leave a rest of earlier steps' rounding
/// there, which a method that rescales gradients would take for a gradient.)
///
/// Activation and timing path share X: eps* is a sum of the kernel's own modes, but for its look ahead of one step, so that
///
///     one exponential    phi = psi - w T       w = (a_V - 1/a_V) / 2    delta = -b/2 T (l / a_V + l[t-1])
///     two                phi = psi - w T, and -v T that enters the membrane directly, w = (a_I - 1/a_I) / 2,
///                        v = b (a_V + 1/a_I) / 2                        delta = -b/2 T l[t-1]
///
/// with psi and T weighed by lambda. Without a kernel, delta is the gradient that goes through the neuron and there is no X.
///
/// A neuron's reset ends what its membrane remembers. The coefficients that it ends are each synapse's own, and when the
/// neuron spikes at r the entries of all earlier steps are closed: B[s] <- B[s] - B[r], F[s] <- F[s] - F[r], open[s] <- 0, after
/// which the same formulas, with open B[k] and open F[k], give what was gathered up to r. An entry is closed once at most.
/// Where the current outlasts the membrane, the membrane that regrows from a current of 1 at the base is the same for all
/// synapses of the neuron; it is a mode of its own, `regrowth`, and the synapse's own coefficient holds the difference.
final class PrefixSums<Scalar: LearningScalar> {
  /// What a postsynaptic spike ends.
  enum Gating {
    case nothing
    /// The membrane; the current goes on.
    case membrane
    /// All that the synapse remembers of its input.
    case everything
  }

  let gating: Gating
  let modes: ExponentialModes<Scalar>
  let filter: ExponentialModes<Scalar>?
  /// Steps of a chunk.
  let length: Int
  /// Steps since the base.
  private(set) var position = 0
  /// Lanes of a row.
  let lanes: Int
  /// For each lane of neurons B_nm, then C_n, then F_m: what is read together lies together.
  let now: RowMatrix<Scalar>
  /// The same for each step of the chunk, and open where there are gates. Nothing where nobody looks back.
  let history: RowMatrix<Scalar>?
  /// Numbers of ``now``, and of an entry of ``history``, for each neuron.
  let width: Int
  let stride: Int
  /// The regrowing membrane after the gates of the latest step.
  let regrowth: LaneVector<Scalar>?
  /// For each neuron the first entry that is still open.
  let openFrom: NeuronCounts

  private let form: EligibilityForm<Scalar>
  private let firstWeight: Scalar
  private let secondWeight: Scalar
  private let present: Scalar
  private let ahead: Scalar

  /// Channels of X: modes of the kernel that is fed.
  var channels: Int { filter?.count ?? 0 }

  /// - Parameter looksBack: whether synapses are brought forward from steps other than the base.
  init(_ form: EligibilityForm<Scalar>, columns: Int, looksBack: Bool) {
    self.form = form
    let kernel = form.kernel
    let modes = ExponentialModes(kernel)
    let filter = form.filter.map { ExponentialModes($0) }
    length = Self.length(modes, filter)
    self.modes = modes.tabulated(kernel, length: length)
    self.filter = form.filter.flatMap { filter?.tabulated($0, length: Self.length(modes, filter)) }
    let endsAll = form.gatesCurrent || modes.count == 1
    gating = !form.gatesMembrane ? .nothing : endsAll ? .everything : .membrane
    let channels = filter?.count ?? 0
    width = channels * modes.count + channels + modes.count
    stride = width + (gating == .nothing ? 0 : 1)
    lanes = RowMatrix<Scalar>(rows: 1, columns: columns).lanes
    now = RowMatrix(rows: 1, columns: lanes * 8 * width)
    history = looksBack ? RowMatrix(rows: length + 1, columns: lanes * 8 * stride) : nil
    regrowth = gating == .membrane ? LaneVector(count: columns) : nil
    openFrom = NeuronCounts(neurons: columns)
    (firstWeight, secondWeight, present, ahead) = Self.timingWeights(form.filter)
    restart()
  }

  /// Bits of a number that sums over a chunk may lose.
  static var lostBits: Double { 4 }
  /// Longest chunk: the history of a layer is to stay in the cache.
  static var longest: Int { 64 }

  /// The longest chunk over which decays grow rounding by 2^``lostBits`` at most.
  private static func length(
    _ modes: ExponentialModes<Scalar>, _ filter: ExponentialModes<Scalar>?
  ) -> Int {
    let growth: Double
    if let filter {
      growth =
        filter.cancels ? modes.growth + filter.growth : Swift.max(modes.growth, filter.growth)
    } else {
      growth = modes.growth
    }
    let steps = lostBits * 0.6931471805599453 / Swift.max(growth, 1e-9)
    return steps < Double(longest) ? Int(steps) : longest
  }

  /// The length of a chunk for `form`, without making one.
  static func length(_ form: EligibilityForm<Scalar>) -> Int {
    length(ExponentialModes(form.kernel), form.filter.map { ExponentialModes($0) })
  }

  /// w and v, and the factors of T l and T l[t-1] in delta.
  private static func timingWeights(
    _ kernel: SynapticKernel<Scalar>?
  ) -> (Scalar, Scalar, Scalar, Scalar) {
    guard let kernel else { return (0, 0, 0, 0) }
    let (aI, aV, b) = (kernel.currentDecay, kernel.membraneDecay, kernel.scale)
    let half = b / 2
    let (growthV, growthI) = (1 / aV, 1 / aI)
    if aI == 0 { return ((aV - growthV) / 2, 0, half * growthV, half) }
    return ((aI - growthI) / 2, half * (aV + growthI), 0, half)
  }

  // MARK: - Where things are

  /// Places of B_nm, C_n and F_m among the numbers of a neuron; open comes last.
  @inline(__always)
  static func placeOfB(_ channel: Int, _ mode: Int, modes: Int) -> Int { channel * modes + mode }
  @inline(__always)
  static func placeOfC(_ channel: Int, channels: Int, modes: Int) -> Int {
    channels * modes + channel
  }
  @inline(__always)
  static func placeOfF(_ mode: Int, channels: Int, modes: Int) -> Int {
    channels * modes + channels + mode
  }

  var isFull: Bool { position == length }

  // MARK: - Steps

  /// Begins a new chunk; everybody who refers to the old base has been carried over.
  func restart() {
    position = 0
    now.clear()
    regrowth?.clear()
    openFrom.clear()
    writeEntry(0..<lanes)
  }

  /// Opens a step.
  @inline(__always)
  func begin() {
    position += 1
  }

  /// Takes the step in, in `lanes`; ``noteSpikes(_:)`` is to follow when all lanes are done.
  ///
  /// - Parameters:
  ///   - factor: of the learning signal: 1 for the gradient, minus the rate where weights descend at once.
  ///   - spikes: of the postsynaptic neurons, in this step.
  @inline(__always)
  func accumulate(
    _ post: PostsynapticSignals<Scalar>, spikes: Indices, factor: Scalar, lanes: Range<Int>
  ) {
    if gating == .membrane { regrow(lanes) }
    switch (channels, modes.count) {
    case (1, 1) where !form.hasTiming: accumulate(post, factor, lanes)
    case (0, 1): accumulate(post, factor, lanes, channels: 0, modes: 1)
    case (0, _): accumulate(post, factor, lanes, channels: 0, modes: 2)
    case (1, 1): accumulate(post, factor, lanes, channels: 1, modes: 1)
    case (1, _): accumulate(post, factor, lanes, channels: 1, modes: 2)
    case (_, 1): accumulate(post, factor, lanes, channels: 2, modes: 1)
    default: accumulate(post, factor, lanes, channels: 2, modes: 2)
    }
    if gating != .nothing { close(spikes, lanes) }
  }

  /// Notes that the neurons that spiked have their entries closed.
  @inline(__always)
  func noteSpikes(_ spikes: Indices) {
    guard gating != .nothing else { return }
    for neuron in spikes { openFrom.numbers[Int(neuron)] = Int32(position) }
  }

  /// The commonest form in one loop.
  private func accumulate(
    _ post: PostsynapticSignals<Scalar>, _ factor: Scalar, _ range: Range<Int>
  ) {
    guard let filter, let history else { return }
    let enters = filter.impulse[0][position] * modes.value[0][position]
    let leaves = filter.value[0][position] * factor
    let (psi, l) = (post.activation.lanes, post.learningSignal.lanes)
    var sums = now.row(0) + 3 * range.lowerBound
    var entry = history.row(position) + stride * range.lowerBound
    for lane in range {
      let entering = psi[lane] * enters
      let sumB = sums[0] + entering
      let before = sums[1]
      let sumC = before + l[lane] * leaves
      let sumF = sums[2] - entering * before
      sums[0] = sumB
      sums[1] = sumC
      sums[2] = sumF
      entry[0] = sumB
      entry[1] = sumC
      entry[2] = sumF
      sums += 3
      entry += stride
    }
    openEntry(range)
  }

  @inline(__always)
  private func accumulate(
    _ post: PostsynapticSignals<Scalar>, _ factor: Scalar, _ range: Range<Int>, channels: Int,
    modes count: Int
  ) {
    let (psi, tim) = (post.activation.lanes, post.timing.lanes)
    let (l, earlier, delta) = (
      post.learningSignal.lanes, post.earlierSignal.lanes, post.delta.lanes
    )
    let value0 = modes.value[0][position]
    let value1 = count == 2 ? modes.value[1][position] : 0
    let regrown = gating == .membrane ? regrowth?.lanes : nil
    let hasTiming = form.hasTiming
    let width = channels * count + channels + count
    let first = now.row(0)
    for lane in range {
      let sums = first + lane * width
      var current = SIMD8<Scalar>.zero
      if channels == 0 {
        current = delta[lane] * factor
      } else if hasTiming {
        let now = l[lane] * present
        let before = earlier[lane] * ahead
        current = tim[lane] * (now + before)
        current = current * -factor
      }
      let second = regrown.map { $0[lane] } ?? SIMD8(repeating: value1)
      let f0 = Self.placeOfF(0, channels: channels, modes: count)
      var sum0 = sums[f0] + current * value0
      var sum1 = SIMD8<Scalar>.zero
      if count == 2 { sum1 = sums[f0 + 1] + current * second }
      for channel in 0..<channels {
        guard let filter else { break }
        var enters = psi[lane]
        if hasTiming { enters -= tim[lane] * firstWeight }
        enters = enters * filter.impulse[channel][position]
        if hasTiming && channels == 2 {
          enters -= tim[lane] * (secondWeight * filter.direct[channel][position])
        }
        let c = Self.placeOfC(channel, channels: channels, modes: count)
        let before = sums[c]
        sums[c] = before + l[lane] * (filter.value[channel][position] * factor)
        let b0 = Self.placeOfB(channel, 0, modes: count)
        let entering0 = enters * value0
        sums[b0] += entering0
        sum0 -= entering0 * before
        if count == 2 {
          let entering1 = enters * second
          sums[b0 + 1] += entering1
          sum1 -= entering1 * before
        }
      }
      sums[f0] = sum0
      if count == 2 { sums[f0 + 1] = sum1 }
    }
    writeEntry(range)
  }

  /// Copies the sums into the history.
  private func writeEntry(_ range: Range<Int>) {
    guard let history else { return }
    let (sums, entry) = (now.row(0), history.row(position))
    for lane in range {
      for place in 0..<width { entry[lane * stride + place] = sums[lane * width + place] }
    }
    openEntry(range)
  }

  private func openEntry(_ range: Range<Int>) {
    guard gating != .nothing, let history else { return }
    let entry = history.row(position)
    for lane in range { entry[lane * stride + width] = SIMD8(repeating: 1) }
  }

  private func regrow(_ range: Range<Int>) {
    guard let lanes = regrowth?.lanes else { return }
    let entering = SIMD8(repeating: form.scale * modes.currentPower[position])
    for lane in range { lanes[lane] = lanes[lane] * form.membraneDecay + entering }
  }

  /// The modes that a spike ends are the first, and the second where everything ends.
  private func close(_ spikes: Indices, _ range: Range<Int>) {
    guard let history else { return }
    let (channels, count) = (channels, modes.count)
    let ended = gating == .everything ? count : 1
    let latest = history.row(position)
    for neuron in spikes.lazy.map(Int.init) where range.contains(neuron / 8) {
      let (first, part) = (neuron / 8 * stride, neuron % 8)
      for step in Int(openFrom.numbers[neuron])..<position {
        let entry = history.row(step)
        for mode in 0..<ended {
          for channel in 0..<channels {
            let b = first + Self.placeOfB(channel, mode, modes: count)
            entry[b][part] -= latest[b][part]
          }
          let f = first + Self.placeOfF(mode, channels: channels, modes: count)
          entry[f][part] -= latest[f][part]
        }
        entry[first + width][part] = 0
      }
      regrowth?.scalars[neuron] = 0
    }
  }

  // MARK: - Checkpoints

  /// Everything that is a number of the layer's own kind.
  var matrices: [(name: String, matrix: RowMatrix<Scalar>)] {
    [("now", now), ("history", history), ("regrowth", regrowth?.matrix)]
      .compactMap { name, matrix in matrix.map { (name, $0) } }
  }

  /// Goes on from a position, with ``matrices`` filled.
  func restore(position: Int, openFrom: [Int32]) {
    self.position = min(position, length - 1)
    self.openFrom.contents = openFrom.map { min($0, Int32(self.position)) }
  }
}
