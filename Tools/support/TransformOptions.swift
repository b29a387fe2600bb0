import ArgumentParser
import Events

/// What happens to events on their way, for every tool that passes them on.
public struct TransformOptions: ParsableArguments {
  @Option(
    name: .customLong("transform"),
    help: ArgumentHelp(
      "A change to the events, such as denoise=10000; may be given several times, and works in that order.",
      discussion: EventTransform.usages.map { "  " + $0 }.joined(separator: "\n"),
      valueName: "transform"),
    transform: { try EventTransform($0) })
  public var transforms: [EventTransform] = []

  public init() {}

  /// - Throws: ``TransformError`` for transforms that do not fit the sensor.
  public func chain(_ geometry: SensorGeometry) throws(TransformError) -> TransformChain {
    try TransformChain(transforms, input: geometry)
  }
}
