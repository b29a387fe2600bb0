import Events
import Foundation
import Learning
import Service
import Testing
import Transport

/// Questions on the request socket, good and bad.
@Suite(.timeLimit(.minutes(10))) struct RequestTests {
  private func ask(_ client: inout RequestClient, _ frames: [[UInt8]]) throws -> [String: Any] {
    let answer = try client.request(
      frames.map { Frame(adopting: $0) }, timeout: .seconds(10))
    let body = try #require(answer.last).bytes
    let object = try JSONSerialization.jsonObject(with: Data(body))
    return try #require(object as? [String: Any])
  }

  @Test(arguments: [
    "", " ", "{", "{}", "[]", "3", "null", "\"status\"", #"{"request":"stop"}"#,
    #"{"request":3}"#, #"{"Request":"status"}"#, #"{"request":"status","digest":"yes"}"#,
    #"{"request":"status"}}"#, "status",
  ])
  func whatIsNoQuestionIsAnsweredWithThoseThatAre(_ text: String) throws {
    let engine = try RunningEngine()
    var client = try RequestClient(engine.engine.endpoints.requests[0], in: engine.context)
    let answer = try ask(&client, [Array(text.utf8)])
    let error = try #require(answer["error"] as? String)
    #expect(error.contains(#"{"request":"status"}"#), "\(error)")
    #expect(error.contains("known: status, snapshot, pause, "), "\(error)")
    #expect(try engine.status().messages == 0)
  }

  @Test func randomBytesAreAnswered() throws {
    let engine = try RunningEngine()
    var client = try RequestClient(engine.engine.endpoints.requests[0], in: engine.context)
    var random = SplitMix64(seed: 3)
    let starts: [[UInt8]] = [
      [], [0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF], [0, 0, 0xFE, 0xFF], [0xFF, 0xFE, 0, 0],
      Array("{\"request\":".utf8), Array("[[[[".utf8),
    ]
    for index in 0..<400 {
      let noise = Wire.noise(Int(random.next() % 100), &random)
      let answer = try ask(&client, [starts[index % starts.count] + noise])
      #expect(answer["error"] != nil)
    }
    let deep = Array(String(repeating: "[", count: 60_000).utf8)
    #expect(try ask(&client, [deep])["error"] != nil)
    #expect(try ask(&client, [Array(#"{"request":"status"}"#.utf8)])["model"] != nil)
  }

  @Test(arguments: [2, 3, 7, 8, 20, 2000])
  func aQuestionOfManyFramesIsAnsweredToo(_ count: Int) throws {
    let engine = try RunningEngine()
    var client = try RequestClient(engine.engine.endpoints.requests[0], in: engine.context)
    let answer = try ask(&client, Array(repeating: Array("x".utf8), count: count))
    #expect(answer["error"] != nil)
    #expect(try ask(&client, [Array(#"{"request":"status"}"#.utf8)])["model"] != nil)
  }

  @Test func aDealerMayLeaveTheEmptyFrameOut() throws {
    let engine = try RunningEngine()
    let dealer = try Socket(.dealer, in: engine.context)
    try dealer.connect(engine.engine.endpoints.requests[0])
    for envelope in [[], [Frame()], [Frame(), Frame("mine"), Frame()]] {
      try dealer.send(envelope + [Frame(#"{"request":"status"}"#)])
      let answer = try #require(try dealer.receive(timeout: .seconds(10)))
      #expect(answer.dropLast().map(\.bytes) == envelope.map(\.bytes))
      #expect(answer.last?.string?.contains("\"model\":\"default\"") == true)
    }
  }

  @Test func aSnapshotHoldsWhatTheDigestTells() throws {
    let engine = try RunningEngine()
    let feeder = try engine.feeder()
    try feeder.send(TestTrial(0))
    try feeder.waitUntilDone()
    let snapshot = try engine.snapshot()
    #expect(snapshot.header.kind == .full && snapshot.header.sequence == 1)
    #expect(snapshot.header.model == "default" && snapshot.header.baseSequence == nil)
    let status = try engine.status(digest: true)
    #expect(snapshot.weights.digest == status.weightsDigest)
    #expect(status.weightsSequence == 1)
    #expect(try engine.status().weightsDigest == nil)
  }

  @Test func questionsWithoutEndDoNotFillTheMemory() throws {
    let engine = try RunningEngine { $0.learner.hidden.neurons = 2000 }
    let feeder = try engine.feeder()
    try feeder.send(TestTrial.long(milliseconds: 4000), labels: [StreamLabel(t: 0, label: 1)])
    try engine.status("the engine to be at work") { $0.queue.messages == 0 && $0.messages == 1 }
    var options = SocketOptions()
    options.sendHighWaterMark = 0
    options.receiveHighWaterMark = 0
    let dealer = try Socket(.dealer, in: engine.context, options: options)
    try dealer.connect(engine.engine.endpoints.requests[0])
    for _ in 0..<500 { try dealer.send([Frame(#"{"request":"status","digest":true}"#)]) }
    var refused = 0
    for _ in 0..<500 {
      let answer = try #require(try dealer.receive(timeout: .seconds(20))?.last?.string)
      refused += answer.contains("\"error\"") && answer.contains("64") ? 1 : 0
    }
    #expect(refused > 0)
    #expect(try feeder.waitUntilDone().stream.lateEvents == 0)
  }

  @Test func nobodyThereIsToldInASentence() throws {
    let context = try Context()
    let client = try EngineClient("ipc:///tmp/aff-nobody/requests.ipc", in: context)
    do {
      _ = try client.status(timeout: .milliseconds(100))
      Issue.record("somebody answered")
    } catch {
      #expect("\(error)".contains("is the engine running"), "\(error)")
    }
  }
}
