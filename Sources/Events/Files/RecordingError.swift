/// What is wrong with a recording file: the value, the limit, and the byte where it was found.
public enum RecordingError: Error, Equatable, Sendable {
  /// The file could not be opened, read or written.
  case file(path: String, reason: String)
  /// The bytes are none of the formats that are read here.
  case unknownFormat(path: String, reason: String)
  /// The file ends inside a record.
  case truncated(offset: Int, bytes: Int, recordSize: Int)
  /// An event lies outside the sensor.
  case outsideGeometry(offset: Int, x: Int, y: Int, geometry: SensorGeometry)
  /// An event cannot be written in the format.
  case notRepresentable(index: Int, field: String, value: Int64, limit: String)
}

extension RecordingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let path, let reason):
      "\(path): \(reason)"
    case .unknownFormat(let path, let reason):
      "\(path): not a recording that can be read: \(reason)"
    case .truncated(let offset, let bytes, let recordSize):
      "the file ends inside a record: \(bytes) of \(recordSize) bytes at offset \(offset)"
    case .outsideGeometry(let offset, let x, let y, let geometry):
      "the event at offset \(offset) has x = \(x), y = \(y), outside a \(geometry) sensor"
    case .notRepresentable(let index, let field, let value, let limit):
      "event \(index) cannot be written: \(field) = \(value), the format holds \(limit)"
    }
  }
}
