extension EventTransform {
  /// The names of transforms, tonic's.
  enum Name: String, CaseIterable {
    case crop
    case centerCrop = "center_crop"
    case downsample
    case flipLR = "flip_lr"
    case flipUD = "flip_ud"
    case flipPolarity = "flip_polarity"
    case dropEvent = "drop_event"
    case dropPixel = "drop_pixel"
    case hotPixels = "hot_pixels"
    case refractoryPeriod = "refractory_period"
    case denoise
    case mergePolarities = "merge_polarities"
    case timeSkew = "time_skew"

    /// How it is written, with an example's numbers.
    var usage: String {
      switch self {
      case .crop: "crop=10,20,64x48 (x, y, size; commas need quotes in a YAML list)"
      case .centerCrop: "center_crop=64x48"
      case .downsample:
        "downsample=4 (4x4 pixels become one), downsample=64x48 or downsample=spatial_factor=0.25, "
          + "each with or without ,time_factor=0.5"
      case .dropEvent: "drop_event=0.2 or drop_event=0.2,seed=7"
      case .dropPixel: "drop_pixel=10:20,11:20 (x:y for each pixel)"
      case .hotPixels:
        "hot_pixels=60 (events a second) or hot_pixels=top=20, with or without ,stretch_us=1000000"
      case .refractoryPeriod:
        "refractory_period=1000 (us) or refractory_period=1000,since=kept"
      case .denoise: "denoise=10000 (us)"
      case .timeSkew: "time_skew=1.5 or time_skew=1.5,offset=1000 (us)"
      case .flipLR, .flipUD, .flipPolarity, .mergePolarities: "\(rawValue), without arguments"
      }
    }
  }

  /// Longest refractory period, filter time or quiet stretch: a day, in microseconds.
  static let longestTime: Int64 = 86_400_000_000
  static let scales = 1e-6...1e6
  static let mostPixels = 65536

  /// The names of all transforms.
  public static var names: [String] { Name.allCases.map(\.rawValue) }

  /// How all transforms are written, for help texts.
  public static var usages: [String] { Name.allCases.map(\.usage) }

  /// Reads a transform: its name, then after `=` its arguments with commas between, by their place or as `key=value`.
  ///
  ///     crop=10,20,64x48            center_crop=64x48
  ///     downsample=4                downsample=64x48          downsample=spatial_factor=0.25,time_factor=0.5
  ///     flip_lr                     flip_ud                   flip_polarity
  ///     drop_event=0.2,seed=7       drop_pixel=10:20,11:20    hot_pixels=60,stretch_us=1000000
  ///     refractory_period=1000      denoise=10000             merge_polarities
  ///     time_skew=1.5,offset=1000
  ///
  /// - Throws: ``TransformError`` with the word that is wrong and what may stand there.
  public init(_ text: String) throws(TransformError) {
    var words = try TransformArguments(text)
    switch words.name {
    case .crop:
      let x = try words.integer("x", in: 0...65535)
      let y = try words.integer("y", in: 0...65535)
      self = .crop(x: x, y: y, size: try words.size("size"))
    case .centerCrop: self = .centerCrop(size: try words.size("size"))
    case .downsample: self = try Self.downsample(&words)
    case .flipLR: self = .flipLR
    case .flipUD: self = .flipUD
    case .flipPolarity: self = .flipPolarity
    case .mergePolarities: self = .mergePolarities
    case .dropEvent:
      self = .dropEvent(
        probability: try words.number("p", in: 0...1),
        seed: try words.integer("seed", in: 0...UInt64.max, default: 1))
    case .dropPixel: self = .dropPixel(try Self.pixels(&words))
    case .hotPixels:
      let rule: HotPixels =
        words.has("top")
        ? .top(try words.integer("top", in: 1...Self.mostPixels))
        : .frequency(try words.number("frequency", in: 0...1e6))
      self = .hotPixels(
        rule, stretch: try words.integer("stretch_us", in: 1...Self.longestTime, default: 1_000_000)
      )
    case .refractoryPeriod:
      self = .refractoryPeriod(
        try words.integer("delta", in: 0...Self.longestTime),
        since: try words.value("since", "any or kept", .any, RefractoryStart.init(rawValue:)))
    case .denoise:
      self = .denoise(filterTime: try words.integer("filter_time", in: 1...Self.longestTime))
    case .timeSkew:
      self = .timeSkew(
        coefficient: try words.number("coefficient", in: Self.scales),
        offset: try words.integer("offset", in: -(1 << 60)...(1 << 60), default: 0))
    }
    try words.finish()
  }

  private static func downsample(
    _ words: inout TransformArguments
  ) throws(TransformError) -> EventTransform {
    let hasTimeFactor = words.has("time_factor")
    let timeFactor = hasTimeFactor ? try words.number("time_factor", in: scales) : 1
    if words.has("spatial_factor") {
      let factor = try words.number("spatial_factor", in: 1e-5...1)
      return .downsample(.spatialFactor(factor), timeFactor: timeFactor)
    }
    let whole = hasTimeFactor ? Downsampling.squares(side: 1) : nil
    let space = try words.value("target_size", "1 to 65536 or WIDTHxHEIGHT", whole) {
      if let side = Int($0), (1...65536).contains(side) { return .squares(side: side) }
      return SensorGeometry(text: $0).map { .targetSize($0) }
    }
    return .downsample(space, timeFactor: timeFactor)
  }

  private static func pixels(
    _ words: inout TransformArguments
  ) throws(TransformError) -> [Pixel] {
    let texts = words.rest()
    guard (1...mostPixels).contains(texts.count) else {
      throw words.problem("it names \(texts.count) pixels, allowed are 1 to \(mostPixels)")
    }
    var pixels: [Pixel] = []
    for word in texts {
      let sides = word.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
      guard sides.count == 2, sides.allSatisfy((0...65535).contains) else {
        throw words.problem("\"\(WireError.excerpt(word))\" is not x:y")
      }
      pixels.append(Pixel(x: sides[0], y: sides[1]))
    }
    return pixels
  }
}

extension EventTransform: CustomStringConvertible, Codable {
  /// The text that ``init(_:)`` reads.
  public var description: String {
    switch self {
    case .crop(let x, let y, let size): "crop=\(x),\(y),\(size)"
    case .centerCrop(let size): "center_crop=\(size)"
    case .downsample(let space, let timeFactor):
      "downsample=" + space.text + (timeFactor == 1 ? "" : ",time_factor=\(timeFactor)")
    case .flipLR: "flip_lr"
    case .flipUD: "flip_ud"
    case .flipPolarity: "flip_polarity"
    case .mergePolarities: "merge_polarities"
    case .dropEvent(let probability, let seed): "drop_event=\(probability),seed=\(seed)"
    case .dropPixel(let pixels):
      "drop_pixel=" + pixels.map { "\($0.x):\($0.y)" }.joined(separator: ",")
    case .hotPixels(.frequency(let frequency), let stretch):
      "hot_pixels=\(frequency),stretch_us=\(stretch)"
    case .hotPixels(.top(let count), let stretch): "hot_pixels=top=\(count),stretch_us=\(stretch)"
    case .refractoryPeriod(let delta, let since):
      "refractory_period=\(delta)" + (since == .any ? "" : ",since=\(since.rawValue)")
    case .denoise(let filterTime): "denoise=\(filterTime)"
    case .timeSkew(let coefficient, let offset):
      "time_skew=\(coefficient)" + (offset == 0 ? "" : ",offset=\(offset)")
    }
  }

  /// Reads the text of ``init(_:)``.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do throws(TransformError) {
      try self.init(text)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension EventTransform.Downsampling {
  fileprivate var text: String {
    switch self {
    case .squares(let side): "\(side)"
    case .spatialFactor(let factor): "spatial_factor=\(factor)"
    case .targetSize(let size): "\(size)"
    }
  }
}
