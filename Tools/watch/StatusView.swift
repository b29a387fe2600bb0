import Foundation
import Learning
import Service
import ToolSupport
import Transport

/// The engine's counters, once.
struct StatusView {
  let json: Bool

  func run(_ engine: EngineOptions, _ context: Context) throws {
    let client = try engine.client(in: context)
    let status = try client.status(digest: true)
    guard !json else { return try Terminal.json(status) }
    let stream = status.stream
    var rows: [(String, String)] = [
      ("model", status.model),
      (
        "learning",
        status.learning ? "on, at \(status.learningRateFactor) times the configured rate" : "off"
      ),
      ("uptime", Format.decimal(status.uptime, 1) + " s"),
      ("messages", Format.count(status.messages)),
      ("events", "\(Format.count(stream.events)) in steps, \(stream.lateEvents) late"),
      (
        "lost",
        "\(status.missingMessages) messages missing, \(status.duplicates) twice, "
          + "\(status.refusedMessages) refused"
      ),
      ("steps", Format.count(stream.steps)),
      (
        "time per step",
        status.stepMicroseconds.map { Format.decimal($0, 1) + " us" } ?? "-"
      ),
      (
        "trials",
        "\(stream.trials), \(stream.trialsLearned) learned from, \(stream.trialsTooLong) too long to"
      ),
      ("labels", "\(stream.lateLabels) late, \(stream.droppedLabels) dropped"),
      (
        "accuracy",
        status.accuracy.map {
          "\(Format.percent($0)) progressive, \(Format.percent(status.recentAccuracy ?? 0)) of the last 100"
        } ?? "-"
      ),
      (
        "queue",
        "\(status.queue.messages) of \(status.queue.messageLimit) messages, "
          + "\(Format.count(status.queue.bytes)) bytes"
      ),
      ("weights", "number \(status.weightsSequence)"),
      ("", status.weightsDigest ?? "-"),
    ]
    rows += overload(status)
    for (reason, count) in status.refused.sorted(by: { $0.key < $1.key }) {
      rows.append(("refused", "\(reason): \(count)"))
    }
    for (what, counts) in [
      ("let in", status.security.accepted), ("turned away", status.security.denied),
      ("no handshake", status.security.handshakeFailures),
    ] where !counts.isEmpty {
      let parts = counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
      rows.append((what, parts.joined(separator: ", ")))
    }
    if let last = status.lastRefusal { rows.append(("last refused", last)) }
    for (name, value) in rows {
      Terminal.line(name + String(repeating: " ", count: max(1, 15 - name.count)) + value)
    }
  }

  /// What there is to say of overload, of slow consumers and of a frozen copy.
  private func overload(_ status: EngineStatus) -> [(String, String)] {
    var rows: [(String, String)] = []
    let overload = status.overload
    if overload.policy == .shed {
      rows.append(
        (
          "shed",
          "\(overload.trialsShed) trials predicted only, \(Format.count(overload.eventsShed)) events of "
            + "\(overload.messagesShed) messages dropped\(overload.shedding ? "; shedding now" : "")"
        ))
    }
    let output = status.output
    if output.predictionsDropped > 0 || output.deltasDelayed > 0 {
      rows.append(
        (
          "output",
          "\(output.predictionsDropped) predictions left out, \(output.deltasDelayed) deltas delayed"
        ))
    }
    if let frozen = status.frozen {
      let trials = frozen.labelledTrials
      rows.append(
        (
          "frozen",
          "weights \(frozen.weightsSequence): \(Format.percent(frozen.frozenCorrectTrials, of: trials)) of "
            + "\(trials) trials, the learning ones \(Format.percent(frozen.correctTrials, of: trials))"
        ))
    }
    return rows
  }
}
