import Events
import Foundation

/// Lets `body` see `bytes` at an odd address, so that no reading may count on alignment.
func unaligned<Result>(
  _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Result
) rethrows -> Result {
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + 1, alignment: 16)
  defer { memory.deallocate() }
  let place = UnsafeMutableRawBufferPointer(rebasing: memory[1...])
  place.copyBytes(from: bytes)
  return try body(UnsafeRawBufferPointer(place))
}

extension EventMessage.Limits {
  static let nmnist = EventMessage.Limits(geometry: .nmnist, classes: 10)
}

/// Decodes a message from copies of its frames.
func decode(
  _ frames: [[UInt8]], limits: EventMessage.Limits = .nmnist
) throws -> EventMessage {
  func decode(_ rest: ArraySlice<[UInt8]>, _ seen: [UnsafeRawBufferPointer]) throws -> EventMessage
  {
    guard let frame = rest.first else { return try EventMessage.decode(seen, limits: limits) }
    return try unaligned(frame) { try decode(rest.dropFirst(), seen + [$0]) }
  }
  return try decode(frames[...], [])
}

extension WireEncoding {
  /// Those in which events keep their times.
  static let timed = allCases.filter(\.keepsTimes)

  /// The largest sensor whose events it can hold.
  var widest: SensorGeometry {
    switch self {
    case .evt2, .evt3: SensorGeometry(width: 2048, height: 2048)
    case .samna8: SensorGeometry(width: 256, height: 256)
    case .spif32, .spif64, .aedat4: SensorGeometry(width: 32768, height: 32768)
    case .t32x16y15on1, .mono64: SensorGeometry(width: 65536, height: 32768)
    case .t64x16y16on8, .i64x4: SensorGeometry(width: 65536, height: 65536)
    }
  }

  /// The largest time after `t_base`.
  var reach: Int64 {
    switch self {
    case .spif32: 0
    case .mono64: 4_294_967
    // What a decoder takes for a wrap, and not for a step back, in events without any order.
    case .evt2: 1 << 33 - 1
    case .evt3: 1 << 23 - 1
    case .t32x16y15on1, .samna8, .spif64: 4_294_967_295
    case .t64x16y16on8, .i64x4, .aedat4: 1 << 62 - 1
    }
  }
}

/// The error of a message that must be refused.
func refusal(
  _ frames: [[UInt8]], limits: EventMessage.Limits = .nmnist
) -> WireError? {
  do {
    _ = try decode(frames, limits: limits)
    return nil
  } catch {
    return error as? WireError
  }
}

/// `value` as bytes, least significant first.
func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
  (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * T($0))) }
}

/// Random events of a sensor, times growing from `start` by up to `step`.
func randomEvents(
  _ count: Int, width: Int = 34, height: Int = 34, start: Int64 = 0, step: Int64 = 100,
  using random: inout SplitMix64
) -> EventBatch {
  var time = start
  var batch = EventBatch()
  for _ in 0..<count {
    time += Int64.random(in: 0...step, using: &random)
    batch.append(
      t: time, x: UInt16(random.nextInteger(below: width)),
      y: UInt16(random.nextInteger(below: height)), on: random.next() & 1 == 1)
  }
  return batch
}

/// A folder that is gone after `body`.
func withFolder(_ body: (URL) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "events-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder)
}

/// The path of a file with `bytes` that is gone after `body`.
func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
  try withFolder { folder in
    let file = folder.appending(path: "recording.bin")
    try Data(bytes).write(to: file)
    try body(file.path)
  }
}

/// Recordings and fixtures that are kept next to the package, not in it.
enum SharedData {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "shared/data")

  static func has(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path)
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: root.appending(path: path)))
  }
}
