import Events
import Foundation
import Testing

/// Event Stream, text, `.npy` and SLAYER fixtures against what other decoders found in them.
@Suite struct TextFormatsDataTests {
  struct Reference: Decodable {
    var width: Int?
    var height: Int?
    var eventCount: Int
    var firstTimestampUs: Int64
    var lastTimestampUs: Int64
    var onCount: Int
    var eventsSha256: String
    var alternativeDecodings: [String: Alternative]?
  }
  struct Alternative: Decodable { var eventsSha256: String }

  static let hasFormats = SharedData.has("formats")

  private func reference(_ file: String) throws -> Reference {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      Reference.self, from: Data(try SharedData.bytes("formats/\(file).json")))
  }

  private func path(_ file: String) -> String {
    SharedData.root.appending(path: "formats/\(file)").path
  }

  @Test(
    .enabled(if: hasFormats, "no fixtures in ../shared/data/formats next to the package"),
    arguments: [
      "slayer-3d-nmnist-train-00002.bs3", "es-dvs-320x240.es", "es-atis-320x240.es",
      "es-ncars_obj_004397.es", "es-pokerdvs-trcl0.es",
    ])
  func summariesAgreeWithOtherDecoders(file: String) throws {
    let reference = try reference(file)
    let summary = try RecordingSummary(path: path(file))
    #expect(summary.events == reference.eventCount)
    if let width = reference.width, let height = reference.height {
      #expect(summary.width == width && summary.height == height)
    }
    #expect(summary.firstTime == reference.firstTimestampUs)
    #expect(summary.lastTime == reference.lastTimestampUs)
    #expect(summary.onEvents == reference.onCount)
    #expect(summary.timeReversals == 0)
    // Event Stream counts rows from the bottom; the ATIS recording is that of the CSV file.
    let turned = reference.alternativeDecodings?["y_flipped"]?.eventsSha256
    let digest =
      file.hasPrefix("es-atis")
      ? try self.reference("csv-dvs-320x240.csv").eventsSha256 : turned ?? reference.eventsSha256
    #expect(summary.eventsSHA256 == digest)
  }

  @Test(.enabled(if: hasFormats, "no fixtures in ../shared/data/formats next to the package"))
  func aStreamWithoutEventsOfASensorIsRefused() throws {
    let error = #expect(throws: RecordingError.self) {
      try RecordingReader(path: path("es-generic.es"))
    }
    #expect(error?.description.contains("of type generic") == true)
  }
}
