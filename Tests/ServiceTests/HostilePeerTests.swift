import Events
import Learning
import Service
import Testing

/// Peers that do not keep to the protocol of the sockets.
@Suite(.timeLimit(.minutes(10))) struct HostilePeerTests {
  private func engine() throws -> RunningEngine {
    try RunningEngine { $0.endpoints.events.append("tcp://127.0.0.1:*") }
  }

  private func peer(of engine: RunningEngine) throws -> RawPeer {
    try RawPeer(engine.engine.endpoints.events[1])
  }

  /// A trial is learned as ever.
  private func expectLearning(_ engine: RunningEngine) throws {
    let feeder = try engine.feeder()
    for trial in MalformedTests.trials { try feeder.send(trial) }
    try feeder.waitUntilDone()
    #expect(try engine.digest() == MalformedTests.digest.get())
  }

  @Test func aPeerWithoutTheLibraryIsUnderstood() throws {
    let engine = try engine()
    let peer = try peer(of: engine)
    try peer.greet()
    var trial = EventMessageWriter(source: "raw", geometry: RunningEngine.geometry)
    for message in try TestTrial(0).messages(&trial) {
      for (index, frame) in message.enumerated() {
        peer.send(RawPeer.frame(frame, hasMore: index + 1 < message.count))
      }
    }
    let status = try engine.status("the trial of the raw peer") { $0.stream.trialsLearned == 1 }
    #expect(status.stream.events == TestTrial.eventCount)
    #expect(status.connects == 1 && status.disconnects == 0)
  }

  @Test(arguments: [UInt64(1) << 30, 1 << 62, .max, 16 << 20 + 1])
  func aFrameThatClaimsTooMuchIsCutOff(_ size: UInt64) throws {
    let engine = try engine()
    let peer = try peer(of: engine)
    try peer.greet()
    peer.send(RawPeer.frame(Wire.topic, hasMore: true))
    peer.send([0x02] + withUnsafeBytes(of: size.bigEndian) { Array($0) } + Wire.wide())
    #expect(peer.isHungUpOn())
    let status = try engine.status("the disconnect") { $0.disconnects == 1 }
    #expect(status.connects == 1 && status.messages == 0)
    try expectLearning(engine)
  }

  @Test func aPeerThatLeavesAmidAMessageLeavesNothing() throws {
    let engine = try engine()
    do {
      let peer = try peer(of: engine)
      try peer.greet()
      peer.send(RawPeer.frame(Wire.topic, hasMore: true))
      peer.send(RawPeer.frame(Wire.json(), hasMore: true))
      try engine.status("the connection") { $0.connects == 1 }
    }
    let status = try engine.status("the disconnect") { $0.disconnects == 1 }
    #expect(status.messages == 0 && status.refused.isEmpty)
    try expectLearning(engine)
  }

  @Test(arguments: [
    Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8), Array(repeating: 0, count: 4096),
    Array(repeating: 0xFF, count: 4096), [0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 3, 0] + Wire.wide(),
  ])
  func aPeerThatGreetsWithGarbageIsCounted(_ garbage: [UInt8]) throws {
    let engine = try engine()
    do {
      let peer = try peer(of: engine)
      peer.send(garbage)
    }
    let status = try engine.status("the end of the connection") {
      $0.security.handshakeFailures["events"] ?? 0 > 0
    }
    // It was never a publisher, and so none is gone.
    #expect(status.connects == 0 && status.disconnects == 0)
    try expectLearning(engine)
  }

  @Test func aStrangerOnTheOtherSocketsIsHarmless() throws {
    let engine = try RunningEngine {
      $0.endpoints.output.append("tcp://127.0.0.1:*")
      $0.endpoints.requests.append("tcp://127.0.0.1:*")
    }
    for endpoint in [engine.engine.endpoints.output[1], engine.engine.endpoints.requests[1]] {
      var random = SplitMix64(seed: 8)
      for _ in 0..<20 {
        let peer = try RawPeer(endpoint)
        peer.send(Wire.noise(1000, &random))
      }
      let huge = try RawPeer(endpoint)
      try huge.greet()
      huge.send([0x02, 0, 0, 0, 0, 0x40, 0, 0, 0])
      #expect(huge.isHungUpOn())
    }
    try expectLearning(engine)
  }
}
