import Events
import Foundation
import Testing

@Suite struct PictureTests {
  static let sensor = SensorGeometry(width: 20, height: 12)

  /// Random events of 100 ms, and one pixel that fires alone.
  static func events(_ count: Int = 3000) -> EventBatch {
    var random = SplitMix64(seed: 8)
    var batch = randomEvents(count, width: 20, height: 12, step: 66, using: &random)
    batch.append(t: 120_000, x: 19, y: 0, on: true)
    return batch
  }

  static func sheet(_ starts: [Int64] = [0, 50_000, 119_000]) throws -> ContactSheet {
    try ContactSheet(
      geometry: sensor, span: 0..<130_000, starts: starts, window: 10_000, panelSide: 40)
  }

  static func pieces(_ events: EventBatch, _ body: (EventBatch) -> Void) {
    for first in stride(from: 0, to: events.count, by: 97) {
      var piece = EventBatch()
      piece.append(events, range: first..<min(first + 97, events.count))
      body(piece)
    }
  }

  static func digest(_ image: IndexedImage) -> String {
    "\(image.width)x\(image.height) " + SHA256.digest(of: image.pixels).prefix(16)
  }

  @Test func aSheetShowsTheEventsOfItsWindows() throws {
    var sheet = try Self.sheet()
    let empty = sheet.figure.image
    sheet.add(EventBatch([Event(t: 120_000, x: 19, y: 0, on: true)]))
    let image = sheet.figure.image
    // One cell of 2x2 pixels, and one bar of the rate: a pixel and a polarity each.
    let changed = image.pixels.indices.filter { image.pixels[$0] != empty.pixels[$0] }
    let panel = changed.filter { $0 / image.width < image.height / 2 }
    #expect(panel.count == 4)
    #expect(Set(panel.map { image.pixels[$0] }).count == 1)
    #expect(changed.count > 4)
    var other = try Self.sheet([0, 50_000, 121_000])
    other.add(EventBatch([Event(t: 120_000, x: 19, y: 0, on: true)]))
    #expect(other.figure.image.pixels.count { $0 > 15 } > 0)
  }

  @Test func picturesDoNotDependOnBatches() throws {
    let events = Self.events()
    var (sheet, pieced) = (try Self.sheet(), try Self.sheet())
    sheet.add(events)
    Self.pieces(events) { pieced.add($0) }
    #expect(sheet.figure.image == pieced.figure.image)

    var (plot, piecedPlot) = (try Self.plot(.pixel), try Self.plot(.pixel))
    plot.add(events)
    Self.pieces(events) { piecedPlot.add($0) }
    #expect(plot.figure.image == piecedPlot.figure.image)

    var frames: [[IndexedImage]] = [[], []]
    var films = [try Self.film(), try Self.film()]
    films[0].add(events) { frames[0].append($0.image) }
    Self.pieces(events) { films[1].add($0) { frames[1].append($0.image) } }
    for film in 0...1 { films[film].finish { frames[film].append($0.image) } }
    #expect(frames[0] == frames[1] && frames[0].count == 13 && films[0].frames == 13)
    #expect(Set(frames[0].map(\.pixels)).count == 13)
    #expect(frames[0].allSatisfy { $0.width == films[0].width && $0.height == films[0].height })
  }

  static func plot(_ axis: RasterPlot.Axis) throws -> RasterPlot {
    try RasterPlot(geometry: sensor, span: 0..<130_000, axis: axis, width: 200, height: 120)
  }

  static func film() throws -> EventAnimation {
    try EventAnimation(geometry: sensor, span: 0..<130_000, window: 10_000, side: 40)
  }

  /// Whoever changes how pictures look looks at them, and then puts the new digests here.
  @Test func picturesAreWhatTheyWere() throws {
    let events = Self.events()
    var sheet = try Self.sheet()
    sheet.add(events)
    #expect(Self.digest(sheet.figure.image) == "528x234 e803c14637e95bcf")
    for (axis, digest) in [
      (RasterPlot.Axis.pixel, "352x233 9c6ac06a55812908"), (.x, "352x233 1210148150f9980d"),
      (.y, "352x233 fdb13df76d8831a0"),
    ] {
      var plot = try Self.plot(axis)
      plot.add(events)
      #expect(Self.digest(plot.figure.image) == digest)
    }
    var film = try Self.film()
    var first: IndexedImage?
    film.add(events) { first = first ?? $0.image }
    let frame = try #require(first)
    #expect(Self.digest(frame) == "272x108 eb77370e500274fd")
  }

  @Test func anSVGHoldsTheSamePicture() throws {
    var plot = try Self.plot(.y)
    plot.add(Self.events())
    let figure = plot.figure
    let svg = figure.svg(.light)
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    #expect(svg.contains(">ON</text>") && svg.contains(">100</text>") && svg.contains(">ms</text>"))
    #expect(!svg.contains("<script"))
    let data = try #require(svg.components(separatedBy: "data:image/png;base64,").last)
    let bytes = try #require(Data(base64Encoded: String(data.prefix { $0 != "\"" })))
    let file = try PNGFile([UInt8](bytes))
    #expect(file.width == 200 && file.height == 120)
    let whole = figure.image
    let inside = try file.pixels(file.content("IDAT"))
    // The plot begins where its PNG form has the first place for events.
    let corner = try #require(
      whole.pixels.indices.first { whole.pixels[$0] == inside[0] && $0 / whole.width > 40 })
    let rows = (0..<120).flatMap { row in
      whole.pixels[corner + row * whole.width..<corner + row * whole.width + 200]
    }
    #expect(rows == inside)
  }

  @Test func eventsOutsideArePassedOver() throws {
    let outside = EventBatch([
      Event(t: .min, x: 3, y: 3, on: true), Event(t: .max, x: 3, y: 3, on: false),
      Event(t: 500, x: 20, y: 3, on: true), Event(t: 500, x: 65535, y: 65535, on: false),
    ])
    var (plot, film) = (try Self.plot(.pixel), try Self.film())
    let empty = plot.figure.image
    plot.add(outside)
    #expect(plot.figure.image == empty)
    film.add(outside) { _ in Issue.record("a frame is over") }
    var sheet = try Self.sheet()
    sheet.add(outside)
    film.add(
      EventBatch([Event(t: 45_000, x: 1, y: 1, on: true), Event(t: 2, x: 1, y: 1, on: true)])
    ) {
      _ in
    }
    #expect(film.lateEvents == 1)
  }

  @Test func whatWouldBeTooLargeIsRefused() throws {
    func refused(_ mention: String, _ body: () throws -> Void) {
      #expect(throws: PictureError.self) { try body() }
      do { try body() } catch { #expect("\(error)".contains(mention), "\(error)") }
    }
    let sensor = Self.sensor
    refused("frames would be 3001, allowed is 1 to 3000") {
      _ = try EventAnimation(geometry: sensor, span: 0..<3001, window: 1)
    }
    refused("window in us would be 0") {
      _ = try EventAnimation(geometry: sensor, span: 0..<10, window: 0)
    }
    refused("panels would be 101") {
      _ = try Self.sheet(Array(repeating: 0, count: 101))
    }
    refused("panels would be 0") { _ = try Self.sheet([]) }
    refused("side of a panel would be 4097") {
      _ = try ContactSheet(
        geometry: sensor, span: 0..<9, starts: [0], window: 1, panelSide: 4097)
    }
    refused("pixels would be") {
      _ = try ContactSheet(
        geometry: sensor, span: 0..<9, starts: Array(repeating: 0, count: 100), window: 1,
        panelSide: 4096)
    }
    refused("no events") { _ = try RasterPlot(geometry: sensor, span: 5..<5) }
    refused("time in microseconds") {
      _ = try RasterPlot(geometry: sensor, span: Int64.min..<Int64.max)
    }
    refused("width would be 8193") {
      _ = try RasterPlot(geometry: sensor, span: 0..<5, width: 8193)
    }
  }

  @Test(arguments: [(1, 1), (1, 3000), (3000, 1), (2000, 1500), (240, 180)])
  func sensorsOfAnySizeFit(_ width: Int, _ height: Int) throws {
    let geometry = SensorGeometry(width: width, height: height)
    let last = EventBatch([
      Event(t: 7, x: UInt16(width - 1), y: UInt16(height - 1), on: true),
      Event(t: 0, x: 0, y: 0, on: false),
    ])
    var sheet = try ContactSheet(geometry: geometry, span: 0..<8, starts: [0, 4], window: 4)
    sheet.add(last)
    #expect(sheet.figure.image.pixels.contains { $0 > 16 })
    var film = try EventAnimation(geometry: geometry, span: 0..<8, window: 8)
    film.add(last) { _ in }
    film.finish { #expect($0.image.pixels.contains { $0 > 16 }) }
    for axis in RasterPlot.Axis.allCases {
      var plot = try RasterPlot(geometry: geometry, span: 0..<8, axis: axis)
      plot.add(last)
      #expect(plot.figure.image.width < 2000 && plot.figure.image.height < 1200)
    }
  }
}
