import ArgumentParser
import Events
import Foundation
import ToolSupport

struct Render: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw a recording.",
    discussion: """
      ON events are orange, OFF events blue, stronger where there are more. Three kinds of pictures:

        sheet      moments of the recording side by side, below them the rate of events over time
        animation  a film of the events, in slow motion: an APNG, which browsers play
        raster     time to the right, pixels downwards, each event a point

      The name of the output decides: .png is a sheet, .apng an animation, .svg a raster plot; --kind and --format say \
      otherwise. The recording is read twice or more, first for its times, in bounded memory.

      EXAMPLES
        afferent-convert render recording.raw -o recording.png
        afferent-convert render recording.raw -o moment.png --at-ms 120 --window-ms 10
        afferent-convert render recording.raw -o film.apng --transform denoise=5000
        afferent-convert render recording.raw -o raster.svg --axis y --colours light
      """)

  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case sheet, animation, raster
  }

  enum PictureFormat: String, CaseIterable, ExpressibleByArgument {
    case png, apng, svg
  }

  @Argument(help: "A recording.", completion: .file())
  var file: String
  @Option(name: [.short, .long], help: "The picture to write.", completion: .file())
  var output: String
  @Flag(help: "Replace a picture that is there.") var force = false
  @Option(help: "sheet, animation or raster.")
  var kind: Kind?
  @Option(help: "png, apng or svg.")
  var format: PictureFormat?
  @Option(help: "The sensor, such as 34x34, where the file does not state it.")
  var geometry: SensorGeometry?
  @OptionGroup var transform: TransformOptions
  @Option(help: "Where the picture begins, in milliseconds after the first event.")
  var fromMs: Double?
  @Option(help: "Where it ends, in milliseconds after the first event.")
  var toMs: Double?
  @Option(help: "Time for which a panel or a frame collects events, in milliseconds.")
  var windowMs: Double?
  @Option(
    help:
      "A moment to show on a sheet, in milliseconds after the first event; may be given several times."
  )
  var atMs: [Double] = []
  @Option(help: "Moments on a sheet, spread evenly, 1 to \(ContactSheet.mostPanels) (default: 12).")
  var panels: Int?
  @Option(help: "About the longest side of the sensor on a sheet or in a film, in pixels.")
  var side: Int?
  @Option(help: "Frames a second of an animation, 1 to 100 (default: 20).")
  var fps: Int?
  @Option(help: "What a raster plot counts downwards: pixel (default), x or y.")
  var axis: RasterPlot.Axis?
  @Option(help: "dark or light.")
  var colours = PictureColours.dark

  func validate() throws {
    for (name, value) in [("--from-ms", fromMs), ("--to-ms", toMs)] + atMs.map({ ("--at-ms", $0) })
    {
      guard abs(value ?? 0) <= 1e12 else { throw ValidationError("\(name) must be within 1e12") }
    }
    guard (0.001...1e12).contains(windowMs ?? 1) else {
      throw ValidationError("--window-ms must be 0.001 to 1e12")
    }
    guard (1...100).contains(fps ?? 1) else { throw ValidationError("--fps must be 1 to 100") }
    guard (1...ContactSheet.mostPanels).contains(panels ?? 1) else {
      throw ValidationError("--panels must be 1 to \(ContactSheet.mostPanels)")
    }
    guard (16...4096).contains(side ?? 16) else {
      throw ValidationError("--side must be 16 to 4096")
    }
    let (kind, format) = try choice()
    guard (kind == .animation) == (format == .apng) else {
      throw ValidationError("an animation is an .apng, and only an animation is one")
    }
    let uses: [(name: String, isGiven: Bool, kinds: [Kind])] = [
      ("--panels", panels != nil, [.sheet]), ("--at-ms", !atMs.isEmpty, [.sheet]),
      ("--window-ms", windowMs != nil, [.sheet, .animation]),
      ("--side", side != nil, [.sheet, .animation]), ("--fps", fps != nil, [.animation]),
      ("--axis", axis != nil, [.raster]),
    ]
    if let misplaced = uses.first(where: { $0.isGiven && !$0.kinds.contains(kind) }) {
      throw ValidationError("\(misplaced.name) has no use in a picture of kind \(kind.rawValue)")
    }
    guard panels == nil || atMs.isEmpty else {
      throw ValidationError("--panels spreads moments evenly, --at-ms names them: one of the two")
    }
  }

  /// What the options and the name of the output ask for.
  private func choice() throws -> (Kind, PictureFormat) {
    let suffix = PictureFormat(rawValue: URL(filePath: output).pathExtension.lowercased())
    guard let format = format ?? suffix ?? (kind == .animation ? .apng : nil) else {
      throw ValidationError(
        "the output ends in .png, .apng or .svg, unless --format says what it is")
    }
    switch format {
    case .png: return (kind ?? .sheet, format)
    case .apng: return (kind ?? .animation, format)
    case .svg: return (kind ?? .raster, format)
    }
  }

  func run() throws {
    try ExitStatus.report("afferent-convert") {
      let (kind, format) = try choice()
      let recording = try RenderedRecording(
        path: file, geometry: geometry, transforms: transform,
        from: fromMs.map(microseconds), to: toMs.map(microseconds))
      switch kind {
      case .sheet: try write(sheet(recording), format)
      case .raster: try write(raster(recording), format)
      case .animation: try animate(recording)
      }
    }
  }

  private func sheet(_ recording: RenderedRecording) throws -> Figure {
    let panels = panels ?? 12
    let span = recording.span
    let length = span.upperBound - span.lowerBound
    let step = length / Int64(panels)
    let window = windowMs.map(microseconds) ?? max(1, atMs.isEmpty ? min(step, 50_000) : 20_000)
    let starts =
      atMs.isEmpty
      ? (0..<Int64(panels)).map { span.lowerBound + $0 * step } : atMs.map(microseconds)
    var sheet = try ContactSheet(
      geometry: recording.geometry, span: span, starts: starts, window: window,
      panelSide: side ?? (starts.count == 1 ? 640 : 240))
    try recording.read { sheet.add($0) }
    return sheet.figure
  }

  private func raster(_ recording: RenderedRecording) throws -> Figure {
    var plot = try RasterPlot(
      geometry: recording.geometry, span: recording.span, axis: axis ?? .pixel)
    try recording.read { plot.add($0) }
    return plot.figure
  }

  private func animate(_ recording: RenderedRecording) throws {
    let length = recording.span.upperBound - recording.span.lowerBound
    let fps = fps ?? 20
    let window = windowMs.map(microseconds) ?? min(33_000, max(1000, (length + 59) / 60))
    var film = try EventAnimation(
      geometry: recording.geometry, span: recording.span, window: window, side: side ?? 480)
    var writer = AnimatedPNG(
      width: film.width, height: film.height, frames: film.frames, milliseconds: 1000 / fps)
    let file = try UnfinishedFile(output, replaces: force)
    try file.write(writer.beginning(palette: colours.palette))
    let emit: (Figure) throws -> Void = { try file.write(writer.frame($0.image)) }
    try recording.read { try film.add($0, emit: emit) }
    try film.finish(emit: emit)
    try file.finish()
    let pace = Double(window) * 1e-6 * Double(fps)
    Terminal.note(
      "\(output): \(film.frames) frames of \(Format.decimal(Double(window) / 1000, 1)) ms, "
        + "\(Format.decimal(pace, 2)) times real time"
        + (film.lateEvents > 0 ? "; \(film.lateEvents) events out of order not shown" : ""))
  }

  private func write(_ figure: Figure, _ format: PictureFormat) throws {
    let file = try UnfinishedFile(output, replaces: force)
    try file.write(format == .svg ? Array(figure.svg(colours).utf8) : figure.png(colours))
    try file.finish()
    Terminal.note("\(output): \(figure.width)x\(figure.height) pixels")
  }

  private func microseconds(_ milliseconds: Double) -> Int64 {
    Int64((milliseconds * 1000).rounded())
  }
}

extension RasterPlot.Axis: ExpressibleByArgument {}
extension PictureColours: ExpressibleByArgument {}
