/// Counts of ON and OFF events in a grid of cells, for a picture of it.
struct EventCells: Sendable {
  let width: Int
  let height: Int
  private var on: [UInt8]
  private var off: [UInt8]

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    on = Array(repeating: 0, count: width * height)
    off = on
  }

  /// Counts an event; more than 15 of a polarity look alike.
  @inline(__always)
  mutating func count(x: Int, y: Int, on isOn: Bool) {
    let cell = y * width + x
    if isOn {
      on[cell] = min(on[cell] + 1, 15)
    } else {
      off[cell] = min(off[cell] + 1, 15)
    }
  }

  mutating func removeAll() {
    for cell in on.indices { (on[cell], off[cell]) = (0, 0) }
  }

  var image: IndexedImage {
    var image = IndexedImage(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        let cell = y * width + x
        image[x, y] = PictureColours.events(on: on[cell], off: off[cell])
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

  /// - Parameter longest: the most pixels of a side, at least 1.
  init(_ geometry: SensorGeometry, longest: Int) {
    self.geometry = geometry
    let side = max(geometry.width, geometry.height)
    scale = max(1, longest / side)
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
