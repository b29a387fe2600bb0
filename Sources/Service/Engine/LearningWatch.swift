import Learning
import Logging

/// What the engine's thread notes of how learning goes: drift of the error, incidents of the guard, kept trials. It is logged
/// and told in the status.
final class LearningWatch {
  private let network: Network<Float>
  private let metrics: Metrics
  private var log: RateLimitedLog
  private var detector: DriftDetector?
  private var latestIncident: GuardIncident?
  /// Trials learned once more and refused when the status was last written.
  private var noted = (rehearsed: -1, skipped: -1)
  private var lastFactor = 1.0

  init(
    _ configuration: EngineConfiguration, network: Network<Float>, metrics: Metrics, logger: Logger
  ) {
    self.network = network
    self.metrics = metrics
    log = RateLimitedLog(logger)
    if configuration.drift.delta > 0 {
      detector = DriftDetector(delta: configuration.drift.delta)
    }
    tellAll()
  }

  /// Notes the outcome of a labelled trial.
  func note(isCorrect: Bool) {
    guard detector != nil else { return }
    let drift = detector?.add(isCorrect: isCorrect)
    tellDrift()
    guard let drift else { return }
    log.warn(
      "drift",
      "drift: the progressive error rose from \(drift.before) to \(drift.after) over the last \(drift.window) labelled "
        + "trials (trial \(drift.trial))")
  }

  /// Notes what has happened since this was last called.
  func update() {
    if let collapseGuard = network.collapseGuard {
      let incidents = collapseGuard.takeIncidents()
      for incident in incidents {
        latestIncident = incident
        log.warn("guard", "guard: \(incident)")
      }
      // The rate recovers without incidents.
      if !incidents.isEmpty || collapseGuard.rateFactor < 1 || lastFactor < 1 { tellGuard() }
    }
    guard let rehearsal = network.rehearsal,
      noted != (rehearsal.rehearsed, rehearsal.skipped)
    else { return }
    noted = (rehearsal.rehearsed, rehearsal.skipped)
    let section = EngineStatus.Rehearsal(rehearsal)
    metrics.update { $0.rehearsal = section }
  }

  private func tellAll() {
    noted = (-1, -1)
    tellDrift()
    tellGuard()
    update()
  }

  private func tellDrift() {
    guard let detector else { return }
    let section = EngineStatus.Drift(detector)
    metrics.update { $0.drift = section }
  }

  private func tellGuard() {
    guard let collapseGuard = network.collapseGuard else { return }
    lastFactor = collapseGuard.rateFactor
    var section = EngineStatus.Guard()
    for (reason, count) in collapseGuard.counts { section.incidents[reason.rawValue] = count }
    section.rateFactor = collapseGuard.rateFactor
    section.latest = latestIncident
    let told = section
    metrics.update { $0.collapseGuard = told }
  }

  // MARK: - In checkpoints

  /// What a run that goes on needs to know of how learning went; restored after the model was loaded.
  var parts: [LearningPart] {
    var parts: [LearningPart] = []
    if let rehearsal = network.rehearsal {
      parts.append(
        LearningPart("rehearsal", { try rehearsal.part() }, restoring { try rehearsal.restore($0) })
      )
    }
    if network.collapseGuard != nil {
      parts.append(
        LearningPart(
          "guard", { [network] in try network.guardPart() ?? CheckpointPart(text: "{}") },
          restoring { [network] in try network.restoreGuard($0) }))
    }
    if let delta = detector?.delta {
      parts.append(
        LearningPart(
          "drift",
          { [weak self] in try (self?.detector ?? DriftDetector(delta: delta)).part() },
          restoring { [weak self] in try self?.detector?.restore($0) }))
    }
    return parts
  }

  /// The status tells at once what was restored.
  private func restoring(
    _ body: @escaping (CheckpointPart) throws -> Void
  ) -> (CheckpointPart) throws -> Void {
    { [weak self] part in
      try body(part)
      self?.tellAll()
    }
  }
}

/// One of ``LearningWatch/parts``.
final class LearningPart: EnginePart {
  /// Its name in checkpoints.
  let name: String
  private let taken: () throws -> CheckpointPart
  private let restored: (CheckpointPart) throws -> Void

  init(
    _ name: String, _ taken: @escaping () throws -> CheckpointPart,
    _ restored: @escaping (CheckpointPart) throws -> Void
  ) {
    (self.name, self.taken, self.restored) = (name, taken, restored)
  }

  /// Takes down where it stands.
  func part() throws -> CheckpointPart { try taken() }

  /// Goes on from what ``part()`` gave.
  func restore(_ part: CheckpointPart) throws { try restored(part) }
}
