import ToolSupport

/// Measures groups of cases.
struct BenchRunner {
  /// A case that has been built.
  private struct Ready {
    let source: BenchCase
    var subject: any BenchSubject
    /// Units of one repetition.
    var count: Int
    var entry: BenchEntry
  }

  var settings: BenchSettings

  /// What a group came to.
  struct Outcome {
    var cases: [BenchEntry]
    var peers: [BenchEntry]
  }

  /// All cases of `group` in turns, and the peers' cases between them.
  func run(_ group: BenchGroup) throws -> Outcome {
    let memory = group.measuresMemoryApart ? try group.cases.map(memory) : []
    var ready = try group.cases.map(prepare)
    for (index, entry) in memory.enumerated() {
      ready[index].entry.peakMemory = entry.peakMemory
      ready[index].entry.memoryBefore = entry.memoryBefore
    }
    var peers: [BenchEntry] = []
    if let shape = group.peerShape {
      peers = settings.peers?.entries(shape, threads: settings.threads) ?? []
    }
    for _ in 0..<settings.repetitions {
      for turn in Self.turns(ready.count, peers.count) {
        BenchMemory.waitForQuiet(seconds: settings.patience)
        switch turn {
        case .own(let index): try measure(&ready[index])
        case .peer(let index):
          settings.peers?.measure(&peers[index])
        }
      }
    }
    return Outcome(cases: ready.map(\.entry), peers: peers)
  }

  private enum Turn {
    case own(Int)
    case peer(Int)
  }

  /// Both in their order, each spread evenly over the round.
  private static func turns(_ own: Int, _ peers: Int) -> [Turn] {
    var places: [(place: Double, turn: Turn)] = []
    for index in 0..<own { places.append(((Double(index) + 0.4) / Double(own), .own(index))) }
    for index in 0..<peers { places.append(((Double(index) + 0.5) / Double(peers), .peer(index))) }
    return places.sorted { $0.place < $1.place }.map(\.turn)
  }

  /// The memory of a case that has the process to itself.
  private func memory(of one: BenchCase) throws -> BenchEntry {
    try prepare(one).entry
  }

  private func prepare(_ one: BenchCase) throws -> Ready {
    BenchMemory.trim()
    let before = BenchMemory.resident
    BenchMemory.resetPeak()
    let subject = try one.make()
    try settle(subject, one.settling)
    let count = try calibrate(subject)
    var entry = BenchEntry(
      name: one.name, unit: one.unit, hidden: one.hidden, isRecurrent: one.isRecurrent,
      inputs: one.inputs, threads: one.threads)
    entry.memoryBefore = before
    entry.peakMemory = BenchMemory.peak
    entry.memoryNotes = subject.memoryNotes
    return Ready(source: one, subject: subject, count: count, entry: entry)
  }

  /// Runs `units` units, or as many as there are in the time of a few repetitions.
  private func settle(_ subject: any BenchSubject, _ units: Int) throws {
    let begin = ContinuousClock.now
    var done = 0
    while done < units, (ContinuousClock.now - begin).inSeconds < 5 * settings.seconds {
      done += try subject.run(1).units
    }
  }

  /// The number of units that take as long as a repetition should.
  private func calibrate(_ subject: any BenchSubject) throws -> Int {
    var count = 1
    while true {
      let begin = ContinuousClock.now
      _ = try subject.run(count)
      let seconds = max((ContinuousClock.now - begin).inSeconds, 1e-7)
      let needed = settings.seconds / seconds * Double(count)
      if seconds > settings.seconds / 4 { return max(1, Int(needed.rounded())) }
      count = max(count + 1, min(8 * count, Int(needed / 2)))
    }
  }

  private func measure(_ ready: inout Ready) throws {
    if ready.source.isRenewed {
      ready.subject = try ready.source.make()
      try settle(ready.subject, ready.source.settling)
    }
    let (machine, processor) = (BenchMemory.machineTime, BenchMemory.processorTime.own)
    let begin = ContinuousClock.now
    let work = try ready.subject.run(ready.count)
    let wall = (ContinuousClock.now - begin).inSeconds
    let own = BenchMemory.processorTime.own - processor
    let others = max(0, BenchMemory.machineTime - machine - own) / wall
    ready.entry.walls.append(wall / Double(work.units))
    ready.entry.processorTimes.append(own / Double(work.units))
    ready.entry.othersCores = max(ready.entry.othersCores ?? 0, others)
    ready.entry.work += work
  }
}
