import Events
import ToolSupport

extension Write {
  /// One recording a person, all gestures in each.
  func writeGestures() throws -> WriteSummary {
    let (train, test) = counts
    let source = try sensor.gestures(seed: seed)
    let folder = OutputFolder(path: output, layout: .trials)
    try folder.prepare(force: force)
    var summary = WriteSummary(folder: output, seed: seed)
    let bar = ProgressBar("write", total: train + test)
    for person in 0..<(train + test) {
      let isTest = person >= train
      let recording = source.recording(index: person)
      let names = OutputLayout.recording(person: person)
      let size = try folder.add(recording.events, name: names.events, geometry: source.geometry)
      let rows = recording.trials.map { "\($0.gesture.rawValue),\($0.begin),\($0.end)" }
      try folder.add(lines: ["class,startTime_usec,endTime_usec"] + rows, name: names.labels)
      summary.add(events: recording.events.count, bytes: size, isTest: isTest)
      for trial in recording.trials {
        let events = recording.events.t.count { (trial.begin..<trial.end).contains($0) }
        summary.add(trial: trial.gesture.name, events: events, isTest: isTest)
      }
      bar.update(person + 1, "\(Format.count(summary.events)) events")
    }
    bar.finish()
    let people = (0..<(train + test)).map { OutputLayout.recording(person: $0).events }
    try folder.add(lines: Array(people.prefix(train)), name: OutputLayout.trainingList)
    try folder.add(lines: Array(people.dropFirst(train)), name: OutputLayout.testList)
    let names = source.gestures.map { "\($0.name),\($0.rawValue)" }
    try folder.add(lines: ["action,label"] + names, name: OutputLayout.classNames)
    try folder.finish()
    return summary
  }
}
