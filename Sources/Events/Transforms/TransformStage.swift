/// One transform at work on batches of one stream, with whatever it has to remember.
///
/// Events that come in lie inside the stage's sensor: the chain has looked.
protocol TransformStage: Sendable {
  mutating func apply(to batch: inout EventBatch)
  /// What becomes of a time.
  func time(_ time: Int64) -> Int64
  /// Time begins anew.
  mutating func restart()
  /// What is remembered, for a checkpoint.
  var memory: [Int64] { get }
  /// Goes on from ``memory``. False for numbers that are none of this stage; nothing has changed then.
  mutating func restore(_ memory: [Int64]) -> Bool
}

extension TransformStage {
  func time(_ time: Int64) -> Int64 { time }
  mutating func restart() {}
  var memory: [Int64] { [] }
  mutating func restore(_ memory: [Int64]) -> Bool { memory.isEmpty }
}

/// Keeps a box of the sensor.
struct CropStage: TransformStage {
  private let x: UInt16
  private let y: UInt16
  private let lastX: UInt16
  private let lastY: UInt16

  /// - Precondition: the box lies in a sensor.
  init(x: Int, y: Int, size: SensorGeometry) {
    (self.x, self.y) = (UInt16(x), UInt16(y))
    (lastX, lastY) = (UInt16(size.width - 1), UInt16(size.height - 1))
  }

  func apply(to batch: inout EventBatch) {
    batch.filter { columns, index in
      let x = columns.x[index] &- x
      let y = columns.y[index] &- y
      columns.x[index] = x
      columns.y[index] = y
      return x <= lastX && y <= lastY
    }
  }
}

/// Puts each column and each row in another place.
struct CoordinateStage: TransformStage {
  private let columns: [UInt16]
  private let rows: [UInt16]

  init(_ geometry: SensorGeometry, column: (Int) -> Int, row: (Int) -> Int) {
    columns = (0..<geometry.width).map { UInt16(column($0)) }
    rows = (0..<geometry.height).map { UInt16(row($0)) }
  }

  /// The sensor that holds every place.
  var output: SensorGeometry {
    SensorGeometry(width: Int(columns.max() ?? 0) + 1, height: Int(rows.max() ?? 0) + 1)
  }

  func apply(to batch: inout EventBatch) {
    columns.withUnsafeBufferPointer { columns in
      rows.withUnsafeBufferPointer { rows in
        batch.edit { events in
          for index in 0..<events.count {
            events.x[index] = columns[Int(events.x[index])]
            events.y[index] = rows[Int(events.y[index])]
          }
          return events.count
        }
      }
    }
  }
}

/// Makes every polarity the other one, or OFF.
enum PolarityStage: TransformStage {
  case flip
  case merge

  func apply(to batch: inout EventBatch) {
    let kept = self == .flip
    batch.edit { events in
      for index in 0..<events.count { events.on[index] = kept && !events.on[index] }
      return events.count
    }
  }
}

/// Stretches time.
struct TimeStage: TransformStage {
  let coefficient: Double
  let offset: Int64

  /// The times that are used anywhere: with them, differences cannot overflow.
  private static let limit: Int64 = (1 << 62) - 1

  func time(_ time: Int64) -> Int64 {
    var scaled = time
    if coefficient != 1 {
      // A number of 2^62 has no neighbour within a microsecond; beyond the limit nothing is lost by cutting.
      let product = (Double(time) * coefficient).rounded(.down)
      scaled = abs(product) < 0x1p62 ? Int64(product) : product < 0 ? -Self.limit : Self.limit
    }
    let (sum, overflow) = scaled.addingReportingOverflow(offset)
    return overflow ? scaled : min(max(sum, -Self.limit), Self.limit)
  }

  func apply(to batch: inout EventBatch) { batch.mapTimes(time) }
}

/// Drops events by chance.
struct DropStage: TransformStage {
  private let probability: Double
  private var random: SplitMix64

  init(probability: Double, seed: UInt64) {
    self.probability = probability
    random = SplitMix64(seed: seed)
  }

  mutating func apply(to batch: inout EventBatch) {
    var random = random
    batch.filter { _, _ in random.nextUniform() >= probability }
    self.random = random
  }

  var memory: [Int64] { [Int64(bitPattern: random.state)] }

  mutating func restore(_ memory: [Int64]) -> Bool {
    guard memory.count == 1 else { return false }
    // A generator without streams is known by its counter.
    random = SplitMix64(seed: UInt64(bitPattern: memory[0]))
    return true
  }
}
