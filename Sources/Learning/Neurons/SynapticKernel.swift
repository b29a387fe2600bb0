/// What one input spike of weight 1 does to a membrane in the steps that follow:
///
///     eps[n] = b_V sum_{k=0..n} a_I^k a_V^(n-k)        a = exp(-dt / tau), 0 for tau = 0
///
/// b_V makes its largest value 1, so that a weight is the potential that one spike raises (ANTLR's defaults do the same,
/// Kim et al. 2020).
public struct SynapticKernel<Scalar: LearningScalar>: Equatable, Sendable {
  /// a_I, the decay of the synaptic current in one step.
  public let currentDecay: Scalar
  /// a_V, the decay of the membrane in one step.
  public let membraneDecay: Scalar
  /// b_V, the part of the current that enters the membrane in each step.
  public let scale: Scalar

  /// - Parameters:
  ///   - tauMembrane: milliseconds, 0 for no memory.
  ///   - tauSynapse: milliseconds, 0 for input that acts at once.
  ///   - milliseconds: length of a step.
  public init(tauMembrane: Double, tauSynapse: Double, milliseconds: Double) {
    let aV = Self.decay(tauMembrane, milliseconds)
    let aI = Self.decay(tauSynapse, milliseconds)
    currentDecay = Scalar(aI)
    membraneDecay = Scalar(aV)
    scale = Scalar(1 / Self.peak(aI, aV))
  }

  init(currentDecay: Scalar, membraneDecay: Scalar, scale: Scalar) {
    self.currentDecay = currentDecay
    self.membraneDecay = membraneDecay
    self.scale = scale
  }

  /// eps[n] = 1: the membrane counts spikes.
  public static var counter: SynapticKernel {
    SynapticKernel(currentDecay: 0, membraneDecay: 1, scale: 1)
  }

  /// eps[0].
  public var first: Scalar { scale }
  /// eps[1].
  public var second: Scalar { scale * (currentDecay + membraneDecay) }

  static func decay(_ tau: Double, _ milliseconds: Double) -> Double {
    tau == 0 ? 0 : Double.exponential(-milliseconds / tau)
  }

  /// Longest search for the largest value; slower kernels are taken as if they ended there.
  private static var longestSearch: Int { 1_000_000 }

  /// The largest value with b_V = 1.
  private static func peak(_ aI: Double, _ aV: Double) -> Double {
    guard aI > 0, aV > 0 else { return 1 }
    var (value, current) = (1.0, 1.0)
    for _ in 0..<longestSearch {
      current *= aI
      let next = value * aV + current
      if next <= value { break }
      value = next
    }
    return value
  }
}
