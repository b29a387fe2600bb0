import Events
import Foundation

extension EventBatch {
  /// `events` by time; those of one time keep their order.
  static func inOrder(_ events: [Event]) -> EventBatch {
    let order = events.indices.sorted { (events[$0].t, $0) < (events[$1].t, $1) }
    return EventBatch(order.lazy.map { events[$0] })
  }

  func filtered(_ isKept: (Event) -> Bool) -> EventBatch {
    EventBatch(indices.lazy.map { self[$0] }.filter(isKept))
  }

  /// Each event at the pixel nearest to where `place` puts its own; what leaves the sensor is lost.
  func moved(
    _ geometry: SensorGeometry, _ place: (Double, Double) -> (x: Double, y: Double)
  ) -> EventBatch {
    var moved = EventBatch()
    moved.reserveCapacity(count)
    for index in indices {
      let event = self[index]
      let to = place(Double(event.x), Double(event.y))
      let (x, y) = (Int(to.x.rounded()), Int(to.y.rounded()))
      guard (0..<geometry.width).contains(x), (0..<geometry.height).contains(y) else { continue }
      moved.append(t: event.t, x: UInt16(x), y: UInt16(y), on: event.on)
    }
    return moved
  }
}

extension Disturbance {
  static func sineAndCosine(degrees: Double) -> (Double, Double) {
    (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
  }
}
