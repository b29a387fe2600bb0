import Events
import Foundation
import Testing

/// Recordings of Prophesee's cameras against what other decoders found in them.
@Suite struct PropheseeDataTests {
  static let files: [(name: String, format: RecordingFormat)] = [
    ("evt2-gen3-640x480.raw", .evt2), ("evt21-fpga-testbench-kv260.raw", .evt21),
    ("evt21-fpga-testbench-tracker-tc001.raw", .evt21), ("evt3-gen41-1280x720.raw", .evt3),
    ("evt3-imx636-1280x720.raw", .evt3), ("dat-imx636-1280x720.dat", .dat2),
    ("dat-ncars_obj_004397_td.dat", .dat2),
  ]

  private func path(_ name: String) -> String {
    SharedData.root.appending(path: "formats/\(name)").path
  }

  /// Every recording in every format that holds it, with the same events in the same order.
  @Test(
    .enabled(if: FixtureTests.isThere, FixtureTests.reason),
    arguments: files.indices)
  func recordingsComeBackFromTheOtherFormats(index: Int) throws {
    let (name, _) = Self.files[index]
    let events = try RecordingReader.readAll(path: path(name))
    let layout = RecordingLayout(geometry: SensorGeometry(width: 1280, height: 720))
    #expect(try EVT2Codec.decode(EVT2Codec.encode(events, layout: layout)) == events)
    #expect(try EVT21Codec.decode(EVT21Codec.encode(events, layout: layout)) == events)
    #expect(try EVT3Codec.decode(EVT3Codec.encode(events, layout: layout)) == events)
    #expect(try DATCodec<DAT2>.decode(DATCodec<DAT2>.encode(events, layout: layout)) == events)
  }

  @Test(.enabled(if: FixtureTests.isThere, FixtureTests.reason))
  func theSameRecordingInTwoFormatsHasTheSameEvents() throws {
    let raw = try RecordingReader.readAll(path: path("evt3-imx636-1280x720.raw"))
    var dat = try RecordingReader.readAll(path: path("dat-imx636-1280x720.dat"))
    dat.shift(by: 11_194_368)
    #expect(raw == dat)
  }
}
