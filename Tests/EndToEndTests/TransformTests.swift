import Events
import Foundation
import Service
import Testing

/// Transforms on either side of the socket, and pictures.
@Suite(.timeLimit(.minutes(10))) struct TransformTests {
  @Test func theEngineComesToTheSameWhoeverTransforms() throws {
    let data = try DataSet.small.get()
    let folder = try Folder()
    let transforms = ["denoise=5000", "downsample=17x17"]
    let small = try folder.write("small.yaml", Data("sensor: {width: 17, height: 17}\n".utf8))
    let own = try folder.write(
      "own.yaml", Data("transforms: [\(transforms.joined(separator: ", "))]\n".utf8))

    let first = try Daemon(["--config", small])
    let sent = try first.run(
      "afferent-replay", data.train, "--json", "--transform", transforms[0], "--transform",
      transforms[1])
    #expect(sent.status == 0, "\(sent)")
    let left = try #require(try sent.json()["events"] as? Int)
    #expect(left < data.trainingEvents && left > data.trainingEvents / 2)
    #expect(try sent.json()["events_learned"] as? Int == left)

    // Recordings are further apart than the filter's time, so a stream is no more than its recordings.
    let second = try Daemon(["--config", own])
    let whole = try second.run("afferent-replay", data.train, "--json")
    #expect(whole.status == 0, "\(whole)")
    #expect(try whole.json()["events"] as? Int == data.trainingEvents)
    #expect(try whole.json()["events_learned"] as? Int == left)
    #expect(try whole.json()["transformed_away"] as? Int == data.trainingEvents - left)
    let digest = try #require(try first.watchedStatus().weightsDigest)
    #expect(try second.watchedStatus().weightsDigest == digest)
  }

  @Test(arguments: [
    ("sheet.png", []), ("film.apng", ["--window-ms", "20"]), ("raster.svg", ["--axis", "y"]),
    ("raster.png", ["--kind", "raster", "--colours", "light"]),
    ("one.png", ["--at-ms", "30", "--transform", "crop=5,5,20x20"]),
  ])
  func aRecordingIsDrawn(_ name: String, _ options: [String]) throws {
    let folder = try Folder()
    let recording = try folder.write("recording.bin", try Self.recording())
    let picture = folder.path + "/" + name
    let end = try Program("afferent-convert", ["render", recording, "-o", picture] + options).end()
    #expect(end.status == 0 && end.output.isEmpty, "\(end)")
    #expect(end.errors.contains(name))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: picture))
    let beginning = name.hasSuffix("svg") ? Array("<svg".utf8) : [0x89] + Array("PNG".utf8)
    #expect(bytes.starts(with: beginning))
    #expect(name.hasSuffix("apng") == (bytes.range(of: Data("acTL".utf8)) != nil))
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(Set(files) == ["recording.bin", name])
  }

  @Test(arguments: [
    (["-o", "a.gif"], 64, ".png, .apng or .svg"),
    (["-o", "a.png", "--kind", "animation"], 64, "apng"),
    (["-o", "a.png", "--panels", "101"], 64, "1 to 100"),
    (["-o", "a.png", "--window-ms", "0"], 64, "--window-ms"),
    (["-o", "a.apng", "--window-ms", "0.001"], 1, "allowed is 1 to 3000"),
    (["-o", "a.png", "--from-ms", "5", "--to-ms", "4"], 1, "no events"),
    (["-o", "a.png", "--transform", "crop=30,0,10x10"], 1, "the box ends at (40, 10)"),
    (["-o", "/no/such/folder/a.png"], 1, "cannot be written"),
    (["-o", "/dev/null", "--format", "png", "--force"], 1, "is no file"),
    (["-o", "a.png", "--fps", "50"], 64, "--fps has no use in a picture of kind sheet"),
    (["-o", "a.svg", "--at-ms", "5"], 64, "--at-ms has no use in a picture of kind raster"),
  ])
  func aPictureThatCannotBeIsRefused(
    _ options: [String], _ status: Int32, _ mention: String
  ) throws {
    let folder = try Folder()
    let recording = try folder.write("recording.bin", try Self.recording())
    let end = try Program("afferent-convert", ["render", recording] + options).end()
    #expect(end.status == status && end.errors.contains(mention), "\(end)")
  }

  /// 300 ms of a dot that goes round.
  private static func recording() throws -> Data {
    let events = (0..<3000).map { index in
      let angle = Double(index) / 300
      return Event(
        t: Int64(index) * 100, x: UInt16(17 + 10 * cos(angle)), y: UInt16(17 + 10 * sin(angle)),
        on: index % 2 == 0)
    }
    return Data(try NMNISTCodec.encode(EventBatch(events)))
  }
}
