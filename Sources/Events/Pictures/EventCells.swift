/// Counts of ON and OFF events in a grid of cells, for a picture of it.
struct EventCells: Sendable {
  let width: Int
  let height: Int
  private var on: [UInt16]
  private var off: [UInt16]

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    on = Array(repeating: 0, count: width * height)
    off = on
  }

  @inline(__always)
  mutating func count(x: Int, y: Int, on isOn: Bool) {
    let cell = y * width + x
    if isOn {
      on[cell] += on[cell] < .max ? 1 : 0
    } else {
      off[cell] += off[cell] < .max ? 1 : 0
    }
  }

  mutating func removeAll() {
    for cell in on.indices { (on[cell], off[cell]) = (0, 0) }
  }

  /// The cells in degrees that do not depend on other cells, for pictures that are compared: one event shows clearly,
  /// ten are as good as any number.
  var image: IndexedImage {
    var rest = 1.0
    return image(
      levels: (0...15).map { count in
        defer { rest *= 0.55 }
        return Self.level(1 - rest, of: count)
      })
  }

  /// The cells in degrees up to the count that one cell in fifty has or exceeds: however many events there are, single
  /// ones are seen, and crowds stand out.
  var rankedImage: IndexedImage {
    var histogram = Array(repeating: 0, count: Int(UInt16.max) + 1)
    for cell in on.indices { histogram[Int(max(on[cell], off[cell]))] += 1 }
    let crowded = (on.count - histogram[0]) / 50
    var (above, highest) = (0, histogram.count - 1)
    while highest > 1, above + histogram[highest] <= crowded {
      above += histogram[highest]
      highest -= 1
    }
    return image(
      levels: (0...highest).map { count in
        let share = highest == 1 ? 1 : 0.35 + 0.65 * Double(count - 1) / Double(highest - 1)
        return Self.level(share, of: count)
      })
  }

  private static func level(_ share: Double, of count: Int) -> Int {
    count == 0 ? 0 : max(1, Int((share * Double(PictureColours.levels - 1)).rounded()))
  }

  /// - Parameter levels: the degree for each count; higher counts have the last.
  private func image(levels: [Int]) -> IndexedImage {
    var image = IndexedImage(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        let cell = y * width + x
        image[x, y] = PictureColours.events(
          on: levels[min(Int(on[cell]), levels.count - 1)],
          off: levels[min(Int(off[cell]), levels.count - 1)])
      }
    }
    return image
  }
}

/// How a sensor is shown in about a given number of pixels: pixels of a small one become squares, those of a large
/// one share a cell.
struct EventView: Sendable {
  let geometry: SensorGeometry
  /// Side of the square of a cell.
  let scale: Int
  /// Pixels of the sensor that share a cell, in each direction.
  let share: Int

  /// - Parameter longest: about the most pixels of a side, at least 1.
  init(_ geometry: SensorGeometry, longest: Int) {
    self.geometry = geometry
    let side = max(geometry.width, geometry.height)
    scale = max(1, (longest + side / 2) / side)
    share = max(1, (side + longest - 1) / longest)
  }

  var cells: EventCells {
    EventCells(
      width: (geometry.width + share - 1) / share, height: (geometry.height + share - 1) / share)
  }

  /// Size on the picture.
  var width: Int { cells.width * scale }
  var height: Int { cells.height * scale }
}
