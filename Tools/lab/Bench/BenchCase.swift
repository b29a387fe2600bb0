import Events

/// What one repetition did.
struct BenchWork {
  /// What a time is told for: a sample, a step, a message.
  var units = 0
  var samples = 0
  var steps = 0
  var events = 0
  var messages = 0
  var bytes = 0
  var hiddenSpikes = 0
  /// Stream time that passed, in microseconds.
  var streamTime: Int64 = 0

  static func += (sum: inout BenchWork, other: BenchWork) {
    sum.units += other.units
    sum.samples += other.samples
    sum.steps += other.steps
    sum.events += other.events
    sum.messages += other.messages
    sum.bytes += other.bytes
    sum.hiddenSpikes += other.hiddenSpikes
    sum.streamTime += other.streamTime
  }
}

/// Something that can do its work again and again.
protocol BenchSubject: AnyObject {
  /// Does `count` units of work.
  func run(_ count: Int) throws -> BenchWork
  /// Resident memory at points of its life that it noted itself, in MB.
  var memoryNotes: [String: Double] { get }
}

extension BenchSubject {
  var memoryNotes: [String: Double] { [:] }
}

/// One line of the results.
struct BenchCase {
  /// Such as `nmnist.network/H200f`.
  var name: String
  var unit = "sample"
  var hidden: Int?
  var isRecurrent: Bool?
  var inputs: Int?
  /// Threads that work at the same time.
  var threads = 1
  /// Units to run before anything is measured, as far as there is time for them.
  var settling = 0
  /// Whether each repetition begins with a subject of its own, for a network that learns does not stay as it was.
  var isRenewed = false
  var make: () throws -> any BenchSubject

  /// A case of a learner.
  init(
    _ name: String, unit: String = "sample", shape: BenchShape, compute: BenchCompute,
    settling: Int = 0, make: @escaping () throws -> any BenchSubject
  ) {
    self.name = name + compute.suffix
    self.unit = unit
    hidden = shape.hidden
    isRecurrent = shape.isRecurrent
    inputs = shape.geometry.addressCount
    threads = compute.threads
    self.settling = settling
    self.make = make
  }

  /// A case without a network.
  init(
    _ name: String, unit: String, threads: Int = 1, make: @escaping () throws -> any BenchSubject
  ) {
    self.name = name
    self.unit = unit
    self.threads = threads
    self.make = make
  }
}

/// Cases that are measured in turns, so that what is slow for a while is slow for all of them.
struct BenchGroup {
  var cases: [BenchCase]
  /// Whether the memory of each case is measured with nothing else in the process.
  var measuresMemoryApart = false
  /// The network that peers are run with in the same turns.
  var peerShape: BenchShape?
}

/// Groups of cases about one subject.
protocol BenchWorkload {
  func groups(_ settings: BenchSettings) throws -> [BenchGroup]
}

/// All of them, in the order of the results.
enum BenchWorkloads {
  static var all: [any BenchWorkload] {
    [BenchNMNIST(), BenchGesture(), BenchScaling(), BenchCodecs(), BenchSockets()]
  }
}
