import Learning

/// Which metrics a status gives.
enum StatusMetrics {
  static func list(_ status: EngineStatus) -> [PrometheusText.Metric] {
    general(status) + messages(status) + stream(status) + outcome(status) + queues(status)
      + sources(status) + service(status)
  }

  static func counter(
    _ name: String, _ help: String, _ value: Double
  ) -> PrometheusText.Metric {
    .init(name: name, help: help, type: "counter", samples: [([], value)])
  }

  static func counter(_ name: String, _ help: String, _ value: Int)
    -> PrometheusText.Metric
  {
    counter(name, help, Double(value))
  }

  static func gauge(
    _ name: String, _ help: String, _ value: Double?
  ) -> PrometheusText.Metric {
    .init(name: name, help: help, type: "gauge", samples: value.map { [([], $0)] } ?? [])
  }

  private static func general(_ status: EngineStatus) -> [PrometheusText.Metric] {
    [
      .init(
        name: "engine_info", help: "The engine; its number changes with every start.",
        type: "gauge", samples: [([("engine", status.engine)], 1)]),
      gauge("uptime_seconds", "Time since the start.", status.uptime),
      gauge("learning", "Whether labelled trials are learned from.", status.learning ? 1 : 0),
      gauge("resident_memory_bytes", "Memory held.", status.residentBytes.map(Double.init)),
      counter("busy_seconds_total", "Time spent on events.", status.busy),
      gauge("weights_sequence", "Number of the weights.", Double(status.weightsSequence)),
      gauge(
        "weights_followed", "Whether somebody follows the weights.",
        status.weightsFollowed ? 1 : 0),
    ]
  }

  private static func messages(_ status: EngineStatus) -> [PrometheusText.Metric] {
    let refused = status.refused.sorted { $0.key < $1.key }
    return [
      counter("messages_total", "Messages taken in.", status.messages),
      .init(
        name: "refused_messages_total", help: "Messages refused, by reason.", type: "counter",
        samples: refused.map { ([("reason", $0.key)], Double($0.value)) }),
      gauge(
        "missing_messages", "Gaps in the numbers of messages; late ones fill them.",
        Double(status.missingMessages)),
      counter("duplicate_messages_total", "Messages that came twice.", status.duplicates),
      counter("connects_total", "Inbound connections that began.", status.connects),
      counter("disconnects_total", "Inbound connections that ended.", status.disconnects),
      counter("events_received_total", "Events of messages taken in.", status.eventsReceived),
    ]
  }

  private static func stream(_ status: EngineStatus) -> [PrometheusText.Metric] {
    let stream = status.stream
    return [
      counter("events_total", "Events that entered a step.", stream.events),
      counter("late_events_total", "Events dropped as late.", stream.lateEvents),
      counter("steps_total", "Time steps closed.", stream.steps),
      counter("trials_total", "Trials that ended.", stream.trials),
      counter("trials_learned_total", "Trials learned from.", stream.trialsLearned),
      counter("trials_too_long_total", "Trials too long to learn.", stream.trialsTooLong),
      counter("late_labels_total", "Labels after their first events.", stream.lateLabels),
      counter("dropped_labels_total", "Labels dropped, too many waited.", stream.droppedLabels),
      counter("time_jumps_total", "Silences longer than the gap.", stream.timeJumps),
      counter("restarts_total", "Times that a publisher began anew.", stream.restarts),
    ]
  }

  private static func outcome(_ status: EngineStatus) -> [PrometheusText.Metric] {
    [
      counter("labelled_trials_total", "Labelled trials that ended.", status.labelledTrials),
      counter("correct_trials_total", "Of these, predicted right.", status.correctTrials),
      gauge("accuracy_ratio", "Progressive accuracy.", status.accuracy),
      gauge("recent_accuracy_ratio", "Accuracy of the last 100 trials.", status.recentAccuracy),
      gauge("loss_mean", "Mean loss of all trials.", status.loss.mean),
      gauge("recent_loss_mean", "Mean loss of the last 100 trials.", status.loss.recent),
      gauge("events_per_second", "Events over the last seconds.", status.rates.events),
      gauge("steps_per_second", "Steps over the last seconds.", status.rates.steps),
      gauge("busy_ratio", "Share of the last seconds spent on events.", status.rates.busy),
    ]
  }

  private static func queues(_ status: EngineStatus) -> [PrometheusText.Metric] {
    [
      gauge("queue_messages", "Messages before the engine.", Double(status.queue.messages)),
      gauge("queue_bytes", "Bytes before the engine.", Double(status.queue.bytes)),
      gauge("queue_limit_messages", "Most of them.", Double(status.queue.messageLimit)),
      gauge("queue_limit_bytes", "Most of them.", Double(status.queue.byteLimit)),
      gauge("output_queue_messages", "Messages to be sent.", Double(status.outputQueue)),
    ]
  }

  private static func sources(_ status: EngineStatus) -> [PrometheusText.Metric] {
    let sources = status.sources.sorted { $0.key < $1.key }
    func metric(
      _ name: String, _ help: String, type: String = "counter",
      _ value: (EngineStatus.Source) -> Double
    ) -> PrometheusText.Metric {
      .init(
        name: "source_\(name)", help: help, type: type,
        samples: sources.map { ([("source", $0.key)], value($0.value)) })
    }
    return [
      metric("messages_total", "Messages of a source.") { Double($0.messages) },
      metric("events_total", "Events of a source.") { Double($0.events) },
      metric("events_done_total", "Events worked off.") { Double($0.eventsDone) },
      metric("late_events_total", "Events dropped as late.") { Double($0.lateEvents) },
      metric("missing_messages", "Gaps in a source's numbers.", type: "gauge") {
        Double($0.missingMessages)
      },
      metric("duplicate_messages_total", "Messages that came twice.") { Double($0.duplicates) },
    ]
  }
}
