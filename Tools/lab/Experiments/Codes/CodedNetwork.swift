import Events
import Learning

/// A network that sees pictures through a code.
final class CodedNetwork {
  /// What became of a trial.
  struct Answer {
    var predicted = 0
    var inputSpikes = 0
    var hiddenSpikes = 0
    var outputSpikes = 0
  }

  let network: Network<Float>
  private let state: NetworkState<Float>
  private var score: ScoreKeeper

  init(_ configuration: LearnerConfiguration, geometry: SensorGeometry) throws {
    network = try Network(configuration, inputs: geometry.addressCount)
    state = network.makeState()
    score = ScoreKeeper(decision: configuration.decision, classes: configuration.classes)
  }

  /// Runs a trial without learning from it.
  func predict(_ steps: [[Int32]]) -> Answer {
    state.reset()
    score.clear()
    var outputSpikes = 0
    for active in steps {
      network.infer(active, in: state)
      let spikes = state.readout.spikes
      outputSpikes += spikes.count
      score.add(
        potential: state.readout.membrane, outputSpikes: spikes, inputSpikes: active.count,
        hiddenSpikes: state.hiddenSpikeCount, loss: nil, decay: 1)
    }
    return Answer(
      predicted: score.best, inputSpikes: score.inputSpikes, hiddenSpikes: score.hiddenSpikes,
      outputSpikes: outputSpikes)
  }

  /// Learns from a trial; the weights move at its end.
  func learn(_ steps: [[Int32]], label: Int) {
    network.learnTrial(label: label, in: state) { body in
      for active in steps { body(active) }
    }
  }
}

/// Pictures through a code: the same number is the same trial.
struct CodedPictures: Sendable {
  let pictures: Pictures
  let code: any InputCode
  let seed: UInt64

  static let geometry = SensorGeometry(width: GlyphScene.side, height: GlyphScene.side)

  func trial(_ index: Int) -> (steps: [[Int32]], label: Int) {
    let (image, label) = pictures[index]
    var random = SplitMix64(seed: seed, stream: UInt64(index))
    return (code.spikes(of: image, using: &random), label)
  }
}
