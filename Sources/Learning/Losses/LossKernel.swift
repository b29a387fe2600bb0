/// The kernel eps_L through which losses of filtered outputs see spikes:
///
///     eps_L[n] = b sum_{k=0..n} a_syn^k a^(n-k)        a = exp(-dt / tau), a_syn = exp(-dt / tau_syn)
///
/// with b such that its largest value is 1. The online counts have eps_L = 1 at all n >= 0.
public struct LossKernel: Equatable, Sendable {
  /// Decay of the filter a step, a.
  public let decay: Double
  /// Decay a step of what the filter takes in, a_syn; 0 for a filter with one time constant.
  public let synapticDecay: Double
  /// The factor b.
  public let gain: Double

  public init(_ configuration: LearnerConfiguration) {
    switch configuration.loss.kind {
    case .spikeCountOnline, .enhancedCountOnline:
      (decay, synapticDecay, gain) = (1, 0, 1)
    default:
      let milliseconds = Double(configuration.stepMicroseconds) / 1000
      func decay(_ tau: Double) -> Double {
        tau > 0 ? Double.exponential(-milliseconds / tau) : 0
      }
      self.decay = decay(configuration.loss.tau)
      synapticDecay = decay(configuration.loss.tauSynapse)
      gain = 1 / Self.peak(self.decay, synapticDecay)
    }
  }

  /// The largest value of the kernel with gain 1. It rises up to its peak and falls from there; a peak that takes more
  /// than a million steps is cut off.
  private static func peak(_ decay: Double, _ synapticDecay: Double) -> Double {
    var (value, power) = (1.0, 1.0)
    for _ in 0..<1_048_576 {
      power *= synapticDecay
      let next = value * decay + power
      guard next > value else { break }
      value = next
    }
    return value
  }
}
