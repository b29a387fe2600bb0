/// A colour of a screen.
public struct RGB: Hashable, Sendable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8

  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// The colour at `share` (0 to 1) of the way to `other`.
  func mixed(with other: RGB, _ share: Double) -> RGB {
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
      UInt8((Double(a) + (Double(b) - Double(a)) * share).rounded())
    }
    return RGB(mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
  }

  /// As `#rrggbb`.
  public var text: String {
    "#"
      + [red, green, blue].map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
  }
}

/// The colours of pictures of events: ON warm, OFF blue, told apart by people of any colour vision.
public enum PictureColours: String, CaseIterable, Sendable {
  /// On a dark ground, as most viewers of events.
  case dark
  /// On white, for print.
  case light

  /// Degrees of a colour for the number of events of one polarity, 0 for none.
  static let levels = 15
  /// Degrees of a character's edge.
  static let inkLevels = 8

  /// Index of the ground.
  static let ground: UInt8 = 0
  /// Index of text that covers a pixel in full; the ones before are its edges.
  static let ink = UInt8(inkLevels)
  /// Index of axes and frames.
  static let line: UInt8 = 9
  /// Index of what is highlighted on a time axis.
  static let highlight: UInt8 = 10
  private static let firstEvent = 16

  /// Index of a place with events of these degrees, 0 to 14.
  static func events(on: Int, off: Int) -> UInt8 { UInt8(firstEvent + on * levels + off) }

  /// Indices of ON and of OFF at their strongest.
  static let on = events(on: levels - 1, off: 0)
  static let off = events(on: 0, off: levels - 1)

  /// The colours by index; 241 of them.
  public var palette: [RGB] {
    let parts = parts
    let unused = RGB(0, 0, 0)
    var palette = (0...Self.inkLevels).map {
      parts.ground.mixed(with: parts.ink, Double($0) / Double(Self.inkLevels))
    }
    palette += [parts.line, parts.highlight]
    palette += Array(repeating: unused, count: Self.firstEvent - palette.count)
    for on in 0..<Self.levels {
      for off in 0..<Self.levels {
        // Where both polarities are, their mixture: a grey.
        let share = on + off == 0 ? 0 : Double(off) / Double(on + off)
        let strength = Double(max(on, off)) / Double(Self.levels - 1)
        palette.append(
          parts.field.mixed(with: parts.on.mixed(with: parts.off, share), strength))
      }
    }
    return palette
  }

  private var parts:
    (ground: RGB, field: RGB, ink: RGB, line: RGB, highlight: RGB, on: RGB, off: RGB)
  {
    switch self {
    case .dark:
      (
        RGB(13, 17, 23), RGB(24, 29, 38), RGB(213, 220, 228), RGB(92, 101, 112), RGB(44, 54, 68),
        RGB(255, 176, 0), RGB(76, 154, 255)
      )
    case .light:
      (
        RGB(255, 255, 255), RGB(245, 246, 248), RGB(31, 35, 40), RGB(140, 149, 159),
        RGB(222, 227, 233), RGB(213, 94, 0), RGB(0, 114, 178)
      )
    }
  }
}
