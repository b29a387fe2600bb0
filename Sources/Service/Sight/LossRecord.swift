/// Mean loss of all trials and of the last 100.
struct LossRecord: Codable {
  private static let most = 100
  private var trials = 0
  private var sum = 0.0
  private var recent: [Double] = []

  init() {}

  /// A loss that is no number says that weights are none; it has no place in a mean.
  mutating func append(_ loss: Double) {
    guard loss.isFinite else { return }
    if recent.count < Self.most { recent.append(loss) } else { recent[trials % Self.most] = loss }
    trials += 1
    sum += loss
  }

  /// Whether one that was read can be gone on with.
  var isPlausible: Bool {
    (0...KeptNumbers.largest).contains(trials) && recent.count == min(trials, Self.most)
  }

  var summary: EngineStatus.Loss {
    guard trials > 0 else { return .init() }
    return .init(
      trials: trials, mean: sum / Double(trials),
      recent: recent.reduce(0, +) / Double(recent.count))
  }
}
