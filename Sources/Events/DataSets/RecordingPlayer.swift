/// Plays one recording as part of a stream: piece by piece, in bounded memory, its times on the stream's clock, and with a
/// label wherever a trial begins.
///
/// The recording's clock is taken to begin at 0, or, if nothing happens in its first second, with the millisecond of the
/// first event, or of the first trial if that begins within the second before. A label comes with the first event at or after
/// its time, so no later than the events of its trial.
public final class RecordingPlayer {
  /// What is sent, or learned, at once.
  public struct Piece {
    /// Which of ``RecordingPlayer/events``; it may be empty.
    public var range: Range<Int>
    /// Trials that begin no later than the latest of them, with the class that is known.
    public var labels: [StreamLabel]
  }

  /// A piece has no more labels, so that they fit a message.
  public static let mostLabels = 32
  /// Events of one piece are no further apart, in microseconds: what an engine predicts over one message comes at once, and
  /// must fit its queue.
  public static let longestPiece: Int64 = 500_000
  /// Stream times must not be larger, in microseconds, on either side of 0.
  static let latestTime: Int64 = 1 << 61

  public let recording: LabelledRecording
  /// Where the recording begins in the stream, in microseconds.
  public let begin: Int64
  /// Where what was played so far ends (exclusive), after its last event.
  public private(set) var end: Int64
  /// The sensor: as said, as the file states it, or as assumed.
  public let geometry: SensorGeometry
  /// The events that the latest piece is a part of.
  public private(set) var events = EventBatch()
  /// Share of the file that has been read, 0 to 1; 0 for a pipe.
  public var progress: Double {
    reader.fileSize > 0 ? min(1, Double(reader.offset) / Double(reader.fileSize)) : 0
  }

  private let reader: RecordingReader
  private let suffix: String
  private var chunk = EventBatch()
  private var rest = EventBatch()
  /// Events that have been handed out.
  private var played = 0
  /// Events read before the present chunk.
  private var eventsRead = 0
  private var hasEnded = false
  /// The file's time at `begin`.
  private var origin: Int64?
  /// The latest time of the file so far.
  private var latest = Int64.min
  /// Stretches whose first event has been read.
  private var reached = 0
  private var due: [StreamLabel] = []

  /// Opens the recording.
  ///
  /// - Parameters:
  ///   - begin: stream time.
  ///   - geometry: the sensor, whatever the file states.
  ///   - assumed: the sensor, where nothing is stated.
  ///   - suffix: what names of trials end in, such as the number of a pass.
  /// - Throws: ``RecordingError``.
  public init(
    _ recording: LabelledRecording, at begin: Int64, geometry: SensorGeometry? = nil,
    assuming assumed: SensorGeometry = .nmnist, suffix: String = ""
  ) throws(RecordingError) {
    reader = try RecordingReader(path: recording.path)
    guard (0...Self.latestTime).contains(begin) else {
      throw .file(path: recording.path, reason: "it would begin at \(begin) us, the limit is 2^61")
    }
    self.recording = recording
    self.begin = begin
    self.suffix = suffix
    self.geometry = geometry ?? reader.geometry ?? assumed
    end = begin + 1
  }

  /// Where the next recording begins: `pause` milliseconds later, on a whole one, so that numbers stay readable.
  public func next(after pause: Int) -> Int64 { (end + 999) / 1000 * 1000 + Int64(pause) * 1000 }

  /// The next piece, or nothing at the end.
  ///
  /// - Parameters:
  ///   - count: events at most, above 0; also, how many are held in memory.
  ///   - span: stream time at most, in microseconds.
  ///   - transforms: what happens to events before they go on the stream's clock.
  /// - Throws: ``RecordingError``; at the end also for trials that lie outside the recording.
  public func next(
    atMost count: Int, within span: Int64 = longestPiece,
    through transforms: inout TransformChain
  ) throws(RecordingError) -> Piece? {
    while !hasEnded, events.count - played < count { try read(through: &transforms) }
    guard played < events.count else {
      let labels = takeLabels(upTo: .max)
      return labels.isEmpty ? nil : Piece(range: played..<played, labels: labels)
    }
    let range = played..<cut(atMost: count, within: min(span, Self.longestPiece))
    let newest = events.t.withUnsafeBufferPointer { times in
      range.reduce(begin) { max($0, times[$1]) }
    }
    let labels = takeLabels(upTo: newest)
    if let more = due.first, more.t <= newest {
      return Piece(range: played..<played, labels: labels)
    }
    end = max(end, newest + 1)
    played = range.upperBound
    return Piece(range: range, labels: labels)
  }

  private func takeLabels(upTo time: Int64) -> [StreamLabel] {
    let labels = due.prefix(Self.mostLabels).prefix { $0.t <= time }
    due.removeFirst(labels.count)
    return Array(labels)
  }

  /// Where the piece that begins with the next event ends.
  private func cut(atMost count: Int, within span: Int64) -> Int {
    let full = min(played + min(count, events.count), events.count)
    let first = events.t[played]
    return events.t.withUnsafeBufferPointer { times in
      var end = played + 1
      while end < full, times[end] - first < span, first - times[end] < Self.longestPiece {
        end += 1
      }
      return end
    }
  }

  // MARK: - Reading

  private func read(through transforms: inout TransformChain) throws(RecordingError) {
    if played > 0 {
      rest.removeAll()
      rest.append(events, range: played..<events.count)
      swap(&rest, &events)
      played = 0
    }
    chunk.removeAll()
    hasEnded = try !reader.read(into: &chunk)
    try check(chunk)
    eventsRead += chunk.count
    let origin = try findOrigin()
    chunk.shift(by: -origin)
    do throws(TransformError) {
      try transforms.apply(to: &chunk)
    } catch {
      throw .unsupported(path: recording.path, reason: error.description)
    }
    if let span = chunk.timeSpan {
      for time in [span.lowerBound, span.upperBound] where abs(time) > Self.latestTime {
        throw .unsupported(
          path: recording.path, reason: "an event has the time \(time) us, the limit is 2^61")
      }
    }
    chunk.shift(by: begin)
    events.append(chunk)
    if hasEnded, latest > .min {
      // A recording whose last events are dropped is no shorter for that.
      let length = min(max(transforms.time(latest - origin), 0), Self.latestTime)
      end = max(end, begin + length + 1)
    }
    try reach(origin, transforms)
  }

  /// Refuses what cannot be sent, and notes the latest time.
  private func check(_ chunk: EventBatch) throws(RecordingError) {
    guard let span = chunk.timeSpan else { return }
    if let index = chunk.firstOutside(geometry) {
      throw .outsideGeometry(
        path: recording.path, index: eventsRead + index, x: Int(chunk.x[index]),
        y: Int(chunk.y[index]), geometry: geometry)
    }
    for time in [span.lowerBound, span.upperBound]
    where !(-LabelledStretch.latest...LabelledStretch.latest).contains(time) {
      throw .unsupported(
        path: recording.path, reason: "an event has the time \(time) us, the limit is 2^60")
    }
    latest = max(latest, span.upperBound)
  }

  private func findOrigin() throws(RecordingError) -> Int64 {
    if let origin { return origin }
    guard let earliest = chunk.timeSpan?.lowerBound else { return 0 }
    let second: Range<Int64> = 0..<1_000_000
    let first = recording.stretches.first
    var start = earliest
    if let begin = first?.begin, second.contains(earliest - begin) { start = begin }
    let remainder = start % 1000
    start = second.contains(earliest) ? 0 : start - (remainder < 0 ? remainder + 1000 : remainder)
    origin = start
    if let first, let end = first.end, end <= start {
      throw outside(first, "it begins at \(earliest) us")
    }
    return start
  }

  /// Makes labels of the stretches that have begun.
  private func reach(_ origin: Int64, _ transforms: TransformChain) throws(RecordingError) {
    let isOpen = self.origin != nil || hasEnded
    while isOpen, reached < recording.stretches.count {
      let stretch = recording.stretches[reached]
      guard stretch.begin ?? .min <= latest else { break }
      due.append(label(stretch, origin, transforms))
      reached += 1
    }
    guard hasEnded, reached < recording.stretches.count else { return }
    throw outside(
      recording.stretches[reached],
      self.origin == nil ? "it has no events" : "its last event is at \(latest) us")
  }

  private func label(
    _ stretch: LabelledStretch, _ origin: Int64, _ transforms: TransformChain
  ) -> StreamLabel {
    func streamTime(_ time: Int64) -> Int64 {
      begin + min(max(transforms.time(time - origin), 0), Self.latestTime)
    }
    let t = stretch.begin.map(streamTime) ?? begin
    let name = recording.isWhole ? recording.name : "\(recording.name)[\(reached + 1)]"
    return StreamLabel(
      t: t, label: stretch.label, end: stretch.end.map { max(streamTime($0), t + 1) },
      name: name + suffix)
  }

  private func outside(_ stretch: LabelledStretch, _ reason: String) -> RecordingError {
    let times = [stretch.begin, stretch.end].map { $0.map(String.init) ?? "-" }
    return .unsupported(
      path: recording.path,
      reason: "a labelled trial from \(times[0]) to \(times[1]) us is not in it: \(reason)")
  }
}
