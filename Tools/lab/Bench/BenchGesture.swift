import Events
import Learning

/// A stream of the shape of DVS-Gesture: 128x128 pixels, a million events a second, 512 hidden neurons, 11 classes.
struct BenchGesture: BenchWorkload {
  func groups(_ settings: BenchSettings) -> [BenchGroup] {
    let shape = BenchShape(geometry: BenchBlobs.geometry, hidden: 512, classes: 11)
    let variants = [("gesture.learn", true), ("gesture.predict", false)]
    return settings.computes.flatMap { compute in
      variants.map { name, learns in
        let one = BenchCase(
          "\(name)/\(shape.name)", unit: "10 ms", shape: shape, compute: compute,
          settling: BenchBlobs.chunks
        ) { try BenchGestureSubject(shape, compute, learns: learns) }
        return BenchGroup(cases: [one])
      }
    }
  }
}

/// The stream, again and again, in messages of 10 ms.
private final class BenchGestureSubject: BenchSubject {
  private let learner: StreamLearner
  private let chunks: [EventBatch]
  private let learns: Bool
  private var position = 0
  private var turns = 0
  private var spikesBefore = 0

  init(_ shape: BenchShape, _ compute: BenchCompute, learns: Bool) throws {
    chunks = BenchBlobs.stream()
    var start = EventBatch()
    for chunk in chunks[..<10] { start.append(chunk) }
    let first = BenchSamples([BenchSample(events: start, label: 0)])
    learner = StreamLearner(
      network: try BenchModel(shape, first, compute).network(), geometry: shape.geometry,
      predictEvery: 10)
    self.learns = learns
  }

  func run(_ count: Int) -> BenchWork {
    var work = BenchWork()
    let before = learner.counters
    let take = { [self] (prediction: Prediction) in
      work.hiddenSpikes += prediction.hiddenSpikes - spikesBefore
      spikesBefore = prediction.hiddenSpikes
    }
    for _ in 0..<count {
      if position == 0 {
        learner.add(labels: [StreamLabel(t: 0, label: learns ? turns % 11 : nil)])
      }
      learner.add(events: chunks[position], emit: take)
      position += 1
      guard position == chunks.count else { continue }
      learner.endRecording(at: BenchBlobs.length, emit: take)
      (position, spikesBefore) = (0, 0)
      turns += 1
    }
    work.units = count
    work.steps = learner.counters.steps - before.steps
    work.events = learner.counters.events - before.events
    work.streamTime = Int64(work.steps) * learner.network.configuration.stepMicroseconds
    return work
  }
}
