/// One address event of an event camera: a pixel, a direction of change, a time.
public struct Event: Hashable, Sendable {
  /// Sensor or stream time in microseconds.
  public var t: Int64
  /// Column, counted from the left, starting at 0.
  public var x: UInt16
  /// Row, counted from the top, starting at 0.
  public var y: UInt16
  /// `true` for ON (intensity rose), `false` for OFF.
  public var on: Bool

  public init(t: Int64, x: UInt16, y: UInt16, on: Bool) {
    self.t = t
    self.x = x
    self.y = y
    self.on = on
  }
}
