import Learning

/// Metrics of what keeps an engine running: checkpoints, overload, security, and how learning goes.
extension StatusMetrics {
  static func service(_ status: EngineStatus) -> [PrometheusText.Metric] {
    checkpoints(status) + overload(status) + security(status.security) + health(status)
      + frozen(status) + time(status)
  }

  private static func byName(
    _ name: String, _ help: String, _ label: String, _ values: [String: Int]
  ) -> PrometheusText.Metric {
    .init(
      name: name, help: help, type: "counter",
      samples: values.sorted { $0.key < $1.key }.map { ([(label, $0.key)], Double($0.value)) })
  }

  private static func checkpoints(_ status: EngineStatus) -> [PrometheusText.Metric] {
    guard let checkpoints = status.checkpoints else { return [] }
    return [
      counter("checkpoints_saved_total", "Checkpoints written.", checkpoints.saved),
      counter("checkpoints_failed_total", "Checkpoints that failed.", checkpoints.failed),
      counter(
        "checkpoints_skipped_total", "Not taken, for one was under way.", checkpoints.skipped),
      counter("checkpoints_damaged_total", "Found damaged at the start.", checkpoints.damaged),
      gauge("checkpoint_age_seconds", "Since the newest.", checkpoints.secondsSince),
      gauge("checkpoint_bytes", "Size of the newest.", Double(checkpoints.bytes)),
      gauge(
        "checkpoint_copy_seconds", "Time that the newest took from learning.",
        checkpoints.copied / 1e3),
      gauge("checkpoint_write_seconds", "Time to write the newest.", checkpoints.written / 1e3),
    ]
  }

  private static func overload(_ status: EngineStatus) -> [PrometheusText.Metric] {
    let (overload, output) = (status.overload, status.output)
    return [
      gauge("shedding", "Whether learning is shed at present.", overload.shedding ? 1 : 0),
      counter("shed_trials_total", "Trials predicted only.", overload.trialsShed),
      counter("shed_messages_total", "Messages whose events were shed.", overload.messagesShed),
      counter("shed_events_total", "Events shed.", overload.eventsShed),
      counter(
        "dropped_predictions_total", "Predictions amid trials left out.",
        output.predictionsDropped),
      counter("delayed_deltas_total", "Deltas held back for a later one.", output.deltasDelayed),
      gauge("delta_bytes", "Bytes of deltas on their way.", Double(output.deltaBytes)),
      gauge(
        "learning_rate_factor", "What operators multiplied the rate by.",
        status.learningRateFactor),
      counter("state_resets_total", "States cleared on request.", status.stream.stateResets),
    ]
  }

  private static func security(_ security: EngineStatus.Security) -> [PrometheusText.Metric] {
    [
      byName("clients_accepted_total", "Clients let in.", "socket", security.accepted),
      byName("clients_denied_total", "Clients without a key.", "socket", security.denied),
      byName(
        "handshake_failures_total", "Peers whose handshake failed.", "socket",
        security.handshakeFailures),
    ]
  }

  private static func health(_ status: EngineStatus) -> [PrometheusText.Metric] {
    var metrics: [PrometheusText.Metric] = []
    if let drift = status.drift {
      metrics += [
        counter("drift_detections_total", "Rises of the error.", drift.detections),
        counter("drift_improvements_total", "Falls of the error.", drift.improvements),
        gauge("drift_window_trials", "Trials since the last change.", Double(drift.window)),
        gauge("drift_error_ratio", "Error in the window.", drift.error),
      ]
    }
    if let state = status.collapseGuard {
      metrics += [
        byName("guard_incidents_total", "Incidents of the guard.", "reason", state.incidents),
        gauge("guard_rate_factor", "What the guard multiplies the rate by.", state.rateFactor),
      ]
    }
    if let rehearsal = status.rehearsal {
      metrics += [
        gauge(
          "rehearsal_kept_trials", "Past trials kept.", Double(rehearsal.kept.reduce(0, +))),
        gauge("rehearsal_bytes", "Memory of the kept trials.", Double(rehearsal.bytes)),
        counter("rehearsed_trials_total", "Trials learned once more.", rehearsal.rehearsed),
      ]
    }
    return metrics
  }

  private static func frozen(_ status: EngineStatus) -> [PrometheusText.Metric] {
    guard let frozen = status.frozen else { return [] }
    return [
      gauge(
        "frozen_weights_sequence", "Number of the frozen weights.", Double(frozen.weightsSequence)),
      counter(
        "frozen_labelled_trials_total", "Trials that both were judged by.", frozen.labelledTrials),
      counter(
        "frozen_correct_trials_total", "Of these, right by the copy.", frozen.frozenCorrectTrials),
      counter(
        "frozen_learner_correct_trials_total", "Of these, right by the learning weights.",
        frozen.correctTrials),
    ]
  }

  private static func time(_ status: EngineStatus) -> [PrometheusText.Metric] {
    func sum(_ value: (EngineStatus.SourceTime) -> Int) -> Int {
      status.sources.values.reduce(0) { $0 + value($1.time) }
    }
    return [
      counter("silences_total", "Silences closed by the wall clock.", sum(\.silences)),
      counter("clock_jumps_total", "Clocks that began anew.", sum(\.clockJumps)),
      counter("late_messages_total", "Messages that filled a gap.", sum(\.lateMessages)),
      counter(
        "merge_overflows_total", "Events joined before all sources came.", sum(\.mergeOverflows)),
    ]
  }
}
