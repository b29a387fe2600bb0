import Events
import Foundation
import Learning
import Service
import Testing
import Transport

/// What goes wrong around an engine that is left running: each is counted, and the engine goes on.
@Suite(.serialized, .timeLimit(.minutes(10))) struct FaultTests {
  /// The digest of an engine that saw the whole of a data set, undisturbed.
  private static func undisturbed(_ data: DataSet) throws -> String? {
    let daemon = try Daemon()
    guard try daemon.run("afferent-replay", data.train).status == 0 else { return nil }
    return try daemon.status().weightsDigest
  }

  @Test func aPublisherThatIsKilledAndStartedAgain() throws {
    let data = try DataSet.usual.get()
    let daemon = try Daemon()
    let replay = try daemon.start("afferent-replay", data.train, "--passes", "1000")
    try daemon.status("some trials") { $0.stream.trialsLearned >= 30 }
    replay.signal(SIGKILL)
    // What had arrived is still worked off.
    var events = -1
    let before = try daemon.status("the end of what had arrived") { status in
      defer { events = status.stream.events }
      Thread.sleep(forTimeInterval: 0.2)
      return status.disconnects == 1 && status.queue.messages == 0 && status.stream.events == events
    }
    let again = try daemon.run("afferent-replay", data.train, "--json")
    #expect(again.status == 0, "\(again)")
    let status = try daemon.status()
    #expect(status.stream.restarts == 1)
    #expect(status.stream.events == before.stream.events + data.trainingEvents)
    #expect(status.sources["replay"]?.events == data.trainingEvents)
    #expect(status.missingMessages == 0 && status.refusedMessages == 0)
  }

  /// Stopped is not ended: whoever waits for it loses nothing.
  @Test(arguments: ["engine", "engine that watches for silence", "publisher"])
  func aProcessThatStandsStillForFiveSeconds(_ who: String) throws {
    let data = try DataSet.usual.get()
    let folder = try Folder()
    let silence = who.hasSuffix("silence") ? 300 : 0
    let settings = try folder.write("live.yaml", Data("live: {silence_ms: \(silence)}".utf8))
    let daemon = try Daemon(["--config", settings])
    let replay = try daemon.start("afferent-replay", data.train, "--passes", "20", "--seed", "3")
    try daemon.status("some trials") { $0.stream.trialsLearned >= 10 }
    func signal(_ number: Int32) {
      if who.hasPrefix("engine") { daemon.signal(number) } else { replay.signal(number) }
    }
    signal(SIGSTOP)
    Thread.sleep(forTimeInterval: 5)
    signal(SIGCONT)
    let end = try replay.end()
    #expect(end.status == 0, "\(end)")
    let status = try daemon.status()
    #expect(status.stream.events == 20 * data.trainingEvents)
    #expect(status.missingMessages == 0 && status.stream.lateEvents == 0)
    #expect(status.stream.trialsLearned == 20 * data.training)
    let twin = try Daemon()
    #expect(
      try twin.run("afferent-replay", data.train, "--passes", "20", "--seed", "3").status == 0)
    #expect(try twin.status().weightsDigest == status.weightsDigest)
  }

  @Test func aTenthOfTheMessagesIsDamaged() throws {
    let data = try DataSet.usual.get()
    let daemon = try Daemon()
    let publisher = try publisher(to: daemon, topics: ["noise", "replay"])
    var random = SplitMix64(seed: 9)
    var writer = EventMessageWriter(source: "noise", geometry: .nmnist)
    var sent = 0
    for index in 0..<2000 {
      var batch = EventBatch()
      for step in 0..<20 {
        batch.append(
          t: Int64(index) * 1000 + Int64(step) * 50, x: UInt16(step), y: UInt16(index % 34),
          on: true)
      }
      var frames = try writer.events(
        batch, range: batch.indices, tBase: Int64(index) * 1000,
        labels: index % 50 == 0 ? [StreamLabel(t: Int64(index) * 1000, label: index % 10)] : [])
      if random.next() % 10 == 0 { damage(&frames, &random) }
      try publisher.send(frames)
      sent += 1
    }
    // What is not for the engine any more: another topic. Everything else is taken in, refused, or known already.
    let status = try daemon.status("all messages") {
      $0.messages + $0.refusedMessages + $0.duplicates >= sent * 9 / 10
        && $0.sources["noise"]?.acknowledged != nil && $0.queue.messages == 0
    }
    #expect(status.refusedMessages > sent / 50, "\(status)")
    // Nothing of that hurts what comes after.
    let end = try daemon.run("afferent-replay", data.train)
    #expect(end.status == 0, "\(end)")
    #expect(try daemon.stop().status == 0)
  }

  /// Flips a bit, cuts a frame, repeats one, or leaves one out.
  private func damage(_ frames: inout [[UInt8]], _ random: inout SplitMix64) {
    let index = Int(random.next() % UInt64(frames.count))
    switch random.next() % 4 {
    case 0 where !frames[index].isEmpty:
      let place = Int(random.next() % UInt64(frames[index].count))
      frames[index][place] ^= 1 << UInt8(random.next() % 8)
    case 1: frames[index].removeLast(frames[index].count / 2)
    case 2: frames.insert(frames[index], at: index)
    default: if index > 0 { frames.remove(at: index) } else { frames[1] = [] }
    }
  }

  @Test func aSubscriberThatNeverReadsAnd200ThatDo() throws {
    let data = try DataSet.usual.get()
    let daemon = try Daemon()
    let context = try Context()
    let address = try EngineAddress(daemon.at[1])
    let sleeper = try OutputSubscriber(address.output, topics: [""], queue: 1, in: context)
    let subscribers = try (0..<200).map { _ in
      try OutputSubscriber(address.output, topics: ["prediction/", "status/"], in: context)
    }
    for subscriber in subscribers { _ = try subscriber.receive(timeout: .seconds(20)) }
    let end = try daemon.run("afferent-replay", data.train, "--passes", "4")
    #expect(end.status == 0, "\(end)")
    let resident = try daemon.residentMegabytes()
    // 200 queues of 100 messages, of which a prediction takes less than 2 KB, and the sleeper's deltas.
    #expect(resident < 400, "\(resident) MB")
    for subscriber in subscribers {
      var finals = 0
      while finals < 4 * data.training,
        let prediction = try subscriber.prediction(timeout: .seconds(2))
      {
        finals += prediction.isFinal ? 1 : 0
      }
      #expect(finals == 4 * data.training)
    }
    withExtendedLifetime(sleeper) {}
  }

  @Test func anEndpointThatIsTakenAwayAndComesBack() throws {
    let folder = try Folder()
    let endpoint = "ipc://\(folder.path)/camera.ipc"
    let daemon = try Daemon(events: ">" + endpoint)
    var writer = EventMessageWriter(source: "cam", geometry: .nmnist)
    var sent = 0
    for life in 0..<3 {
      let publisher = try EventPublisher(
        endpoint: "@" + endpoint, in: Context(), policy: .lossless)
      let topic = Topic.events(source: "cam").bytes
      #expect(try publisher.waitForSubscriber(to: topic, timeout: .seconds(20)))
      for _ in 0..<50 {
        let batch = EventBatch([Event(t: Int64(sent) * 1000, x: 1, y: UInt16(life), on: true)])
        try publisher.send(writer.events(batch, range: batch.indices, tBase: 0))
        sent += 1
      }
      let status = try daemon.status("the messages of life \(life)") { $0.messages == sent }
      #expect(status.connects == life + 1)
    }
    let status = try daemon.status("the last step") {
      $0.sources["cam"]?.acknowledged == UInt64(sent - 1)
    }
    #expect(status.stream.events == sent && status.missingMessages == 0)
    #expect(status.stream.restarts == 0 && status.duplicates == 0)
    // The last publisher may not have been missed yet.
    #expect(status.disconnects >= 2)
  }

  private func publisher(to daemon: Daemon, topics: [String]) throws -> EventPublisher {
    let address = try EngineAddress(daemon.at[1])
    let publisher = try EventPublisher(
      endpoint: address.events, in: Context(), policy: .lossless)
    for topic in topics {
      let isHeard = try publisher.waitForSubscriber(
        to: Topic.events(source: topic).bytes, timeout: .seconds(20))
      #expect(isHeard)
    }
    return publisher
  }
}
