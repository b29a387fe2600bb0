/// Moments of a recording side by side, and below them the rate of events along the time axis.
///
/// Each panel shows the events of its `window`, ON and OFF in their colours, stronger where there are more. Events may
/// come in batches of any size, in any order. Memory is that of the picture.
public struct ContactSheet: Sendable {
  /// Most panels.
  public static let mostPanels = 100
  /// Most pixels of a picture: 2^26.
  public static let mostPixels: Int64 = 1 << 26

  /// Pixels of a bar of the rate, with the gap behind it.
  private static let bar = 4

  private let view: EventView
  private let starts: [Int64]
  private let window: Int64
  private let layout: Layout
  private let scale: TimeScale
  private var panels: [EventCells]
  private var onRate: [Int]
  private var offRate: [Int]

  /// - Parameters:
  ///   - span: the time axis, in microseconds.
  ///   - starts: when each panel begins.
  ///   - window: how long each panel collects, in microseconds.
  ///   - panelSide: about the longest side of a panel in pixels, 16 to 4096.
  /// - Throws: ``PictureError``.
  public init(
    geometry: SensorGeometry, span: Range<Int64>, starts: [Int64], window: Int64,
    panelSide: Int = 240
  ) throws(PictureError) {
    try PictureSpan.check(span)
    try PictureError.check("panels", Int64(starts.count), in: 1...Int64(Self.mostPanels))
    try PictureError.check("window in us", window, in: 1...PictureSpan.longest)
    try PictureError.check("side of a panel", Int64(panelSide), in: 16...4096)
    for start in starts { try PictureSpan.check(start..<start.addingSaturated(window)) }
    view = EventView(geometry, longest: panelSide)
    self.starts = starts
    self.window = window
    layout = Layout(view, count: starts.count)
    try PictureError.check("pixels", Int64(layout.width * layout.height), in: 1...Self.mostPixels)
    scale = TimeScale(span: span, x: layout.left, width: layout.inner - 44)
    panels = Array(repeating: view.cells, count: starts.count)
    onRate = Array(repeating: 0, count: scale.width / Self.bar)
    offRate = onRate
  }

  /// Counts events; those outside the sensor are passed over.
  public mutating func add(_ batch: EventBatch) {
    for index in batch.indices {
      let (time, isOn) = (batch.t[index], batch.on[index])
      if let column = scale.part(time, of: onRate.count) {
        if isOn { onRate[column] += 1 } else { offRate[column] += 1 }
      }
      guard view.geometry.contains(x: batch.x[index], y: batch.y[index]) else { continue }
      for panel in panels.indices where starts[panel] <= time && time < starts[panel] + window {
        panels[panel].count(
          x: Int(batch.x[index]) / view.share, y: Int(batch.y[index]) / view.share, on: isOn)
      }
    }
  }

  /// The picture so far.
  public var figure: Figure {
    var figure = Figure(width: layout.width, height: layout.height)
    Self.legend(in: &figure, x: layout.left, y: Layout.margin)
    figure.text(
      scale.length(window) + " each", layout.left + layout.inner, Layout.margin, .end)
    for (index, cells) in panels.enumerated() {
      let (x, y) = layout.place(index)
      figure.text(scale.text(starts[index]), x, y)
      figure.image(cells.image, x, y + Layout.label, scale: view.scale)
    }
    drawRates(in: &figure)
    return figure
  }

  /// What the colours mean.
  static func legend(in figure: inout Figure, x: Int, y: Int) {
    let side = Figure.textSize
    figure.rectangle(x, y, side, side, PictureColours.on)
    figure.text("ON", x + side + 8, y)
    figure.rectangle(x + 74, y, side, side, PictureColours.off)
    figure.text("OFF", x + 74 + side + 8, y)
  }

  private func drawRates(in figure: inout Figure) {
    let (top, middle) = (layout.ratesTop, layout.ratesTop + Layout.rates / 2)
    for start in starts {
      let first = max(scale.x, scale.place(start))
      let last = min(scale.x + scale.width, scale.place(start + window))
      // A gap tells windows apart that follow on each other.
      figure.rectangle(
        first, top, max(1, last - first - 2), Layout.rates, PictureColours.highlight)
    }
    let highest = max(1, onRate.max() ?? 0, offRate.max() ?? 0)
    for column in onRate.indices {
      let on = onRate[column] * (Layout.rates / 2) / highest
      let off = offRate[column] * (Layout.rates / 2) / highest
      let (x, width) = (scale.x + column * Self.bar, Self.bar - 1)
      figure.rectangle(x, middle - on, width, on, PictureColours.on)
      figure.rectangle(x, middle, width, off, PictureColours.off)
    }
    scale.draw(in: &figure, y: top + Layout.rates)
  }

  /// Where things are.
  private struct Layout: Sendable {
    static let margin = 24
    static let label = 22
    static let gap = 16
    static let rates = 64

    let left = Layout.margin
    let columns: Int
    let rows: Int
    let inner: Int
    let panelWidth: Int
    let panelHeight: Int

    init(_ view: EventView, count: Int) {
      (panelWidth, panelHeight) = (view.width, view.height)
      // Rows and columns that make the sheet about 16 by 9.
      let columns = (1...count).first { columns in
        let rows = (count + columns - 1) / columns
        return columns * view.width * 9 >= rows * (view.height + Self.label) * 16
      }
      let wanted = columns ?? count
      rows = (count + wanted - 1) / wanted
      self.columns = (count + rows - 1) / rows
      let panels = self.columns * (panelWidth + Self.gap) - Self.gap
      inner = max(panels, 480)
    }

    var width: Int { inner + 2 * Self.margin }
    var ratesTop: Int {
      Self.margin + Figure.textSize + 18 + rows * (Self.label + panelHeight + Self.gap) + 4
    }
    var height: Int { ratesTop + Self.rates + TimeScale.height + Self.margin }

    /// The upper left corner of the label of panel `index`.
    func place(_ index: Int) -> (Int, Int) {
      (
        left + index % columns * (panelWidth + Self.gap),
        Self.margin + Figure.textSize + 18
          + index / columns * (Self.label + panelHeight + Self.gap)
      )
    }
  }
}
