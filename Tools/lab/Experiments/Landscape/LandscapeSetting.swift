import ArgumentParser
import Learning

/// Which spikes a plane has.
enum LandscapeSetting: String, Codable, CaseIterable, ExpressibleByArgument {
  /// Every neuron spikes once, and only the times change.
  case moving
  /// Neurons spike as often as they will.
  case appearing

  var title: String {
    switch self {
    case .moving: "spikes that only move"
    case .appearing: "spikes that appear and vanish"
    }
  }

  /// How far the plane goes from its middle, as a part of each neuron's weights.
  var span: Double {
    switch self {
    case .moving: 0.25
    case .appearing: 0.5
    }
  }

  func configuration(_ method: SpikeTrainMethod, _ options: SpikeTrainOptions)
    -> LearnerConfiguration
  {
    var configuration = options.configuration(method)
    configuration.hidden.singleSpike = self == .moving
    configuration.readout.singleSpike = self == .moving
    return configuration
  }

  /// A weight from a number in -1..<1, for a neuron with `inputs`. Weights that are mostly positive make every neuron spike.
  func weight(_ number: Double, inputs: Int, _ options: SpikeTrainOptions) -> Double {
    switch self {
    case .moving: 3 * (1 + 1.5 * number) / Double(inputs)
    case .appearing: options.gain * number / Double(inputs).squareRoot()
    }
  }
}
