import Events

/// Recordings of a scene, one after the other, for a live stream.
struct LiveScene {
  struct Recording {
    var events: EventBatch
    /// Times from the start of the recording.
    var labels: [StreamLabel]
    /// In microseconds.
    var duration: Int64
  }

  let geometry: SensorGeometry
  /// Makes a recording by its index, from 0 on.
  let recording: (Int) -> Recording

  /// Each recording is a trial.
  init(_ source: SimulatedRecordings) {
    geometry = source.geometry
    recording = { index in
      let recording = source.recording(index: index)
      let duration = source.saccades.duration
      return Recording(
        events: recording.events,
        labels: [StreamLabel(t: 0, label: recording.label, end: duration)],
        duration: duration)
    }
  }

  /// Each recording is a person, with a trial for each gesture.
  init(_ source: GestureRecordings) {
    geometry = source.geometry
    recording = { index in
      let recording = source.recording(index: index)
      let labels = recording.trials.map {
        StreamLabel(t: $0.begin, label: $0.gesture.rawValue - 1, end: $0.end)
      }
      return Recording(events: recording.events, labels: labels, duration: recording.duration)
    }
  }

  /// The events and trials of a recording that begins at `begin`, the trials named by `source`.
  func recording(index: Int, at begin: Int64, source: String) -> Recording {
    var recording = recording(index)
    recording.events.shift(by: begin)
    for place in recording.labels.indices {
      let label = recording.labels[place]
      let name = "\(source)/\(label.label.map(String.init) ?? "")/\(index + 1)"
      recording.labels[place] = StreamLabel(
        t: begin + label.t, label: label.label, end: label.end.map { begin + $0 }, name: name)
    }
    return recording
  }
}
