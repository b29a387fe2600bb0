import Events
import Learning

/// Draws what the events and the first hidden layer of a source do, until the picture is taken.
///
/// Its memory is that of one picture: at most 128 x 128 cells twice, 4096 spikes, and a count a neuron.
final class ActivityRecorder: StepObserver {
  /// Cells along the longer side of the image, at most.
  static let largestSide = 128
  /// Spikes of the raster, at most; older ones make room.
  static let mostSpikes = 4096

  private let sensor: SensorGeometry
  private let neurons: Int
  private let scale: Int
  private let width: Int
  private let height: Int
  /// ON cells, then OFF cells.
  private let cells: UnsafeMutableBufferPointer<UInt8>
  private let counts: UnsafeMutableBufferPointer<UInt16>
  /// A ring of step and neuron.
  private let raster: UnsafeMutableBufferPointer<SIMD2<Int32>>
  private var begin: Int64 = 0
  private var latest: Int64 = 0
  private var steps = 0
  private var events = 0
  private var spikes = 0

  /// - Parameter neurons: of the first hidden layer.
  init(sensor: SensorGeometry, neurons: Int) {
    self.sensor = sensor
    self.neurons = neurons
    let scale = (max(sensor.width, sensor.height) + Self.largestSide - 1) / Self.largestSide
    self.scale = scale
    width = (sensor.width + scale - 1) / scale
    height = (sensor.height + scale - 1) / scale
    cells = .allocate(capacity: 2 * width * height)
    counts = .allocate(capacity: neurons)
    raster = .allocate(capacity: Self.mostSpikes)
    cells.initialize(repeating: 0)
    counts.initialize(repeating: 0)
    raster.initialize(repeating: .zero)
  }

  deinit {
    cells.deallocate()
    counts.deallocate()
    raster.deallocate()
  }

  /// Whether a step has been seen since the last picture.
  var isEmpty: Bool { steps == 0 }

  func didStep(
    begin: Int64, active: UnsafeBufferPointer<Int32>, hidden: UnsafeBufferPointer<Int32>
  ) {
    if steps == 0 { self.begin = begin }
    latest = begin
    draw(active)
    let step = Int32(clamping: steps)
    var place = spikes
    for neuron in hidden {
      raster[place % Self.mostSpikes] = SIMD2(step, neuron)
      place &+= 1
      let count = counts[Int(neuron)]
      counts[Int(neuron)] = count &+ (count < .max ? 1 : 0)
    }
    spikes = place
    steps += 1
    events += active.count
  }

  private func draw(_ active: UnsafeBufferPointer<Int32>) {
    let (cells, columns, scale) = (cells, sensor.width, scale)
    let (width, plane) = (width, width * height)
    let pixels = columns * sensor.height
    for address in active {
      let isOn = Int(address) >= pixels
      let pixel = Int(address) - (isOn ? pixels : 0)
      let (row, column) = pixel.quotientAndRemainder(dividingBy: columns)
      let cell = (isOn ? 0 : plane) + row / scale * width + column / scale
      let count = cells[cell]
      cells[cell] = count &+ (count < .max ? 1 : 0)
    }
  }

  /// The picture since the last one; a new one begins.
  ///
  /// - Parameter dt: length of a step, microseconds.
  func take(
    model: String, source: String, sequence: UInt64, dt: Int64, scores: [Float]
  ) -> ActivityMessage {
    let header = ActivityMessage.Header(
      model: model, source: source, sequence: sequence, begin: begin, t: latest &+ dt,
      steps: steps, events: events, spikes: spikes, width: width, height: height, scale: scale,
      sensorWidth: sensor.width, sensorHeight: sensor.height, neurons: neurons, scores: scores)
    let message = ActivityMessage(
      header: header, on: Array(cells[..<(width * height)]),
      off: Array(cells[(width * height)...]), raster: rasterBytes,
      counts: Array(UnsafeRawBufferPointer(counts)))
    cells.update(repeating: 0)
    counts.update(repeating: 0)
    (steps, events, spikes) = (0, 0, 0)
    return message
  }

  /// The newest spikes, oldest first.
  private var rasterBytes: [UInt8] {
    let kept = min(spikes, Self.mostSpikes)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 * kept)
    for index in (spikes - kept)..<spikes {
      withUnsafeBytes(of: raster[index % Self.mostSpikes]) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }
}
