import Events
import Foundation
import Testing

/// The bridge with sockets of this process on the other side.
@Suite(.serialized, .timeLimit(.minutes(10))) struct BridgeTests {
  private func big(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }

  private func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  @Test func datagramsAreCountedAndPublished() throws {
    let port = try Sockets.freePort(udp: true)
    let bridge = try RunningBridge(
      from: "jaer-udp://127.0.0.1:\(port)", geometry: SensorGeometry(width: 128, height: 128),
      "--silence", "1")
    let address: UInt32 = 7 << 8 | (127 - 5) << 1
    Sockets.send(
      [
        big(0) + big(address) + big(1000), big(1) + big(address | 1) + big(1001), [1, 2, 3],
        big(5) + big(address) + big(1002),
      ], to: port)
    let summary = try bridge.end()
    #expect(
      bridge.events
        == EventBatch([
          Event(t: 1000, x: 5, y: 7, on: true), Event(t: 1001, x: 5, y: 7, on: false),
          Event(t: 1002, x: 5, y: 7, on: true),
        ]))
    #expect(bridge.sequences == Array(0..<UInt64(bridge.sequences.count)))
    #expect(summary["events"] as? Int == 3 && summary["missing"] as? Int == 3)
    #expect(summary["refused"] as? Int == 1 && summary["received"] as? Int == 4)
    #expect(summary["unsent_messages"] as? Int == 0 && summary["interrupted"] as? Bool == false)
    #expect((summary["last_refusal"] as? String)?.contains("3 bytes") == true)
  }

  /// A stream of libcaer with events from `time` on.
  private func libcaer(_ time: Int32, step: Int32 = 1) -> [UInt8] {
    var bytes = little(UInt64(0x1D37_8BC9_0B9A_6658)) + little(UInt64(0)) + [1, 0, 1, 0]
    bytes += little(Int16(1)) + little(Int16(1))
    for word: Int32 in [8, 4, 0, 50, 50, 50] { bytes += little(word) }
    for index: Int32 in 0..<50 {
      bytes += little(UInt32(index) << 17 | UInt32(9) << 2 | 3) + little(time + index * step)
    }
    return bytes
  }

  @Test func aSensorThatGoesAwayIsAwaited() throws {
    let port = try Sockets.freePort(udp: false)
    let bridge = try RunningBridge(
      from: "libcaer-tcp://127.0.0.1:\(port)", geometry: SensorGeometry(width: 240, height: 180),
      "--events", "150")
    try Sockets.serve(libcaer(90_000_000), at: port)
    // The sensor was started anew: its clock begins again, the stream's does not.
    try Sockets.serve(libcaer(0), at: port)
    try Sockets.serve(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), at: port)
    try Sockets.serve(libcaer(1000), at: port)
    let summary = try bridge.end()
    #expect(summary["events"] as? Int == 150)
    #expect((summary["connections"] as? Int ?? 0) >= 4 && summary["refused"] as? Int == 1)
    #expect(summary["clocks"] as? Int == 1)
    #expect(bridge.events.count == 150)
    #expect(bridge.events.t[..<50] == (90_000_000..<90_000_050).map { Int64($0) }[...])
    #expect(zip(bridge.events.t, bridge.events.t.dropFirst()).allSatisfy { $0 < $1 })
    #expect(bridge.events.x == (0..<150).map { UInt16($0 % 50) })
    #expect(bridge.program.errors.contains("went away"))
  }

  @Test func anInterruptionEndsTheRecording() throws {
    let port = try Sockets.freePort(udp: true)
    let bridge = try RunningBridge(
      from: "faery-udp://127.0.0.1:\(port)", geometry: SensorGeometry(width: 10, height: 10))
    let inside = little(UInt64(5)) + [9, 0, 9, 0, 1]
    let outside = little(UInt64(6)) + [10, 0, 9, 0, 1]
    Sockets.send([inside + outside], to: port)
    Thread.sleep(forTimeInterval: 0.5)
    bridge.program.signal(SIGINT)
    let summary = try bridge.end()
    #expect(summary["interrupted"] as? Bool == true && summary["outside"] as? Int == 1)
    #expect(bridge.isEnded && bridge.events == EventBatch([Event(t: 5, x: 9, y: 9, on: true)]))
  }

  @Test(arguments: [
    ("faery-udp://127.0.0.1", "PROTOCOL"), ("tcp://127.0.0.1:1", "PROTOCOL"),
    ("faery-udp://127.0.0.1:7777?format=evt3", "format=t64_x16_y16_on8|t32_x16_y15_on1"),
    ("spif-udp://127.0.0.1:7777?chip=dvs128", "nothing"), ("jaer-udp://h:1?chip=x", "chip=dvs128"),
  ])
  func addressesThatCannotBeAreNamed(_ from: String, _ text: String) throws {
    let end = try Program.run("afferent-sensor", "bridge", "--from", from, "--geometry", "9x9")
    #expect(end.status == 64 && end.errors.contains(text), "\(end)")
  }

  /// A backlog of 40 s comes in one go. None of it is lost, and what the bridge tells people counts all losses.
  @Test func aBacklogIsPublished() throws {
    let port = try Sockets.freePort(udp: false)
    let bridge = try RunningBridge(
      from: "libcaer-tcp://127.0.0.1:\(port)", geometry: SensorGeometry(width: 240, height: 180),
      "--events", "40000")
    var bytes = libcaer(0)[..<20]
    for first in stride(from: Int32(0), to: 40_000, by: 50) {
      bytes += libcaer(first * 1000, step: 1000)[20...]
    }
    try Sockets.serve(Array(bytes), at: port)
    let summary = try bridge.end()
    #expect(bridge.events.t == (0..<40_000).map { Int64($0) * 1000 })
    #expect(summary["damaged"] as? Int == 0 && summary["clocks"] as? Int == 0)
    #expect(summary["skipped"] as? Int == 0)
  }

  @Test func addressesOfIPv6StandInBrackets() throws {
    let end = try Program.run(
      "afferent-sensor", "bridge", "--from", "dv-tcp://[::1]:1", "--geometry", "9x9", "--seconds",
      "0.3")
    // Refused, or unreachable where there is no IPv6; but no name that nobody knows.
    #expect(end.status == 0 && end.errors.contains("bridge: [::1]:1: "), "\(end)")
    #expect(!end.errors.contains("not known") && !end.errors.contains("not supported"), "\(end)")
    #expect(end.output.contains("0 damaged, 0 new clocks"), "\(end)")
  }

  @Test func aPortInUseIsAnError() throws {
    let port = try Sockets.freePort(udp: true)
    let first = try RunningBridge(
      from: "spif-udp://127.0.0.1:\(port)", geometry: .nmnist, "--seconds", "20")
    let end = try Program.run(
      "afferent-sensor", "bridge", "--from", "spif-udp://127.0.0.1:\(port)", "--geometry", "9x9")
    #expect(end.status == 1 && end.errors.contains("in use"), "\(end)")
    first.program.signal(SIGINT)
    _ = try first.program.end()
  }
}
