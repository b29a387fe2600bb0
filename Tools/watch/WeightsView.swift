import Foundation
import Learning
import Service
import ToolSupport
import Transport

/// Keeps a copy of the engine's weights and compares digests at the end.
struct WeightsView {
  let json: Bool

  /// What the comparison came to.
  private struct Result: Encodable {
    var deltas: Int
    var snapshots: Int
    var bytes: Int
    var weightsSequence: UInt64
    var copy: String
    var engine: String
    var equal: Bool

    private enum CodingKeys: String, CodingKey {
      case deltas, snapshots, bytes, equal
      case weightsSequence = "weights_seq"
      case copy = "copy_sha256"
      case engine = "engine_sha256"
    }
  }

  func run(_ engine: EngineOptions, _ context: Context, _ until: Deadline) throws {
    let subscriber = try engine.subscriber(["weights/", "prediction/"], in: context)
    let client = try engine.client(in: context)
    var follower = WeightsFollower(try client.snapshot())
    var result = Result(
      deltas: 0, snapshots: 1, bytes: 0, weightsSequence: 0, copy: "", engine: "", equal: false)
    var trials = 0
    if !json {
      Terminal.line("snapshot \(follower.sequence)  sha256 \(follower.weights.digest)")
    }
    while !until.hasPassed(trials: trials) {
      guard let message = try subscriber.receive(timeout: .milliseconds(200)) else { continue }
      if message.topic.hasPrefix("prediction/") {
        let isOther = OutputSubscriber.isOfFrozenCopy(message.topic)
        trials += !isOther && isFinal(message.frames) ? 1 : 0
      } else {
        try take(message, &follower, client, &result)
      }
    }
    // The engine numbers what it tells: the copy catches up to that number, then both digests are of the same weights.
    let status = try client.status(digest: true)
    let deadline = ContinuousClock.now + .seconds(5)
    while follower.sequence < status.weightsSequence, ContinuousClock.now < deadline {
      guard let message = try subscriber.receive(timeout: .milliseconds(100)) else { continue }
      if !message.topic.hasPrefix("prediction/") {
        try take(message, &follower, client, &result)
      }
    }
    if follower.sequence != status.weightsSequence || follower.engine != status.engine {
      // Without deltas, or after lost ones, only a snapshot tells.
      follower = WeightsFollower(try client.snapshot())
      result.snapshots += 1
    }
    result.weightsSequence = follower.sequence
    result.copy = follower.weights.digest
    result.engine = status.weightsDigest ?? ""
    result.equal = result.copy == result.engine
    if json {
      try Terminal.json(result)
    } else {
      Terminal.line(
        "\(result.deltas) deltas, \(result.snapshots) snapshots, \(Format.count(result.bytes)) bytes"
      )
      Terminal.line("copy   \(follower.sequence)  sha256 \(result.copy)")
      Terminal.line("engine \(status.weightsSequence)  sha256 \(result.engine)")
      Terminal.line(result.equal ? "equal" : "DIFFERENT")
    }
    guard result.equal else { throw ExitStatus.checkFailed }
  }

  private func take(
    _ message: (topic: String, frames: [[UInt8]]), _ follower: inout WeightsFollower,
    _ client: EngineClient, _ result: inout Result
  ) throws {
    switch try follower.receive([Array(message.topic.utf8)] + message.frames) {
    case .old: return
    case .applied:
      result.deltas += 1
      result.bytes += message.frames.last?.count ?? 0
    case .gap(let missing):
      Terminal.note("\(missing) deltas did not arrive; taking a snapshot")
      follower = WeightsFollower(try client.snapshot())
      result.snapshots += 1
    }
  }

  /// All that is needed of a prediction, whatever else it holds.
  private struct Ending: Decodable {
    var final: Bool
  }

  private func isFinal(_ frames: [[UInt8]]) -> Bool {
    guard let body = frames.first else { return false }
    if let prediction = try? PredictionMessage(json: body) { return prediction.isFinal }
    return (try? JSONDecoder().decode(Ending.self, from: Data(body)))?.final == true
  }
}
