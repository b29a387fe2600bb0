import Events
import Learning
import Service
import Testing

/// What waits in front of a slow engine.
@Suite(.timeLimit(.minutes(10))) struct QueueTests {
  /// Sends trials to an engine with many neurons and watches its queue meanwhile.
  private func flood(
    _ configure: @escaping (inout EngineConfiguration) -> Void
  ) throws -> (messages: Int, bytes: Int, limits: EngineStatus.Queue, digest: String) {
    let engine = try RunningEngine {
      $0.learner.hidden.neurons = 600
      configure(&$0)
    }
    let feeder = try engine.feeder()
    let trials = TestTrial.series(0..<20)
    var (messages, bytes) = (0, 0)
    func look() throws {
      let queue = try engine.status().queue
      messages = max(messages, queue.messages)
      bytes = max(bytes, queue.bytes)
    }
    for trial in trials {
      for message in try trial.messages(&feeder.writer, eventsPerMessage: 8) {
        try feeder.send(raw: message)
      }
      try look()
    }
    let last = feeder.writer.nextSequence - 1
    let status = try wait(for: "the last message", timeout: .seconds(40)) {
      try look()
      let status = try engine.status()
      return status.sources["cam"]?.acknowledged == last ? status : nil
    }
    #expect(status.stream.events == trials.count * TestTrial.eventCount)
    #expect(status.missingMessages == 0 && status.stream.lateEvents == 0)
    #expect(status.queue.messages == 0 && status.queue.bytes == 0)
    return (messages, bytes, status.queue, try engine.digest())
  }

  @Test func aSlowEngineHoldsItsPublisherUpAndLosesNothing() throws {
    let (messages, _, limits, digest) = try flood { $0.limits.queue = 3 }
    #expect(limits.messageLimit == 3)
    #expect(messages == 3, "the queue was never full, so nothing was shown")
    var configuration = try RunningEngine.configuration(in: Folder())
    configuration.learner.hidden.neurons = 600
    var twin = try Twin(configuration)
    twin.run(TestTrial.series(0..<20))
    #expect(digest == twin.digest)
  }

  @Test func bytesAreBoundedToo() throws {
    let (messages, bytes, limits, _) = try flood {
      $0.limits.queue = 1000
      $0.limits.queueBytes = 1024
    }
    #expect(limits.byteLimit == 1024)
    // 8 events of 13 bytes in each message.
    #expect((1024 - 8 * 13...1024).contains(bytes))
    #expect(messages < 30)
  }

  @Test func aMessageLargerThanTheLimitIsTakenAlone() throws {
    let engine = try RunningEngine { $0.limits.queueBytes = 1024 }
    let feeder = try engine.feeder()
    for trial in TestTrial.series(0..<4) { try feeder.send(trial, eventsPerMessage: 200) }
    let status = try feeder.waitUntilDone()
    #expect(status.stream.events == 4 * TestTrial.eventCount)
  }
}
