import Foundation
import Service
import ToolSupport
import Transport

/// Predictions as they come, and a table of progressive accuracy whose rows get rarer: at trials 1, 2, 4, 8 and so on.
struct PredictionView {
  let json: Bool

  func run(_ engine: EngineOptions, _ context: Context, _ until: Deadline) throws {
    let subscriber = try engine.subscriber(["prediction/"], in: context)
    var table = AccuracyTable()
    while !until.hasPassed(trials: table.trials) {
      guard let prediction = try subscriber.prediction(timeout: .milliseconds(200)) else {
        continue
      }
      if json {
        try Terminal.json(prediction)
        if prediction.isFinal { table.count(prediction) }
      } else {
        show(prediction, &table)
      }
    }
    guard !json else { return }
    clearLine()
    for line in table.end { Terminal.line(line) }
  }

  private func show(_ prediction: PredictionMessage, _ table: inout AccuracyTable) {
    if prediction.isFinal {
      let rows = table.count(prediction)
      guard !rows.isEmpty else { return }
      clearLine()
      for row in rows { Terminal.line(row) }
    } else if Terminal.isInteractive {
      let bars = prediction.scores.map(Self.bar).joined()
      let time = Format.decimal(Double(prediction.t) / 1e6, 2)
      let text = "\(time) s  \(prediction.source)  class \(prediction.predicted)  [\(bars)]"
      FileHandle.standardError.write(Data("\r\(text)\u{1B}[K".utf8))
    }
  }

  private func clearLine() {
    if Terminal.isInteractive { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }

  /// A score as a bar of one character, saturating at 8.
  private static func bar(_ score: Float) -> String {
    let bars = Array(" ▁▂▃▄▅▆▇█")
    guard score.isFinite else { return "?" }
    return String(bars[Int(max(0, min(8, score.rounded())))])
  }
}

/// Progressive accuracy, with rows at powers of two.
struct AccuracyTable {
  private(set) var trials = 0
  private var labelled = 0
  private var correct = 0
  private var sinceRow = (labelled: 0, correct: 0)
  private var lossSum = 0.0
  private var nextRow = 1
  private var last: PredictionMessage?

  /// Takes the prediction at a trial's end in. Returns the lines that are due.
  @discardableResult
  mutating func count(_ prediction: PredictionMessage) -> [String] {
    trials += 1
    last = prediction
    guard let isCorrect = prediction.isCorrect else { return [] }
    labelled += 1
    correct += isCorrect ? 1 : 0
    sinceRow.labelled += 1
    sinceRow.correct += isCorrect ? 1 : 0
    lossSum += Double(prediction.loss ?? 0)
    guard labelled == nextRow else { return [] }
    let lines = (nextRow == 1 ? [Self.heading] : []) + [row(prediction)]
    nextRow *= 2
    sinceRow = (0, 0)
    return lines
  }

  private static let heading =
    "  trials  accuracy  since last  mean loss  stream time  label  class  weights"

  private func row(_ prediction: PredictionMessage) -> String {
    let cells = [
      Format.right(Format.count(labelled), 8),
      Format.right(Format.percent(correct, of: labelled), 10),
      Format.right(Format.percent(sinceRow.correct, of: sinceRow.labelled), 12),
      Format.right(Format.decimal(lossSum / Double(labelled), 3), 11),
      Format.right(Format.decimal(Double(prediction.t) / 1e6, 2) + " s", 13),
      Format.right(prediction.label.map(String.init) ?? "-", 7),
      Format.right(String(prediction.predicted), 7),
      Format.right(String(prediction.weightsSequence), 9),
    ]
    return cells.joined()
  }

  /// The lines that end the table.
  var end: [String] {
    guard let last, labelled > 0 else {
      return trials == 0 ? ["no trial has ended"] : ["\(trials) trials without labels"]
    }
    return sinceRow.labelled > 0 ? [row(last)] : []
  }
}
