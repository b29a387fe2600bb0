import Learning

extension EngineStatus {
  /// How the progressive error changes.
  public struct Drift: Codable, Equatable, Sendable {
    /// Rises of the error that were found.
    public var detections = 0
    /// Falls of the error that were found.
    public var improvements = 0
    /// Labelled trials since the latest change, or a part of them.
    public var window = 0
    /// Mean error of the window.
    public var error: Double?
    /// The latest rise.
    public var latest: DriftDetector.Drift?

    init(_ detector: DriftDetector) {
      (detections, improvements) = (detector.drifts, detector.improvements)
      (window, error, latest) = (detector.width, detector.error, detector.latest)
    }
  }

  /// What the guard against collapse found; see ``CollapseGuard``.
  public struct Guard: Codable, Equatable, Sendable {
    /// Incidents by ``GuardIncident/Reason``.
    public var incidents: [String: Int] = [:]
    /// What the learning rate is multiplied by.
    public var rateFactor = 1.0
    public var latest: GuardIncident?

    private enum CodingKeys: String, CodingKey {
      case incidents, latest
      case rateFactor = "rate_factor"
    }
  }

  /// The past trials that are kept; see ``Rehearsal``.
  public struct Rehearsal: Codable, Equatable, Sendable {
    /// Kept trials of each class.
    public var kept: [Int] = []
    /// Bytes that their events take.
    public var bytes = 0
    /// Trials that were learned once more.
    public var rehearsed = 0
    /// Trials that were too long to be kept.
    public var skipped = 0

    init(_ rehearsal: Learning.Rehearsal) {
      (kept, bytes) = (rehearsal.kept, rehearsal.memory)
      (rehearsed, skipped) = (rehearsal.rehearsed, rehearsal.skipped)
    }
  }
}
