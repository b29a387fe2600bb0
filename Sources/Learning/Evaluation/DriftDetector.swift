import Foundation

/// Watches the progressive error of labelled trials for changes; see ``Adwin``.
///
/// The error falls while a model learns, which is a change too: only a rise counts as drift. After a change the window holds
/// what came since, so that one change is not found again and again while its old outcomes leave the window.
public struct DriftDetector: Sendable {
  /// A rise of the error.
  public struct Drift: Codable, Equatable, Sendable {
    /// Labelled trials up to and with the one at which it was found.
    public var trial: Int
    /// Mean error before and since.
    public var before: Double
    public var after: Double
    /// Trials since the change, about.
    public var window: Int
  }

  private var window: Adwin
  /// Labelled trials so far.
  public private(set) var trials = 0
  /// Rises of the error found so far.
  public private(set) var drifts = 0
  /// Falls of the error found so far.
  public private(set) var improvements = 0
  /// The latest rise.
  public private(set) var latest: Drift?

  /// - Parameter delta: bound for the probability of a false alarm at a given time; above 0 and below 1.
  public init(delta: Double) {
    window = Adwin(delta: delta)
  }

  /// See ``init(delta:)``.
  public var delta: Double { window.delta }
  /// Trials that the window holds: those since the latest change, or a part of them.
  public var width: Int { window.width }
  /// Mean error of the window.
  public var error: Double? { window.mean }

  /// Takes the outcome of the next labelled trial in, predicted before it was learned from.
  ///
  /// - Returns: the drift that shows with it.
  public mutating func add(isCorrect: Bool) -> Drift? {
    trials += 1
    guard let change = window.add(!isCorrect) else { return nil }
    window.keep(newest: change.recent)
    guard change.after > change.before else {
      improvements += 1
      return nil
    }
    drifts += 1
    latest = Drift(
      trial: trials, before: change.before, after: change.after, window: change.recent)
    return latest
  }
}

extension DriftDetector {
  private struct Position: Codable {
    var buckets: [Adwin.Bucket]
    var trials: Int
    var drifts: Int
    var improvements: Int
    var latest: Drift?
  }

  /// Takes down what it knows, for a checkpoint.
  ///
  /// - Throws: the error of the encoder.
  public func part() throws -> CheckpointPart {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let text = try encoder.encode(
      Position(
        buckets: window.buckets, trials: trials, drifts: drifts, improvements: improvements,
        latest: latest))
    return CheckpointPart(text: String(decoding: text, as: UTF8.self))
  }

  /// Goes on from what ``part()`` gave.
  ///
  /// - Throws: ``ConfigurationError`` for what cannot be of a detector; nothing has changed then.
  public mutating func restore(_ part: CheckpointPart) throws(ConfigurationError) {
    let position: Position
    do {
      position = try JSONDecoder().decode(Position.self, from: Data(part.text.utf8))
    } catch {
      throw ConfigurationError("the drift detector's state cannot be read: \(error)")
    }
    let counts = [position.trials, position.drifts, position.improvements]
    guard counts.allSatisfy({ (0...(1 << 60)).contains($0) }), window.restore(position.buckets)
    else { throw ConfigurationError("the drift detector's state has impossible numbers") }
    (trials, drifts, improvements) = (position.trials, position.drifts, position.improvements)
    latest = position.latest
  }
}
