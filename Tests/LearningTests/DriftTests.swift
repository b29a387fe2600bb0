import Events
import Foundation
import Learning
import Testing

/// The same by the book: it keeps every outcome, and sums what it needs anew each time.
private struct DenseAdwin {
  var delta: Double
  var outcomes: [Bool] = []
  /// Sizes of the buckets, the oldest first.
  var sizes: [Int] = []

  mutating func add(_ outcome: Bool) -> Int {
    outcomes.append(outcome)
    sizes.append(1)
    var size = 1
    while sizes.count(where: { $0 == size }) > 5 {
      let first = sizes.firstIndex(of: size) ?? 0
      sizes.replaceSubrange(first...first + 1, with: [2 * size])
      size *= 2
    }
    while isCut {
      outcomes.removeFirst(sizes[0])
      sizes.removeFirst()
    }
    return outcomes.count
  }

  private var isCut: Bool {
    let values = outcomes.map { $0 ? 1.0 : 0 }
    let n = Double(values.count)
    guard n > 1 else { return false }
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    let logarithm = log(2 / (delta / log(n)))
    guard logarithm > 0 else { return false }
    var split = 0
    for size in sizes.dropLast() {
      split += size
      let (old, new) = (values[..<split], values[split...])
      let (n0, n1) = (Double(old.count), Double(new.count))
      let m = 1 / (1 / n0 + 1 / n1)
      let epsilon = (2 / m * variance * logarithm).squareRoot() + 2 / (3 * m) * logarithm
      if abs(old.reduce(0, +) / n0 - new.reduce(0, +) / n1) > epsilon { return true }
    }
    return false
  }
}

/// Outcomes at each of `rates` in turn, so many of each.
private func outcomes(_ rates: [Double], each: Int, seed: UInt64) -> [Bool] {
  var random = SplitMix64(seed: seed)
  return rates.flatMap { rate in (0..<each).map { _ in random.nextUniform() < rate } }
}

@Suite struct DriftTests {
  @Test("The window is that of the plain algorithm", arguments: [0.002, 0.05, 0.3])
  func equalsDense(delta: Double) {
    for seed in UInt64(1)...4 {
      var (fast, dense) = (Adwin(delta: delta), DenseAdwin(delta: delta))
      var cuts = 0
      for outcome in outcomes([0.2, 0.7, 0.1, 0.5], each: 300, seed: seed) {
        cuts += fast.add(outcome) == nil ? 0 : 1
        #expect(dense.add(outcome) == fast.width)
        #expect(dense.outcomes.count { $0 } == fast.ones)
      }
      #expect(cuts >= 3)
    }
  }

  @Test("False alarms stay below delta an outcome by far")
  func falseAlarms() {
    var alarms = 0
    for seed in UInt64(1)...20 {
      var detector = DriftDetector(delta: 0.002)
      for outcome in outcomes([0.3], each: 10_000, seed: seed) {
        _ = detector.add(isCorrect: !outcome)
      }
      alarms += detector.drifts + detector.improvements
    }
    // 400 would be delta of all outcomes.
    print("ADWIN: \(alarms) false alarms in 200000 outcomes at delta 0.002")
    #expect(alarms <= 40)
  }

  @Test("A rise of the error is found soon, and told as it was")
  func delay() {
    var delays: [Int] = []
    for seed in UInt64(1)...20 {
      var detector = DriftDetector(delta: 0.002)
      var found: DriftDetector.Drift?
      for outcome in outcomes([0.1, 0.6], each: 1000, seed: seed) where found == nil {
        let drift = detector.add(isCorrect: !outcome)
        if detector.trials > 1000 { found = drift }
      }
      guard let drift = found else {
        Issue.record("no drift for seed \(seed)")
        continue
      }
      delays.append(drift.trial - 1000)
      #expect(drift.before < 0.2)
      #expect(drift.after > 0.3)
      #expect(drift.window < 200)
    }
    print("ADWIN: delay from error 0.1 to 0.6: \(delays.sorted())")
    #expect(delays.max() ?? .max <= 100)
  }

  @Test func aModelThatLearnsDoesNotDrift() {
    var detector = DriftDetector(delta: 0.002)
    for outcome in outcomes([0.9, 0.5, 0.2, 0.05], each: 500, seed: 3) {
      _ = detector.add(isCorrect: !outcome)
    }
    #expect(detector.drifts == 0)
    #expect(detector.improvements >= 3)
    #expect((detector.error ?? 1) < 0.1)
  }

  @Test("A checkpoint goes on as if nothing had been")
  func resumes() throws {
    var whole = DriftDetector(delta: 0.01)
    let all = outcomes([0.1, 0.6, 0.2], each: 400, seed: 9)
    for outcome in all[..<700] { _ = whole.add(isCorrect: outcome) }
    var resumed = DriftDetector(delta: 0.01)
    try resumed.restore(try whole.part())
    for outcome in all[700...] {
      #expect(resumed.add(isCorrect: outcome) == whole.add(isCorrect: outcome))
    }
    #expect(try resumed.part() == whole.part())
    // Bounded by the logarithm of what it has seen.
    #expect(try whole.part().text.utf8.count < 4000)
    for text in [
      "", "{}", #"{"buckets":[{"count":3,"ones":0}],"trials":3,"drifts":0,"improvements":0}"#,
    ] {
      #expect(throws: ConfigurationError.self) { try resumed.restore(CheckpointPart(text: text)) }
    }
  }

  @Test("river's ADWIN finds the same")
  func equalsRiver() throws {
    guard let python = ProcessInfo.processInfo.environment["AFFERENT_PYTHON"] else {
      print("skipped: AFFERENT_PYTHON names no Python with river")
      return
    }
    // Its own settings that make it the paper's: looking at each outcome, at any split.
    let program = """
      import sys
      from river import drift
      a = drift.ADWIN(delta=float(sys.argv[1]), clock=1, min_window_length=1, grace_period=0)
      for i, c in enumerate(sys.stdin.read()):
          a.update(int(c))
          if a.drift_detected: print(i, int(a.width))
      """
    let folder = try Folder()
    let (script, input) = (folder.file("adwin.py"), folder.file("outcomes"))
    try program.write(toFile: script, atomically: true, encoding: .utf8)
    let stream = outcomes([0.2, 0.6, 0.1], each: 1000, seed: 5)
    try stream.map { $0 ? "1" : "0" }.joined().write(
      toFile: input, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [script, "0.002"]
    process.standardInput = FileHandle(forReadingAtPath: input)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      print("skipped: this Python has no river")
      return
    }
    var adwin = Adwin(delta: 0.002)
    var found: [String] = []
    for (index, outcome) in stream.enumerated() where adwin.add(outcome) != nil {
      found.append("\(index) \(adwin.width)")
      // river begins anew after each change.
      adwin = Adwin(delta: 0.002)
    }
    #expect(found == text.split(separator: "\n").map(String.init))
    #expect(!found.isEmpty)
  }
}
