import Events
import Foundation
import Testing

/// Recordings that others made, one of every format, against what other decoders found in them.
@Suite struct FixtureTests {
  static let isThere = SharedData.has("formats")
  static let reason: Comment = "no fixtures in ../shared/data/formats next to the package"

  /// Every file that has a JSON beside it.
  static let files: [String] = {
    let folder = SharedData.root.appending(path: "formats").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }()
  /// Those that can be cut at every byte in a moment.
  static let small = files.filter {
    ((try? SharedData.bytes("formats/\($0)").count) ?? .max) < 30_000
  }

  @Test(.enabled(if: isThere, reason)) func everyFormatHasOne() throws {
    #expect(Self.files.count == 27)
    let found = Set(try Self.readable.map { try RecordingReader(path: Self.path($0)).format })
    #expect(found == Set(RecordingFormat.allCases).subtracting([.dat1]))
  }

  @Test(.enabled(if: isThere, reason), arguments: readable)
  func summaryIsThatOfTheReferenceReading(_ file: String) throws {
    let reference = try FixtureReference(file)
    let summary = try RecordingSummary(path: Self.path(file))
    #expect(summary.events == reference.eventCount)
    if let width = reference.width { #expect(summary.width == width) }
    if let height = reference.height { #expect(summary.height == height) }
    #expect(summary.firstTime == reference.firstTimestampUs)
    #expect(summary.lastTime == reference.lastTimestampUs)
    #expect(summary.onEvents == reference.onCount)
    #expect((summary.timeReversals == 0) == reference.timestampsNondecreasing)
    #expect(summary.eventsSHA256 == (try reference.digest))
  }

  @Test(.enabled(if: isThere, reason)) func aFileWithoutEventsOfASensorIsRefused() {
    let error = #expect(throws: RecordingError.self) {
      try RecordingReader(path: Self.path("es-generic.es"))
    }
    #expect(error?.description.contains("of type generic") == true)
  }

  @Test(.enabled(if: isThere, reason), arguments: small)
  func everyPrefixGivesTheEventsBeforeTheCutOrAnError(_ file: String) throws {
    let bytes = try SharedData.bytes("formats/\(file)")
    let format = try? format(of: bytes)
    #expect((format == nil) == (file == "es-generic.es"))
    guard let codec = format?.codec else { return }
    let whole = try codec.decode(bytes)
    for cut in 0..<bytes.count {
      var events = EventBatch()
      try? codec.decode(bytes[..<cut], into: &events)
      var expected = EventBatch()
      expected.append(whole, range: 0..<min(events.count, whole.count))
      #expect(events == expected, "cut at \(cut)")
      _ = try? self.format(of: Array(bytes[..<cut]))
    }
  }

  /// The first events of every recording in every format that holds them.
  @Test(.enabled(if: isThere, reason)) func eventsComeBackFromEveryFormat() throws {
    var held: [RecordingFormat: Int] = [:]
    for file in Self.readable {
      let reader = try RecordingReader(path: Self.path(file), chunkSize: 1 << 14)
      var events = EventBatch()
      while try events.count < 2000 && reader.read(into: &events) {}
      events.shift(by: -(events.t.min() ?? 0))
      let summary = try RecordingSummary(path: Self.path(file))
      let layout = RecordingLayout(
        geometry: SensorGeometry(width: summary.width, height: summary.height))
      for format in RecordingFormat.allCases {
        guard let bytes = try? format.codec.encode(events, layout: layout) else { continue }
        held[format, default: 0] += 1
        #expect(try format.codec.decode(bytes) == events, "\(file) as \(format.rawValue)")
      }
    }
    // Formats of small sensors hold few of them; none holds none.
    #expect(RecordingFormat.allCases.allSatisfy { held[$0, default: 0] >= 3 }, "\(held)")
  }

  /// All but the one that must be refused.
  static let readable = files.filter { $0 != "es-generic.es" }

  static func path(_ file: String) -> String {
    SharedData.root.appending(path: "formats/\(file)").path
  }

  private func format(of bytes: [UInt8]) throws -> RecordingFormat {
    try EventsTests.format(of: bytes)
  }
}

/// What a fixture's JSON tells of it.
private struct FixtureReference: Decodable {
  struct Alternative: Decodable { var eventsSha256: String }

  var file: String
  var width: Int?
  var height: Int?
  var eventCount: Int
  var firstTimestampUs: Int64
  var lastTimestampUs: Int64
  var onCount: Int
  var timestampsNondecreasing: Bool
  var eventsSha256: String
  var alternativeDecodings: [String: Alternative]?

  init(_ file: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(
      FixtureReference.self, from: Data(try SharedData.bytes("formats/\(file).json")))
  }

  /// Rows count from the top here; Event Stream counts them from the bottom, and the ATIS recording is that of the CSV.
  var digest: String {
    get throws {
      if file == "es-atis-320x240.es" {
        return try FixtureReference("csv-dvs-320x240.csv").eventsSha256
      }
      return alternativeDecodings?["y_flipped"]?.eventsSha256 ?? eventsSha256
    }
  }
}
