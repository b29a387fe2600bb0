/// What a recording holds, gathered in one pass over its events.
public struct RecordingSummary: Codable, Equatable, Sendable {
  /// Format of the file.
  public var format: RecordingFormat
  /// Sensor columns: as the format or the caller states them, else the smallest usual sensor that holds all events.
  public var width: Int
  /// Sensor rows, likewise.
  public var height: Int
  public var events: Int
  /// Time of the first event in microseconds, absent in an empty recording.
  public var firstTime: Int64?
  /// Time of the last event in microseconds, absent in an empty recording.
  public var lastTime: Int64?
  public var onEvents: Int
  /// Events that lie outside the sensor that the file states.
  public var outside = 0
  /// Events that are older than the one before them.
  public var timeReversals: Int
  /// See ``EventDigest``.
  public var eventsSHA256: String

  private enum CodingKeys: String, CodingKey {
    case format, width, height, events, outside
    case firstTime = "first_t_us"
    case lastTime = "last_t_us"
    case onEvents = "on_events"
    case timeReversals = "time_reversals"
    case eventsSHA256 = "events_sha256"
  }

  /// Reads the file at `path` to its end.
  ///
  /// - Parameters:
  ///   - geometry: the sensor, to be used in place of what the file states.
  ///   - progress: told the bytes read and the bytes in all.
  /// - Throws: ``RecordingError``, also for the first event outside `geometry`. The sensor that a file states is not held
  ///   against its events.
  public init(
    path: String, geometry: SensorGeometry? = nil, progress: (Int, Int) -> Void = { _, _ in }
  ) throws(RecordingError) {
    let reader = try RecordingReader(path: path)
    var digest = EventDigest()
    var batch = EventBatch()
    format = reader.format
    (events, onEvents, timeReversals) = (0, 0, 0)
    var (maxX, maxY) = (0, 0)
    let stated = reader.geometry
    while try reader.read(into: &batch) {
      digest.update(batch)
      onEvents += batch.on.count { $0 }
      firstTime = firstTime ?? batch.t.first
      for index in batch.indices {
        if let geometry, !geometry.contains(x: batch.x[index], y: batch.y[index]) {
          throw .outsideGeometry(
            path: path, index: events + index, x: Int(batch.x[index]), y: Int(batch.y[index]),
            geometry: geometry)
        }
        if let stated, !stated.contains(x: batch.x[index], y: batch.y[index]) { outside += 1 }
        if let last = lastTime, batch.t[index] < last { timeReversals += 1 }
        lastTime = batch.t[index]
        maxX = max(maxX, Int(batch.x[index]))
        maxY = max(maxY, Int(batch.y[index]))
      }
      events += batch.count
      batch.removeAll()
      progress(reader.offset, reader.fileSize)
    }
    eventsSHA256 = digest.finalize()
    let sensor = geometry ?? reader.geometry ?? .smallestUsual(x: maxX, y: maxY)
    (width, height) = (sensor.width, sensor.height)
  }
}

extension RecordingSummary {
  /// Writes every field: a time that is absent is `null`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(format, forKey: .format)
    try container.encode(width, forKey: .width)
    try container.encode(height, forKey: .height)
    try container.encode(events, forKey: .events)
    try container.encode(firstTime, forKey: .firstTime)
    try container.encode(lastTime, forKey: .lastTime)
    try container.encode(onEvents, forKey: .onEvents)
    try container.encode(outside, forKey: .outside)
    try container.encode(timeReversals, forKey: .timeReversals)
    try container.encode(eventsSHA256, forKey: .eventsSHA256)
  }
}
