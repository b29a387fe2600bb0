import Foundation
import ToolSupport

/// What was written.
struct WriteSummary: Encodable {
  /// The trials of one class.
  struct Class: Encodable {
    var train = 0
    var test = 0
    var events = 0
  }

  var folder: String
  var seed: UInt64
  var train = 0
  var test = 0
  var events = 0
  var bytes = 0
  var classes: [String: Class] = [:]

  init(folder: String, seed: UInt64) {
    self.folder = folder
    self.seed = seed
  }

  /// Counts a recording.
  mutating func add(events: Int, bytes: Int, isTest: Bool) {
    train += isTest ? 0 : 1
    test += isTest ? 1 : 0
    self.events += events
    self.bytes += bytes
  }

  /// Counts a trial, which may be a whole recording.
  mutating func add(trial name: String, events: Int, isTest: Bool) {
    classes[name, default: Class()].train += isTest ? 0 : 1
    classes[name, default: Class()].test += isTest ? 1 : 0
    classes[name, default: Class()].events += events
  }

  /// For people.
  var lines: [String] {
    let mean = events / max(train + test, 1)
    let width = classes.keys.reduce(5) { max($0, $1.count) }
    var lines = [
      "\(folder): \(train) training and \(test) test recordings, \(Format.count(events)) events "
        + "(\(Format.count(mean)) a recording), \(Format.count(bytes)) bytes",
      Format.right("class", width) + "  train   test  events a trial",
    ]
    for (name, one) in classes.sorted(by: {
      $0.key.compare($1.key, options: .numeric) == .orderedAscending
    }) {
      lines.append(
        Format.right(name, width) + Format.right("\(one.train)", 7)
          + Format.right("\(one.test)", 7)
          + Format.right(Format.count(one.events / max(one.train + one.test, 1)), 16))
    }
    return lines
  }
}
