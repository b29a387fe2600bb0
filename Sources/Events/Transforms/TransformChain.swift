/// Transforms of one stream, one after the other, on batches in place.
///
/// The result does not depend on where one batch ends and the next begins. Memory is bounded by the sensors: 8 bytes a
/// pixel for `refractory_period` and `denoise`, 5 for `hot_pixels`, 1 for `drop_pixel`. A copy of a chain goes its own
/// way from then on.
public struct TransformChain: Sendable {
  /// Most transforms in a chain.
  public static let longestChain = 64
  /// Most pixels of a sensor of which a transform has to remember something for each pixel: 2^24.
  public static let mostPixels = 1 << 24

  /// The sensor of the events that come in.
  public let input: SensorGeometry
  /// The sensor of the events that go out.
  public private(set) var output: SensorGeometry
  /// Events that came in so far.
  public private(set) var events = 0
  private var stages: [any TransformStage] = []

  /// - Throws: ``TransformError`` for a transform that cannot work on the sensor it would get.
  public init(
    _ transforms: [EventTransform], input: SensorGeometry
  ) throws(TransformError) {
    guard transforms.count <= Self.longestChain else { throw .tooMany(transforms.count) }
    (self.input, output) = (input, input)
    for transform in transforms { try append(transform) }
  }

  /// Whether events go through unchanged.
  public var isEmpty: Bool { stages.isEmpty }

  /// Puts what becomes of the events of `batch` in their place.
  ///
  /// - Throws: ``TransformError/outsideSensor(index:x:y:geometry:)``; the batch is unchanged, and is not to be counted
  ///   as part of the stream.
  public mutating func apply(to batch: inout EventBatch) throws(TransformError) {
    guard !stages.isEmpty else { return }
    try check(batch)
    events += batch.count
    for index in stages.indices { stages[index].apply(to: &batch) }
  }

  /// What becomes of a time that is not an event's, such as a label's.
  public func time(_ time: Int64) -> Int64 {
    stages.reduce(time) { time, stage in stage.time(time) }
  }

  /// Tells that time begins anew, with the next recording: pixels forget their last events.
  ///
  /// Random generators go on, so that recordings do not all lose the same events, and so do masks: hot pixels belong to
  /// the sensor.
  public mutating func restart() {
    for index in stages.indices { stages[index].restart() }
  }

  /// What the transforms remember, one list each, for a checkpoint.
  public var memory: [[Int64]] { stages.map(\.memory) }

  /// Goes on from the ``memory`` of a chain of the same transforms that has seen `events`.
  ///
  /// - Returns: false for numbers that do not fit these transforms; nothing has changed then.
  public mutating func restore(_ memory: [[Int64]], events: Int) -> Bool {
    guard memory.count == stages.count, (0...1 << 60).contains(events) else { return false }
    var restored = stages
    for index in restored.indices where !restored[index].restore(memory[index]) { return false }
    (stages, self.events) = (restored, events)
    return true
  }

  private mutating func append(_ transform: EventTransform) throws(TransformError) {
    func refusal(_ reason: String) -> TransformError {
      .doesNotFit(text: transform.description, geometry: output, reason: reason)
    }
    func checkMemory() throws(TransformError) {
      guard output.width * output.height <= Self.mostPixels else {
        throw refusal("it remembers something of each pixel, and 2^24 pixels are the limit")
      }
    }
    switch transform {
    case .crop(let x, let y, let size):
      guard x + size.width <= output.width, y + size.height <= output.height else {
        throw refusal("the box ends at (\(x + size.width), \(y + size.height))")
      }
      stages.append(CropStage(x: x, y: y, size: size))
      output = size
    case .centerCrop(let size):
      guard size.width <= output.width, size.height <= output.height else {
        throw refusal("the box is \(size)")
      }
      let corner = ((output.width - size.width) / 2, (output.height - size.height) / 2)
      stages.append(CropStage(x: corner.0, y: corner.1, size: size))
      output = size
    case .downsample(let space, let timeFactor):
      if case .targetSize(let size) = space,
        size.width > output.width || size.height > output.height
      {
        throw refusal("the target is \(size)")
      }
      let stage = CoordinateStage(
        output, column: { [width = output.width] in space.place(of: $0, width, \.width) },
        row: { [height = output.height] in space.place(of: $0, height, \.height) })
      stages.append(stage)
      output = stage.output
      if timeFactor != 1 { stages.append(TimeStage(coefficient: timeFactor, offset: 0)) }
    case .flipLR:
      let last = output.width - 1
      stages.append(CoordinateStage(output, column: { last - $0 }, row: { $0 }))
    case .flipUD:
      let last = output.height - 1
      stages.append(CoordinateStage(output, column: { $0 }, row: { last - $0 }))
    case .flipPolarity: stages.append(PolarityStage.flip)
    case .mergePolarities: stages.append(PolarityStage.merge)
    case .dropEvent(let probability, let seed):
      stages.append(DropStage(probability: probability, seed: seed))
    case .dropPixel(let pixels):
      try checkMemory()
      if let pixel = pixels.first(where: { $0.x >= output.width || $0.y >= output.height }) {
        throw refusal("the pixel \(pixel.x):\(pixel.y) lies outside")
      }
      stages.append(DropPixelStage(output, pixels))
    case .hotPixels(let rule, let stretch):
      try checkMemory()
      stages.append(HotPixelStage(output, rule: rule, stretch: stretch))
    case .refractoryPeriod(let delta, let since):
      try checkMemory()
      stages.append(RefractoryStage(output, delta: delta, since: since))
    case .denoise(let filterTime):
      try checkMemory()
      stages.append(DenoiseStage(output, filterTime: filterTime))
    case .timeSkew(let coefficient, let offset):
      stages.append(TimeStage(coefficient: coefficient, offset: offset))
    }
  }

  private func check(_ batch: EventBatch) throws(TransformError) {
    guard let index = batch.firstOutside(input) else { return }
    throw .outsideSensor(
      index: events + index, x: Int(batch.x[index]), y: Int(batch.y[index]), geometry: input)
  }
}

extension EventTransform.Downsampling {
  /// The new place of coordinate `place` on a side of `length` pixels.
  fileprivate func place(
    of place: Int, _ length: Int, _ side: KeyPath<SensorGeometry, Int>
  ) -> Int {
    switch self {
    case .squares(let side): place / side
    case .spatialFactor(let factor): Int(Double(place) * factor)
    case .targetSize(let size): place * size[keyPath: side] / length
    }
  }
}
