import ToolSupport

/// What was written.
struct WriteSummary: Encodable {
  /// The recordings of one class.
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
  var classes: [Int: Class] = [:]

  init(folder: String, seed: UInt64) {
    self.folder = folder
    self.seed = seed
  }

  mutating func add(label: Int, events: Int, bytes: Int, isTest: Bool) {
    train += isTest ? 0 : 1
    test += isTest ? 1 : 0
    self.events += events
    self.bytes += bytes
    classes[label, default: Class()].train += isTest ? 0 : 1
    classes[label, default: Class()].test += isTest ? 1 : 0
    classes[label, default: Class()].events += events
  }

  /// For people.
  var lines: [String] {
    let mean = events / max(train + test, 1)
    var lines = [
      "\(folder): \(train) training and \(test) test recordings, \(Format.count(events)) events "
        + "(\(Format.count(mean)) a recording), \(Format.count(bytes)) bytes",
      "class  train   test  events a recording",
    ]
    for (label, one) in classes.sorted(by: { $0.key < $1.key }) {
      lines.append(
        Format.right("\(label)", 5) + Format.right("\(one.train)", 7)
          + Format.right("\(one.test)", 7)
          + Format.right(Format.count(one.events / max(one.train + one.test, 1)), 20))
    }
    return lines
  }
}
