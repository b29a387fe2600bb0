import ToolSupport

/// Accuracy and loss over the trials of an engine: at most 512 points, every other of which goes when they are full.
struct AccuracyHistory {
  private static let most = 512
  private var engine = ""
  /// Labelled trials, progressive accuracy, that of the last 100, mean loss, that of the last 100.
  private var points: [[Double?]] = []
  private var stride = 1
  private var lastTrials = 0

  /// Takes a status in. Returns whether there is something new to show.
  mutating func note(_ status: WatchedStatus) -> Bool {
    var isNew = false
    if status.engine != engine || status.labelledTrials < lastTrials {
      isNew = !points.isEmpty
      self = AccuracyHistory()
      engine = status.engine
    }
    // Neither is negative here: their difference does not overflow, whatever an engine tells.
    guard status.labelledTrials > 0, status.labelledTrials - lastTrials >= stride else {
      return isNew
    }
    lastTrials = status.labelledTrials
    points.append([
      Double(status.labelledTrials), status.accuracy, status.recentAccuracy, status.loss?.mean,
      status.loss?.recent,
    ])
    if points.count >= Self.most {
      points = points.indices.filter { $0.isMultiple(of: 2) }.map { points[$0] }
      stride *= 2
    }
    return true
  }

  var json: String { (try? Terminal.jsonText(points)) ?? "[]" }
}
