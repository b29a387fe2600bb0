import Events
import Learning

extension EngineConfiguration {
  /// What happens to time where sensors are live.
  public struct Live: Codable, Equatable, Sendable {
    /// Milliseconds of wall-clock time without a message after which the wall clock closes the steps of a source that is
    /// under way, so long behind; 0 leaves them to its next event or watermark.
    public var silence = 0
    /// Milliseconds of stream time by which a message must lie before its source's newest to mean that the clock began
    /// anew.
    public var clockBack = 10_000
    /// Sources that are joined by time into one stream, in this order; empty for none.
    public var merge: [String] = []
    /// Where the joined sources are seen.
    public var mergePlace = MergePlace.overlay

    private enum CodingKeys: String, CodingKey {
      case merge
      case silence = "silence_ms"
      case clockBack = "clock_back_ms"
      case mergePlace = "merge_place"
    }

    /// The name of the joined stream: those of the sources with dots between them.
    public var mergedName: String? { merge.isEmpty ? nil : merge.joined(separator: ".") }
  }

  /// Where the events of joined sources are seen.
  public enum MergePlace: String, Codable, Sendable, CaseIterable {
    /// All at the same place.
    case overlay
    /// Each to the right of the one before.
    case sideBySide = "side_by_side"
  }

  /// What the network sees: what transforms make of the sensor, so many times as sources lie side by side.
  ///
  /// - Throws: ``ConfigurationError`` for transforms that do not fit the sensor, or too wide a whole.
  public func modelGeometry() throws(ConfigurationError) -> SensorGeometry {
    let one = try transformChain().output
    guard live.mergePlace == .sideBySide, !live.merge.isEmpty else { return one }
    let width = one.width * live.merge.count
    guard width <= 65536, width * one.height <= 1 << 28 else {
      throw ConfigurationError(
        "live.merge puts \(live.merge.count) sensors of \(one) side by side, "
          + "allowed are 65536 columns and 2^28 pixels")
    }
    return SensorGeometry(width: width, height: one.height)
  }

  func checkLive() throws(ConfigurationError) {
    guard (0...3_600_000).contains(live.silence) else {
      throw ConfigurationError("live.silence_ms is \(live.silence), allowed is 0 to 3600000")
    }
    guard (1...86_400_000).contains(live.clockBack) else {
      throw ConfigurationError("live.clock_back_ms is \(live.clockBack), allowed is 1 to 86400000")
    }
    guard let name = live.mergedName else { return }
    guard (2...8).contains(live.merge.count), Set(live.merge).count == live.merge.count,
      live.merge.allSatisfy({ Topic.isSource($0) }), Topic.isSource(name)
    else {
      throw ConfigurationError(
        "live.merge is \(live.merge); it takes 2 to 8 different names of sources, together at most 64 bytes with dots "
          + "between them")
    }
    guard limits.sources >= live.merge.count else {
      throw ConfigurationError(
        "live.merge joins \(live.merge.count) sources, limits.sources is \(limits.sources)")
    }
  }
}
