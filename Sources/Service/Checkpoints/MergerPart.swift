import Events
import Foundation
import Learning

/// What waits to be joined, as a part of a checkpoint.
extension CheckpointPart {
  init(_ contents: EventMerger.Contents) throws {
    let events = contents.events
    let longs = [("values", contents.values), ("t", events.t)]
    let integers = [
      ("kinds", contents.kinds), ("x", events.x.map { Int32($0) }),
      ("y", events.y.map { Int32($0) }),
      ("on", events.on.map { $0 ? 1 : 0 }),
    ]
    var tensors = longs.map { Safetensors.Tensor(name: $0.0, shape: [$0.1.count], longs: $0.1) }
    tensors += integers.map { .init(name: $0.0, shape: [$0.1.count], integers: $0.1) }
    let text = try JSONEncoder().encode(contents.position)
    self.init(tensors: tensors, text: String(decoding: text, as: UTF8.self))
  }

  /// - Returns: nothing where lists are missing or do not fit together.
  /// - Throws: ``DecodingError``.
  func mergerContents() throws -> EventMerger.Contents? {
    let position = try JSONDecoder().decode(
      EventMerger.Contents.Position.self, from: Data(text.utf8))
    guard let values = self["values"]?.longs, let kinds = self["kinds"]?.integers,
      let t = self["t"]?.longs, let x = self["x"]?.integers, let y = self["y"]?.integers,
      let on = self["on"]?.integers, x.count == t.count, y.count == t.count, on.count == t.count
    else { return nil }
    var events = EventBatch()
    events.reserveCapacity(t.count)
    for index in t.indices {
      guard let x = UInt16(exactly: x[index]), let y = UInt16(exactly: y[index]) else {
        return nil
      }
      events.append(t: t[index], x: x, y: y, on: on[index] != 0)
    }
    return EventMerger.Contents(
      position: position, kinds: kinds, values: values, events: events)
  }
}
