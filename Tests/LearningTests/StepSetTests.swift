import Events
import Foundation
import Learning
import Testing

/// The addresses of a step, on small sensors and on large ones, few of them and many.
@Suite struct StepSetTests {
  @Test(
    arguments: [
      SensorGeometry(width: 1, height: 1), .nmnist, SensorGeometry(width: 128, height: 128),
      SensorGeometry(width: 1280, height: 720),
    ], [1, 5, 64, 3000])
  func stepsAreAscendingSets(_ geometry: SensorGeometry, events: Int) {
    var random = SplitMix64(seed: 21)
    var batch = EventBatch()
    var expected: [Set<Int32>] = []
    for step in 0..<4 {
      var addresses: Set<Int32> = []
      for _ in 0..<events {
        let (x, y) = (
          UInt16(random.nextInteger(below: geometry.width)),
          UInt16(random.nextInteger(below: geometry.height))
        )
        let on = random.nextUniform() < 0.5
        let time = Int64(step) * 1000 + Int64(random.nextInteger(below: 1000))
        batch.append(t: time, x: x, y: y, on: on)
        addresses.insert(geometry.address(x: x, y: y, on: on))
      }
      expected.append(addresses)
    }
    let steps = TrialSteps(of: batch, geometry: geometry, configuration: smallConfiguration())
    #expect(steps.active == expected.map { $0.sorted() })
  }

  /// Where a stream stands, with all that it keeps, does not depend on how its events came.
  @Test(arguments: [2, 3, 50, 700, 5000], [0, 333, 5000])
  func keptEventsDoNotDependOnMessages(size: Int, history: Int) throws {
    let folder = try Folder()
    let geometry = SensorGeometry(width: 6, height: 6)
    let events = randomEvents(geometry, from: 0, duration: 300_000, meanInterval: 150, seed: 9)
    #expect(events.count > 1500)
    func stand(_ size: Int) throws -> Data? {
      let session = try Session(smallConfiguration { $0.stream.historyEvents = history })
      session.label(StreamLabel(t: 0, label: 2, end: 150_500), StreamLabel(t: 200_000, label: 1))
      for first in stride(from: 0, to: events.count, by: size) {
        session.send(events[first..<min(first + size, events.count)])
      }
      let path = folder.file("\(size).safetensors")
      let snapshot = try session.learner.snapshot()
      try Checkpoint.save(
        session.network, geometry: geometry, parts: ["cam": snapshot], to: path)
      return FileManager.default.contents(atPath: path)
    }
    let expected = try #require(try stand(1))
    #expect(try stand(size) == expected)
  }
}
