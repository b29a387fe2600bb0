/// What is wrong with a recording file: the value, the limit, and the place where it was found.
public enum RecordingError: Error, Equatable, Sendable {
  /// The file could not be opened, read or written.
  case file(path: String, reason: String)
  /// The bytes are none of the formats that are read here.
  case unknownFormat(path: String?, reason: String)
  /// The format is known, but there is nothing in this file, or this layout, that can be read or written here.
  case unsupported(path: String?, reason: String)
  /// What stands at byte `offset` has no meaning in the format.
  case malformed(path: String?, offset: Int, reason: String)
  /// The file ends inside a header or record, of which `bytes` bytes stand at byte `offset`.
  case truncated(path: String?, offset: Int, bytes: Int)
  /// An event, counted from 0, lies outside the sensor.
  case outsideGeometry(path: String?, index: Int, x: Int, y: Int, geometry: SensorGeometry)
  /// An event, counted from 0, cannot be written in the format.
  case notRepresentable(path: String? = nil, index: Int, field: String, value: Int64, limit: String)

  /// The same error with the file's name, where it has none.
  public func at(_ file: String) -> RecordingError {
    switch self {
    case .file: self
    case .unknownFormat(let path, let reason):
      .unknownFormat(path: path ?? file, reason: reason)
    case .unsupported(let path, let reason):
      .unsupported(path: path ?? file, reason: reason)
    case .malformed(let path, let offset, let reason):
      .malformed(path: path ?? file, offset: offset, reason: reason)
    case .truncated(let path, let offset, let bytes):
      .truncated(path: path ?? file, offset: offset, bytes: bytes)
    case .outsideGeometry(let path, let index, let x, let y, let geometry):
      .outsideGeometry(path: path ?? file, index: index, x: x, y: y, geometry: geometry)
    case .notRepresentable(let path, let index, let field, let value, let limit):
      .notRepresentable(path: path ?? file, index: index, field: field, value: value, limit: limit)
    }
  }
}

extension RecordingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let path, let reason):
      "\(path): \(reason)"
    case .unknownFormat(let path, let reason):
      Self.place(path) + "not a recording that can be read: \(reason)"
    case .unsupported(let path, let reason):
      Self.place(path) + reason
    case .malformed(let path, let offset, let reason):
      Self.place(path) + "at offset \(offset): \(reason)"
    case .truncated(let path, let offset, let bytes):
      Self.place(path)
        + "the file ends inside a header or record: \(bytes) bytes of it at offset \(offset)"
    case .outsideGeometry(let path, let index, let x, let y, let geometry):
      Self.place(path) + "event \(index) has x = \(x), y = \(y), outside a \(geometry) sensor"
    case .notRepresentable(let path, let index, let field, let value, let limit):
      Self.place(path)
        + "event \(index) cannot be written: \(field) = \(value), the format holds \(limit)"
    }
  }

  private static func place(_ path: String?) -> String { path.map { "\($0): " } ?? "" }
}
