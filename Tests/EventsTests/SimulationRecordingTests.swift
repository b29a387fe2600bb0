import Events
import Testing

@Suite struct SimulationRecordingTests {
  @Test func recordingsDoNotDependOnOrder() throws {
    let source = try SimulatedRecordings(scene: .glyphs(), seed: 77)
    let forward = (0..<12).map { source.recording(index: $0) }
    let backward = (0..<12).reversed().map { source.recording(index: $0) }
    #expect(forward == backward.reversed())
    let again = try SimulatedRecordings(scene: .glyphs(), seed: 77)
    #expect(again.recording(index: 11) == forward[11])
    let other = try SimulatedRecordings(scene: .glyphs(), seed: 78)
    #expect(other.recording(index: 11).events != forward[11].events)
    #expect(Set(forward.map(\.events.count)).count > 6)
  }

  @Test func recordingsAreTheSameFromSeveralTasks() async throws {
    let source = try SimulatedRecordings(scene: .glyphs(), seed: 5)
    let together = await withTaskGroup(of: (Int, SimulatedRecordings.Recording).self) { group in
      for index in 0..<6 { group.addTask { (index, source.recording(index: index)) } }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for index in 0..<6 { #expect(together[index] == source.recording(index: index)) }
  }

  @Test func eventsKeepTheBoundsOfTheFormat() throws {
    let source = try SimulatedRecordings(scene: .glyphs(), seed: 1)
    var total = 0
    for index in 0..<100 {
      let events = source.recording(index: index).events
      total += events.count
      #expect(zip(events.t, events.t.dropFirst()).allSatisfy { $0 <= $1 })
      #expect(events.t.allSatisfy { $0 >= 0 && $0 < 1 << 23 })
      #expect(
        events.indices.allSatisfy { source.geometry.contains(x: events.x[$0], y: events.y[$0]) })
      let share = Double(events.on.count { $0 }) / Double(events.count)
      #expect((0.42...0.56).contains(share))
    }
    #expect((1700...2100).contains(total / 100))
  }

  @Test func eventsComeInThreeBursts() throws {
    let source = try SimulatedRecordings(scene: .glyphs(), seed: 2)
    var bins = [Double](repeating: 0, count: 30)
    for index in 0..<50 {
      for time in source.recording(index: index).events.t { bins[Int(time / 10_000)] += 1 }
    }
    let quiet = (bins[0] + bins[9] + bins[10] + bins[19] + bins[20] + bins[29]) / 6
    for burst in 0..<3 {
      let middle = bins[(10 * burst + 3)...(10 * burst + 6)].reduce(0, +) / 4
      #expect(middle > 5 * quiet)
    }
  }

  @Test func aHigherThresholdGivesFewerEvents() throws {
    let counts = try [0.1, 0.2, 0.3].map { threshold in
      let pixels = DVSPixelParameters(onThreshold: threshold, offThreshold: threshold)
      let source = try SimulatedRecordings(scene: .glyphs(), pixels: pixels, seed: 3)
      return (0..<20).reduce(0) { $0 + source.recording(index: $1).events.count }
    }
    #expect(counts[0] > counts[1] * 3 / 2)
    #expect(counts[1] > counts[2] * 5 / 4)
  }

  @Test func glyphLabelsAreBalancedInEveryBlockOfTen() throws {
    let source = try SimulatedRecordings(scene: .glyphs(), seed: 6)
    var orders: Set<[Int]> = []
    for block in 0..<20 {
      let labels = (0..<10).map { source.image(index: 10 * block + $0).label }
      #expect(labels.sorted() == Array(0..<10))
      orders.insert(labels)
    }
    #expect(orders.count == 20)
  }

  @Test func otherSensorsAreFilledToo() throws {
    let geometry = SensorGeometry(width: 64, height: 48)
    let source = try SimulatedRecordings(
      scene: .glyphs(), geometry: geometry, saccades: SaccadeParameters(magnification: 1.5),
      seed: 8)
    let events = source.recording(index: 0).events
    #expect(events.count > 1000)
    #expect(events.indices.allSatisfy { geometry.contains(x: events.x[$0], y: events.y[$0]) })
  }
}
