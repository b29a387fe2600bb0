import Learning
import Testing

@Suite struct OutputRecordTests {
  @Test func recordsWhatItIsGiven() {
    let spikes = randomSpikes(200, classes: 5, rate: 0.05, seed: 21)
    let record = OutputRecord(classes: 5)
    for _ in 0..<2 {
      record.reset()
      for step in spikes { #expect(record.append(spikes: step)) }
      #expect(record.steps == 200)
      for step in 0..<200 { #expect(Array(record.spikes(in: step)) == spikes[step]) }
      for output in 0..<Int32(5) {
        let steps = (0..<200).filter { spikes[$0].contains(output) }
        #expect(record.counts[Int(output)] == Int32(steps.count))
        #expect(record.firstSpike(of: Int(output)) == steps.first)
      }
    }
  }

  @Test func endsAtItsLimit() {
    let classes = 65536
    let record = OutputRecord(classes: classes)
    for _ in 0..<OutputRecord.largest / classes { #expect(record.append(spikes: [3])) }
    #expect(record.isComplete)
    #expect(!record.append(spikes: [3]))
    #expect(!record.isComplete)
    #expect(record.steps == OutputRecord.largest / classes)
    #expect(!record.append(spikes: []))
    record.reset()
    #expect(record.isComplete && record.append(spikes: []))
    #expect(record.firstSpike(of: 3) == nil)
  }
}
