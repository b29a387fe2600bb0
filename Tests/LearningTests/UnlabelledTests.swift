import Events
import Learning
import Testing

/// Recordings that no label announces.
struct UnlabelledTests {
  @Test("What a recording without a label predicts does not depend on the one before it")
  func recordingsAreApart() throws {
    let geometry = SensorGeometry(width: 6, height: 6)
    let network = try Network<Float>(smallConfiguration(), inputs: geometry.addressCount)
    func recording(_ seed: UInt64) -> EventBatch {
      EventBatch(
        randomEvents(geometry, from: 0, duration: 40_000, meanInterval: 100, seed: seed))
    }
    func predictions(_ recordings: [EventBatch]) -> [[Prediction]] {
      let learner = StreamLearner(network: network, geometry: geometry, predictEvery: 1)
      return recordings.map { events in
        var found: [Prediction] = []
        learner.add(events: events) { found.append($0) }
        learner.endRecording(at: nil) { found.append($0) }
        return found
      }
    }
    let alone = predictions([recording(1)])
    let after = predictions([recording(2), recording(1)])
    #expect(alone[0].count >= 39 && alone[0].contains { $0.hiddenSpikes > 0 })
    #expect(after[1] == alone[0])
    #expect(after[0] != alone[0])
  }
}
