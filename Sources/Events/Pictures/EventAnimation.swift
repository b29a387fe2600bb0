/// A recording as a film: one frame for each window, one window after the other.
///
/// Events come in batches of any size. Frames go out as time passes, so memory is that of one frame; an event that is
/// older than the frame at work is passed over and counted.
public struct EventAnimation: Sendable {
  /// Most frames.
  public static let mostFrames = 3000

  private let view: EventView
  private let scale: TimeScale
  private let window: Int64
  /// How many frames the span makes.
  public let frames: Int
  /// Events that came after their frame was done.
  public private(set) var lateEvents = 0
  private var cells: EventCells
  private var done = 0

  private static let margin = 16
  private static let header = 30
  private static let footer = 22

  /// - Parameters:
  ///   - span: what is shown, in microseconds.
  ///   - window: how long each frame collects, in microseconds.
  ///   - side: about the longest side of the sensor in pixels, 16 to 4096.
  /// - Throws: ``PictureError``.
  public init(
    geometry: SensorGeometry, span: Range<Int64>, window: Int64, side: Int = 480
  ) throws(PictureError) {
    try PictureSpan.check(span)
    try PictureError.check("window in us", window, in: 1...PictureSpan.longest)
    try PictureError.check("side", Int64(side), in: 16...4096)
    let frames = (span.upperBound - span.lowerBound + window - 1) / window
    try PictureError.check("frames", frames, in: 1...Int64(Self.mostFrames))
    self.frames = Int(frames)
    self.window = window
    view = EventView(geometry, longest: side)
    cells = view.cells
    scale = TimeScale(span: span, x: Self.margin, width: max(view.width, 240))
  }

  /// Pixels of a frame.
  public var width: Int { scale.width + 2 * Self.margin }
  public var height: Int { Self.margin + Self.header + view.height + Self.footer + Self.margin }

  /// Counts events, and gives each frame that is over by then to `emit`.
  public mutating func add(
    _ batch: EventBatch, emit: (Figure) throws -> Void
  ) rethrows {
    for index in batch.indices {
      let time = batch.t[index]
      guard scale.span.contains(time) else { continue }
      let frame = Int((time - scale.span.lowerBound) / window)
      guard frame >= done else {
        lateEvents += 1
        continue
      }
      while done < frame { try emit(next()) }
      guard view.geometry.contains(x: batch.x[index], y: batch.y[index]) else { continue }
      cells.count(
        x: Int(batch.x[index]) / view.share, y: Int(batch.y[index]) / view.share,
        on: batch.on[index])
    }
  }

  /// Gives the frames that are left to `emit`.
  public mutating func finish(emit: (Figure) throws -> Void) rethrows {
    while done < frames { try emit(next()) }
  }

  private mutating func next() -> Figure {
    let start = scale.span.lowerBound + Int64(done) * window
    var figure = Figure(width: width, height: height)
    ContactSheet.legend(in: &figure, x: Self.margin, y: Self.margin)
    figure.text(scale.text(start), width - Self.margin, Self.margin, .end)
    let top = Self.margin + Self.header
    figure.image(cells.image, Self.margin + (scale.width - view.width) / 2, top, scale: view.scale)
    let bar = top + view.height + 12
    figure.rectangle(Self.margin, bar, scale.width, 4, PictureColours.highlight)
    let end = min(start + window, scale.span.upperBound)
    figure.rectangle(
      Self.margin, bar, scale.place(end) - Self.margin, 4, PictureColours.line)
    cells.removeAll()
    done += 1
    return figure
  }
}
