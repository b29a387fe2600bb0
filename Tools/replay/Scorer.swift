import Service
import ToolSupport

/// Holds the engine's predictions against the labels, which with `--unlabelled` only this side knows.
struct Scorer {
  private let source: String
  private var labels: [String: Int?] = [:]
  private(set) var correct = 0
  private(set) var scored = 0

  init(source: String) {
    self.source = source
  }

  /// Trials whose prediction has not come yet.
  var missing: Int { labels.count }

  mutating func expect(_ name: String, label: Int?) {
    labels[name] = label
  }

  mutating func take(_ prediction: PredictionMessage) {
    guard prediction.source == source, prediction.isFinal, let name = prediction.trial?.name,
      let expected = labels.removeValue(forKey: name)
    else { return }
    guard let label = expected else { return }
    scored += 1
    if prediction.predicted == label { correct += 1 }
  }

  var remark: String { scored == 0 ? "" : Format.percent(correct, of: scored) }

  func scores(unlabelled: Bool) -> ReplayResult.Scores? {
    guard scored > 0 || !labels.isEmpty else { return nil }
    return .init(scored: scored, correct: correct, notSeen: missing, unlabelled: unlabelled)
  }
}
