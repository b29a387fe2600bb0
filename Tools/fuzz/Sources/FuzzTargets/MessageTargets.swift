import Events

extension FuzzInput.Target {
  /// Messages of the inbound socket: the frames are cut out of the input by a length before each.
  static let messages = [
    FuzzInput.Target(name: "message") { bytes, _ in
      _ = try? EventMessage.decode(frames(bytes), limits: limits)
    }
  ]

  private static let limits = EventMessage.Limits(
    geometry: SensorGeometry(width: 128, height: 128), classes: 10)

  /// At most five frames, each behind two bytes of its length.
  private static func frames(_ bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
    var frames: [UnsafeRawBufferPointer] = []
    var rest = bytes[...]
    while rest.count >= 2, frames.count < 5 {
      let count = Int(rest[rest.startIndex]) | Int(rest[rest.startIndex + 1]) << 8
      rest = rest.dropFirst(2)
      frames.append(UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return frames
  }

  /// The input that ``frames(_:)`` cuts into `frames`.
  static func joined(_ frames: [[UInt8]]) -> [UInt8] {
    frames.flatMap { [UInt8($0.count & 0xFF), UInt8($0.count >> 8 & 0xFF)] + $0 }
  }
}
