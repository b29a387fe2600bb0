import Events
import Foundation
import Testing

/// The program that writes one format from another.
@Suite(.timeLimit(.minutes(10))) struct ConvertTests {
  /// Events that every format can hold: 128x128, in order, from 0 on, below 8 s.
  static let events = {
    var random = SplitMix64(seed: 3)
    var time: Int64 = 0
    return EventBatch(
      (0..<3000).map { index in
        time += index == 0 ? 0 : Int64(random.nextInteger(below: 2000))
        return Event(
          t: time, x: UInt16(random.nextInteger(below: 128)),
          y: UInt16(random.nextInteger(below: 128)), on: random.next() & 1 == 1)
      })
  }()
  private let folder: Folder
  private let recording: String

  init() throws {
    folder = try Folder()
    recording = try folder.write("in.bin", NMNISTCodec.encode(Self.events))
  }

  private func convert(_ arguments: String...) throws -> Program.End {
    try Program("afferent-convert", ["convert"] + arguments).end()
  }

  @Test(arguments: RecordingFormat.allCases)
  func everyFormatHoldsTheSameEvents(_ format: RecordingFormat) throws {
    let output = folder.path + "/out.\(format.rawValue)"
    let end = try convert(recording, output, "--format", format.rawValue, "--json")
    #expect(end.status == 0, "\(end)")
    let json = try end.json()
    #expect(json["written"] as? Int == 3000 && json["output_format"] as? String == format.rawValue)
    let reader = try RecordingReader(path: output)
    #expect(reader.format == format)
    let events = try RecordingReader.readAll(path: output)
    #expect(events == Self.events)
    // And back, from a pipe: nothing but the bytes tells what it is.
    let back = folder.path + "/back.bin"
    let program = Program.path(of: "afferent-convert")
    let script = "cat \(output) | \(program) convert /dev/stdin \(back) --geometry 128x128"
    let shell = try Program(path: "/bin/sh", ["-c", script]).end()
    #expect(shell.status == 0, "\(shell)")
    #expect(try Data(contentsOf: URL(filePath: back)) == Data(NMNISTCodec.encode(Self.events)))
  }

  @Test func cutsByTimeAndCountsFromZero() throws {
    let output = folder.path + "/cut.bin"
    let end = try convert(recording, output, "--from-ms", "500", "--to-ms", "700.5", "--from-zero")
    #expect(end.status == 0, "\(end)")
    let kept = Self.events.indices.filter { 500_000..<700_500 ~= Self.events.t[$0] }
    let zero = try #require(kept.first.map { Self.events.t[$0] })
    let expected = EventBatch(
      kept.map { index in
        var event = Self.events[index]
        event.t -= zero
        return event
      })
    #expect(try RecordingReader.readAll(path: output) == expected)
  }

  @Test func transformsOnTheWay() throws {
    let output = folder.path + "/small.bin"
    let end = try convert(
      recording, output, "--transform", "downsample=4", "--transform", "flip_polarity", "--json")
    #expect(end.status == 0, "\(end)")
    let json = try end.json()
    #expect(json["width"] as? Int == 32 && json["height"] as? Int == 32)
    let expected = EventBatch(
      Self.events.indices.map { index in
        let event = Self.events[index]
        return Event(t: event.t, x: event.x / 4, y: event.y / 4, on: !event.on)
      })
    #expect(try RecordingReader.readAll(path: output) == expected)
  }

  @Test func putsLateEventsInOrder() throws {
    var shuffled = EventBatch()
    for index in Self.events.indices { shuffled.append(Self.events[index ^ 1]) }
    let layout = RecordingLayout(geometry: SensorGeometry(width: 128, height: 128))
    let input = try folder.write("late.csv", CSVCodec.encode(shuffled, layout: layout))
    let output = folder.path + "/ordered.bin"
    let end = try convert(input, output, "--sort-us", "5000")
    #expect(end.status == 0, "\(end)")
    #expect(try RecordingReader.readAll(path: output) == Self.events)
  }

  @Test func aSingleWrongTimeDoesNotEndACut() throws {
    var events = EventBatch()
    for index in 0..<60_000 {
      // The last of a chunk of a quarter megabyte.
      let time: Int64 = index == 20_149 ? 99_999_999 : Int64(index) * 10
      events.append(t: time, x: 1, y: 1, on: true)
    }
    let layout = RecordingLayout(geometry: .nmnist)
    let input = try folder.write("glitch.npy", NPYCodec.encode(events, layout: layout))
    let output = folder.path + "/cut.npy"
    let end = try convert(input, output, "--to-ms", "500")
    #expect(end.status == 0, "\(end)")
    #expect(try RecordingReader.readAll(path: output).count == 49_999)
  }

  @Test func timesAtTheLimitsAreToldAndConverted() throws {
    let limit: Int64 = 1 << 62
    let input = try folder.write(
      "far.csv", Data("t,x,y,on\n\(-limit),1,1,1\n\(limit - 1),1,1,1\n".utf8))
    let inspected = try Program("afferent-convert", ["inspect", input]).end()
    #expect(inspected.status == 0 && inspected.output.contains("4,611,686,018,427,387,903 us"))
    let output = folder.path + "/far.npy"
    #expect(try convert(input, output).status == 0)
    #expect(try RecordingReader.readAll(path: output).t == [-limit, limit - 1])
  }

  @Test func aPipeIsReadOnce() throws {
    let program = Program.path(of: "afferent-convert")
    let script = "cat \(recording) | \(program) convert /dev/stdin \(folder.path)/out.npy"
    let shell = try Program(path: "/bin/sh", ["-c", script]).end()
    #expect(shell.status == 1 && shell.errors.contains("--geometry"), "\(shell)")
  }

  @Test func saysWhatCannotBeDone() throws {
    var end = try convert(recording, folder.path + "/out.xyz")
    #expect(end.status == 1 && end.errors.contains("--format"), "\(end)")
    end = try convert(recording, recording)
    #expect(end.status == 1 && end.errors.contains("--force"), "\(end)")
    end = try convert(folder.path + "/none.bin", folder.path + "/out.bin")
    #expect(end.status == 1 && end.errors.contains("no such file"), "\(end)")
    end = try convert(recording, folder.path + "/out.bin", "--from-ms", "5", "--to-ms", "4")
    #expect(end.status == 64 && end.errors.contains("--to-ms"), "\(end)")
    end = try convert(recording, folder.path + "/out.npy", "--compression", "zstd")
    #expect(end.status == 1 && end.errors.contains("--compression"), "\(end)")
    end = try convert(recording, "/dev/null", "--format", "npy", "--force")
    #expect(end.status == 1 && end.errors.contains("is no file"), "\(end)")
    end = try convert(recording, folder.path + "/out.npy", "--geometry", "20x20")
    #expect(end.status == 1 && end.errors.contains("outside a 20x20 sensor"), "\(end)")
    // What the output cannot hold leaves no output, and no remains of one.
    let wide = EventBatch([Event(t: 0, x: 300, y: 0, on: true)])
    let layout = RecordingLayout(geometry: SensorGeometry(width: 320, height: 240))
    let input = try folder.write("wide.npy", RecordingFormat.npy.codec.encode(wide, layout: layout))
    end = try convert(input, folder.path + "/narrow.bin", "--geometry", "320x240")
    #expect(end.status == 1 && end.errors.contains("event 0 cannot be written: x = 300"), "\(end)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.allSatisfy { !$0.contains("narrow") && !$0.contains("unfinished") })
  }
}
