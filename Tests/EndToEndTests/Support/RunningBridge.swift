import Events
import Foundation
import Transport

/// A bridge in a process of its own, with a subscriber that keeps everything it publishes.
final class RunningBridge {
  let program: Program
  private let folder: Folder
  private let socket: Socket
  private let limits: EventMessage.Limits
  private(set) var events = EventBatch()
  private(set) var sequences: [UInt64] = []
  /// Whether the recording has been ended.
  private(set) var isEnded = false

  init(from: String, geometry: SensorGeometry, _ arguments: String...) throws {
    folder = try Folder()
    limits = EventMessage.Limits(geometry: geometry, classes: 2)
    socket = try Socket(.subscribe, in: Context())
    try socket.subscribe("events/")
    try socket.bind("ipc://\(folder.path)/events.ipc")
    let program = try Program(
      "afferent-sensor",
      [
        "bridge", "--from", from, "--geometry", "\(geometry)", "--at", folder.path, "--json",
        "--source", "cam1",
      ] + arguments)
    self.program = program
    try wait(for: "the bridge; it says \(program.errors)") {
      guard program.isRunning else {
        throw Stuck(description: "the bridge did not start: \(program.errors)")
      }
      // A socket that nobody looks at asks for nothing.
      _ = try socket.receive(wait: false)
      return program.errors.contains("an engine listens") ? () : nil
    }
  }

  /// Takes what is published until the bridge has ended. Tells what the bridge tells.
  func end() throws -> [String: Any] {
    while !isEnded, let frames = try socket.receive(timeout: .seconds(20)) {
      let bytes = frames.map(\.bytes)
      guard bytes.count == 3 else { throw Stuck(description: "\(bytes.count) frames") }
      let message = try bytes[0].withUnsafeBytes { topic in
        try bytes[1].withUnsafeBytes { header in
          try bytes[2].withUnsafeBytes {
            try EventMessage.decode([topic, header, $0], limits: limits)
          }
        }
      }
      guard case .events("cam1", let header, let batch, _) = message else { continue }
      events.append(batch)
      if let sequence = header.sequence { sequences.append(sequence) }
      isEnded = header.endOfRecording
    }
    let end = try program.end()
    guard end.status == 0 else { throw Stuck(description: "the bridge: \(end)") }
    return try end.json()
  }

  /// By which events are compared with a peer's.
  var digest: String {
    var digest = EventDigest()
    digest.update(events)
    return digest.finalize()
  }
}
