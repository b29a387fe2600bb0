/// Every event of a recording as a point: time to the right, its place on the sensor downwards.
///
/// Events may come in batches of any size, in any order. Memory is that of the picture: where several events fall on
/// one point, the colour is stronger.
public struct RasterPlot: Sendable {
  /// What is counted along the vertical axis.
  public enum Axis: String, CaseIterable, Sendable {
    /// The pixel's number, row by row from the top: y * width + x.
    case pixel
    /// The column, from the left.
    case x
    /// The row, from the top.
    case y
  }

  private let geometry: SensorGeometry
  private let axis: Axis
  private let scale: TimeScale
  private let places: Int
  private let rows: Int
  /// Rows of the picture for a row of cells, at least ``dot``.
  private let thickness: Int
  private var cells: EventCells

  /// Side of the point of an event, in pixels.
  private static let dot = 2
  private static let left = 96
  private static let top = 64

  /// - Parameters:
  ///   - span: the time axis, in microseconds.
  ///   - width: of the plot in pixels, 64 to 8192.
  ///   - height: of the plot in pixels, 64 to 8192.
  /// - Throws: ``PictureError``.
  public init(
    geometry: SensorGeometry, span: Range<Int64>, axis: Axis = .pixel, width: Int = 1200,
    height: Int = 560
  ) throws(PictureError) {
    try PictureSpan.check(span)
    try PictureError.check("width", Int64(width), in: 64...8192)
    try PictureError.check("height", Int64(height), in: 64...8192)
    self.geometry = geometry
    self.axis = axis
    places =
      switch axis {
      case .pixel: geometry.width * geometry.height
      case .x: geometry.width
      case .y: geometry.height
      }
    thickness = max(Self.dot, height / places)
    rows = min(places, height / Self.dot)
    scale = TimeScale(span: span, x: Self.left, width: width)
    cells = EventCells(width: width / Self.dot, height: rows)
  }

  /// Counts events; those outside the sensor or the span are passed over.
  public mutating func add(_ batch: EventBatch) {
    for index in batch.indices {
      let (x, y) = (batch.x[index], batch.y[index])
      guard let column = scale.part(batch.t[index], of: cells.width),
        geometry.contains(x: x, y: y)
      else {
        continue
      }
      let place =
        switch axis {
        case .pixel: Int(y) * geometry.width + Int(x)
        case .x: Int(x)
        case .y: Int(y)
        }
      cells.count(x: column, y: place * rows / places, on: batch.on[index])
    }
  }

  /// The picture so far.
  public var figure: Figure {
    let height = rows * thickness
    let bottom = Self.top + height
    var figure = Figure(
      width: Self.left + scale.width + 56, height: bottom + TimeScale.height + 24)
    ContactSheet.legend(in: &figure, x: Self.left, y: 22)
    figure.text(axis.rawValue, Self.left - 12, 36, .end)
    let image = cells.rankedImage
    var stretched = IndexedImage(width: image.width * Self.dot, height: height)
    for row in 0..<height {
      for column in 0..<stretched.width {
        stretched[column, row] = image[column / Self.dot, row / thickness]
      }
    }
    figure.image(stretched, Self.left, Self.top, scale: 1)
    for tick in TimeScale.ticks(0..<Int64(places), about: max(2, height / 70)) {
      let y = Self.top + (Int(tick) * rows / places) * thickness + thickness / 2
      figure.rectangle(Self.left - 6, y, 6, 1, PictureColours.line)
      figure.text("\(tick)", Self.left - 12, y - Figure.textSize / 2, .end)
    }
    figure.rectangle(Self.left - 1, Self.top, 1, height + 1, PictureColours.line)
    scale.draw(in: &figure, y: bottom)
    return figure
  }
}
