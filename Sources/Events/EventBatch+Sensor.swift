extension EventBatch {
  /// The first event outside a sensor.
  public func firstOutside(_ geometry: SensorGeometry) -> Int? {
    // The usual case is that all are inside, which the largest coordinates tell.
    guard x.largest >= geometry.width || y.largest >= geometry.height else { return nil }
    return indices.first { !geometry.contains(x: x[$0], y: y[$0]) }
  }
}

extension [UInt16] {
  fileprivate var largest: Int {
    withUnsafeBufferPointer { values in
      var largest: UInt16 = 0
      for value in values { largest = Swift.max(largest, value) }
      return Int(largest)
    }
  }
}
