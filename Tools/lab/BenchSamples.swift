import Events
import Foundation
import Learning

/// A recording in memory, with its class.
struct BenchSample {
  var events: EventBatch
  var label: Int
}

/// Recordings that a case goes round.
struct BenchSamples {
  var samples: [BenchSample]

  var count: Int { samples.count }

  /// The recording that comes after `index` others.
  subscript(index: Int) -> BenchSample { samples[index % samples.count] }

  /// Generated ones.
  init(generated count: Int) {
    let strokes = BenchStrokes()
    samples = (0..<count).map { strokes.sample($0) }
  }

  /// Those of a folder of N-MNIST files with a `labels.csv` of names and classes.
  init(folder: String) throws {
    let list = folder + "/labels.csv"
    guard let data = FileManager.default.contents(atPath: list) else {
      throw BenchError("\(list): there is no such file, or it cannot be read")
    }
    samples = try String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map {
      let fields = $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      guard fields.count == 2, let label = Int(fields[1]),
        (0..<BenchStrokes.classes).contains(label)
      else { throw BenchError("\(list): a line \"\($0)\", where a file and its class should be") }
      let path = "\(folder)/\(fields[0])"
      let events = try RecordingReader.readAll(path: path)
      try Trials.check(events, path: path, geometry: .nmnist)
      return BenchSample(events: events, label: label)
    }
    guard !samples.isEmpty else { throw BenchError("\(list): no recordings in it") }
  }

  /// The same events, their pixels spread evenly over a sensor of `side` x `side`.
  func spread(over side: Int) -> BenchSamples {
    var copy = self
    copy.samples = samples.map { sample in
      var batch = EventBatch()
      batch.reserveCapacity(sample.events.count)
      for index in sample.events.indices {
        let event = sample.events[index]
        batch.append(
          t: event.t, x: UInt16(Int(event.x) * side / 34), y: UInt16(Int(event.y) * side / 34),
          on: event.on)
      }
      return BenchSample(events: batch, label: sample.label)
    }
    return copy
  }

  /// Recordings of 300 steps, each with `count` events at pixels drawn anew.
  static func scattered(eventsPerStep count: Int, samples: Int) -> BenchSamples {
    let geometry = SensorGeometry.nmnist
    var copy = BenchSamples(generated: 0)
    copy.samples = (0..<samples).map { index in
      var random = SplitMix64(seed: 1, stream: 0x2000 + UInt64(index))
      var batch = EventBatch()
      for step in 0..<300 {
        var taken: Set<Int> = []
        while taken.count < count {
          let address = random.nextInteger(below: geometry.addressCount)
          guard taken.insert(address).inserted else { continue }
          let pixel = address % (geometry.width * geometry.height)
          batch.append(
            t: Int64(step) * 1000, x: UInt16(pixel % geometry.width),
            y: UInt16(pixel / geometry.width), on: address > pixel)
        }
      }
      return BenchSample(
        events: batch, label: random.nextInteger(below: BenchStrokes.classes))
    }
    return copy
  }
}

/// A measurement that cannot be made.
struct BenchError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
