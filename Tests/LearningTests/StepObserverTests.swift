import Events
import Learning
import Testing

/// What an observer of a stream is told.
@Suite struct StepObserverTests {
  private final class Record: StepObserver {
    var steps: [(begin: Int64, active: [Int32])] = []
    var hiddenSpikes = 0

    func didStep(
      begin: Int64, active: UnsafeBufferPointer<Int32>, hidden: UnsafeBufferPointer<Int32>
    ) {
      steps.append((begin, Array(active)))
      hiddenSpikes += hidden.count
    }
  }

  private static let geometry = SensorGeometry(width: 8, height: 8)

  private func learner() throws -> StreamLearner {
    var configuration = LearnerConfiguration()
    configuration.classes = 4
    configuration.hidden.neurons = 16
    configuration.initialisation.inputGain = 3
    let network = try Network<Float>(configuration, inputs: Self.geometry.addressCount)
    return StreamLearner(network: network, geometry: Self.geometry)
  }

  private func batch(milliseconds: Range<Int>) -> EventBatch {
    EventBatch(
      milliseconds.map {
        Event(t: Int64($0) * 1000, x: UInt16($0 % 8), y: UInt16($0 / 8 % 8), on: $0 % 2 == 0)
      })
  }

  @Test func everyStepIsToldOnceWithItsAddresses() throws {
    let learner = try learner()
    let record = Record()
    learner.observer = record
    var spikes = 0
    learner.add(labels: [StreamLabel(t: 0, label: 1)])
    learner.add(events: batch(milliseconds: 0..<60)) { _ in }
    learner.endRecording(at: 60_000) { if $0.isFinal { spikes = $0.hiddenSpikes } }
    #expect(record.steps.map(\.begin) == (0..<60).map { $0 * 1000 })
    for (index, step) in record.steps.enumerated() {
      let address = Self.geometry.address(
        x: UInt16(index % 8), y: UInt16(index / 8 % 8), on: index % 2 == 0)
      #expect(step.active == [address])
    }
    #expect(spikes > 0 && record.hiddenSpikes == spikes)
  }

  @Test func stepsThatRunAgainForALateLabelAreNotToldAgain() throws {
    let learner = try learner()
    let record = Record()
    learner.observer = record
    learner.add(events: batch(milliseconds: 0..<30)) { _ in }
    learner.add(labels: [StreamLabel(t: 0, label: 2)])
    learner.add(events: batch(milliseconds: 30..<60)) { _ in }
    learner.endRecording(at: 60_000) { _ in }
    #expect(learner.counters.lateLabels == 1 && learner.counters.trialsLearned == 1)
    #expect(record.steps.map(\.begin) == (0..<60).map { $0 * 1000 })
  }

  @Test func lookingOnChangesNothing() throws {
    let (seen, unseen) = (try learner(), try learner())
    let record = Record()
    seen.observer = record
    for learner in [seen, unseen] {
      learner.add(labels: [StreamLabel(t: 0, label: 3)])
      learner.add(events: batch(milliseconds: 0..<80)) { _ in }
      learner.endRecording(at: 80_000) { _ in }
    }
    #expect(!record.steps.isEmpty)
    #expect(seen.network.weightsDigest == unseen.network.weightsDigest)
  }
}
