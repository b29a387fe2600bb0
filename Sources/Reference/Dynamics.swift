import Foundation
import Learning

/// The kernel of two decays: eps[n] = b_V sum_{k=0..n} a_I^k a_V^(n-k).
struct Kernel: Sendable {
  var current: Double
  var membrane: Double
  var gain: Double

  init(current: Double, membrane: Double, gain: Double) {
    self.current = current
    self.membrane = membrane
    self.gain = gain
  }

  /// The gain makes the largest value 1, and is 1 where one of the decays is 0.
  init(current: Double, membrane: Double) {
    self.init(current: current, membrane: membrane, gain: 1)
    guard current > 0, membrane > 0 else { return }
    var (value, power, largest) = (1.0, 1.0, 1.0)
    for _ in 0..<10_000_000 {
      power *= current
      value = membrane * value + power
      // The kernel rises to one peak and falls from there.
      if value <= largest { break }
      largest = value
    }
    gain = 1 / largest
  }

  init(configuration: LearnerConfiguration, tau: Double, tauSynapse: Double) {
    self.init(
      current: configuration.decay(tauSynapse), membrane: configuration.decay(tau))
  }

  /// eps[0] and eps[1].
  var first: Double { gain }
  var second: Double { gain * (current + membrane) }

  /// 1 at all n >= 0: filtered spikes are their number.
  static let count = Kernel(current: 0, membrane: 1, gain: 1)
}

/// How the neurons of a layer go from step to step.
struct Dynamics: Sendable {
  var kernel: Kernel
  var spikes = true
  var reset = LearnerConfiguration.Reset.subtract
  var refractorySteps = 0
  var singleSpike = false
  /// beta and rho.
  var adaptation = 0.0
  var adaptationDecay = 0.0

  init(hidden configuration: LearnerConfiguration) {
    let hidden = configuration.hidden
    kernel = Kernel(
      configuration: configuration, tau: hidden.tauMembrane, tauSynapse: hidden.tauSynapse)
    reset = hidden.reset
    refractorySteps = hidden.refractorySteps
    singleSpike = hidden.singleSpike
    adaptation = hidden.adaptation.strength
    adaptationDecay = configuration.decay(hidden.adaptation.tau)
  }

  init(readout configuration: LearnerConfiguration) {
    let readout = configuration.readout
    kernel = Kernel(
      configuration: configuration, tau: readout.tau, tauSynapse: readout.tauSynapse)
    spikes = readout.kind == .spiking
    reset = readout.reset
    refractorySteps = readout.refractorySteps
    singleSpike = readout.singleSpike
  }

  /// r and q of the step after one with spike `s`: what is left of the current and of the membrane.
  func gates(after s: Double) -> (current: Double, membrane: Double) {
    (reset == .zeroBoth ? 1 - s : 1, reset == .subtract ? 1 : 1 - s)
  }

  /// What a reset leaves of an input that is thought to come one step later: nothing if the reset clears all that the
  /// neuron remembers of its input, for the input was then needed before the spike.
  func cut(after s: Double) -> Double {
    reset == .zeroBoth || (reset == .zero && kernel.current == 0) ? 1 - s : 1
  }
}

extension LearnerConfiguration {
  /// dt in milliseconds.
  var stepMilliseconds: Double { Double(stepMicroseconds) / 1000 }

  /// exp(-dt / tau), and 0 for tau = 0.
  func decay(_ tau: Double) -> Double { tau == 0 ? 0 : exp(-stepMilliseconds / tau) }

  /// A rate in hertz as spikes a step.
  func spikesAStep(_ rate: Double) -> Double { rate * stepMilliseconds / 1000 }

  /// The kernel of the loss behind spiking readouts.
  var lossKernel: Kernel {
    switch loss.kind {
    case .spikeCountOnline, .enhancedCountOnline: .count
    default: Kernel(configuration: self, tau: loss.tau, tauSynapse: loss.tauSynapse)
    }
  }
}
