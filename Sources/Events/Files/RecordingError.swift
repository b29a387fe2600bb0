/// What is wrong with a recording file: the value, the limit, and the place where it was found.
public enum RecordingError: Error, Equatable, Sendable {
  /// The file could not be opened, read or written.
  case file(path: String, reason: String)
  /// The bytes are none of the formats that are read here.
  case unknownFormat(path: String, reason: String)
  /// The file ends inside a record that begins at byte `offset`.
  case truncated(path: String?, offset: Int, bytes: Int, recordSize: Int)
  /// An event, counted from 0, lies outside the sensor.
  case outsideGeometry(path: String?, index: Int, x: Int, y: Int, geometry: SensorGeometry)
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
    case .truncated(let path, let offset, let bytes, let recordSize):
      Self.place(path)
        + "the file ends inside a record: \(bytes) of \(recordSize) bytes at offset \(offset)"
    case .outsideGeometry(let path, let index, let x, let y, let geometry):
      Self.place(path) + "event \(index) has x = \(x), y = \(y), outside a \(geometry) sensor"
    case .notRepresentable(let index, let field, let value, let limit):
      "event \(index) cannot be written: \(field) = \(value), the format holds \(limit)"
    }
  }

  private static func place(_ path: String?) -> String { path.map { "\($0): " } ?? "" }
}
