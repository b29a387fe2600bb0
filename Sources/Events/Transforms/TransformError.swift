/// What is wrong with a transform, or with events given to it.
public enum TransformError: Error, Equatable, Sendable {
  /// No transform has this name.
  case unknown(String)
  /// An argument in `text` is missing, not known, or out of range.
  case argument(text: String, problem: String, usage: String)
  /// The transform cannot work on the sensor that it would get.
  case doesNotFit(text: String, geometry: SensorGeometry, reason: String)
  /// More transforms than ``TransformChain/longestChain``.
  case tooMany(Int)
  /// An event, counted from the first of the stream, lies outside the sensor.
  case outsideSensor(index: Int, x: Int, y: Int, geometry: SensorGeometry)
}

extension TransformError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknown(let name):
      "there is no transform \"\(WireError.excerpt(name))\"; known are "
        + EventTransform.names.joined(separator: ", ")
    case .argument(let text, let problem, let usage):
      "\(WireError.excerpt(text)): \(problem); it is written \(usage)"
    case .doesNotFit(let text, let geometry, let reason):
      "\(WireError.excerpt(text)): it would get a sensor of \(geometry), but \(reason)"
    case .tooMany(let count):
      "\(count) transforms, the limit is \(TransformChain.longestChain)"
    case .outsideSensor(let index, let x, let y, let geometry):
      "event \(index) has x = \(x), y = \(y), outside a \(geometry) sensor"
    }
  }
}
