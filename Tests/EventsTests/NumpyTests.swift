import Events
import Foundation
import Testing

/// The wire format against what numpy writes and reads, as publishers and consumers in Python do.
@Suite struct NumpyTests {
  private static func python(_ script: String, _ arguments: [String] = []) throws -> (Int32, Data) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, data)
  }

  static let hasNumpy = (try? python("import numpy").0) == 0

  static let dtypes = """
    import json, struct, sys
    import numpy as np
    folder = sys.argv[1] + "/"
    short = np.dtype([("t", "<u4"), ("x", "<u2"), ("y_on", "<u2")])
    long = np.dtype([("t", "<u8"), ("x", "<u2"), ("y", "<u2"), ("on", "u1")])

    """

  static let count = 5000
  static let base: Int64 = 7_000_000_123
  static let geometry = SensorGeometry(width: 1280, height: 720)
  static let limits = EventMessage.Limits(geometry: geometry, classes: 10)
  static let events = EventBatch(
    (0..<count).map { (i: Int) -> Event in
      let (t, x, y) = (i * i % 60_000_000, i * 7 % 1280, i * 11 % 720)
      return Event(t: base + Int64(t), x: UInt16(x), y: UInt16(y), on: i % 3 == 0)
    })

  @Test(.enabled(if: hasNumpy, "no python3 with numpy"))
  func readsWhatNumpyWrites() throws {
    let script =
      Self.dtypes + """
        i = np.arange(5000, dtype=np.uint64)
        t, x, y, on = i * i % 60000000, i * 7 % 1280, i * 11 % 720, i % 3 == 0
        a = np.zeros(5000, short)
        a["t"], a["x"], a["y_on"] = t, x, y << 1 | on
        b = np.zeros(5000, long)
        b["t"], b["x"], b["y"], b["on"] = t, x, y, on
        for code, name, records in [(1, "t32_x16_y15_on1", a), (2, "t64_x16_y16_on8", b)]:
            header = {"v": 1, "encoding": name, "seq": 12, "width": 1280, "height": 720,
                      "t_base": 7000000123, "count": 5000, "eos": True, "t_end": 8000000000}
            open(folder + name + ".json", "w").write(json.dumps(header))
            open(folder + name + ".header", "wb").write(struct.pack("<4sHHHHHHQqIIq", b"AFF1",
                48, 1, code, 0, 1280, 720, 12, 7000000123, 5000, 0, 8000000000))
            open(folder + name, "wb").write(records.tobytes())
            open(folder + "labels", "w").write(json.dumps([{"t": 7000000123, "class": 5}]))
        """
    try withFolder { folder in
      let (status, _) = try Self.python(script, [folder.path])
      #expect(status == 0)
      func file(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name)))
      }
      for encoding in [WireEncoding.t32x16y15on1, .t64x16y16on8] {
        let name = encoding.rawValue
        let header = EventHeader(
          encoding: encoding, sequence: 12, geometry: Self.geometry, tBase: Self.base,
          count: Self.count, endOfRecording: true, tEnd: 8_000_000_000)
        for form in ["json", "header"] {
          let frames = [
            Array("events/py/".utf8), try file("\(name).\(form)"), try file(name),
            try file("labels"),
          ]
          let message = try decode(frames, limits: Self.limits)
          #expect(
            message
              == .events(
                source: "py", header: header, events: Self.events,
                labels: [StreamLabel(t: Self.base, label: 5)]), "\(name) \(form)")
        }
      }
    }
  }

  @Test(.enabled(if: hasNumpy, "no python3 with numpy"))
  func numpyReadsWhatIsWritten() throws {
    let script =
      Self.dtypes + """
        i = np.arange(5000, dtype=np.uint64)
        t, x, y, on = i * i % 60000000, i * 7 % 1280, i * 11 % 720, i % 3 == 0
        def read(name): return open(folder + name, "rb").read()
        a = np.frombuffer(read("t32_x16_y15_on1.payload"), short)
        assert (a["t"] == t).all() and (a["x"] == x).all() and (a["y_on"] == (y << 1 | on)).all()
        b = np.frombuffer(read("t64_x16_y16_on8.payload"), long)
        assert all((b[k] == v).all() for k, v in dict(t=t, x=x, y=y, on=on).items())
        for code, name in [(1, "t32_x16_y15_on1"), (2, "t64_x16_y16_on8")]:
            header = json.loads(read(name + ".json"))
            assert header == {"v": 1, "encoding": name, "seq": 0, "width": 1280, "height": 720,
                              "t_base": 7000000123, "count": 5000}, header
            fields = struct.unpack("<4sHHHHHHQqIIq", read(name + ".binary"))
            assert fields == (b"AFF1", 48, 0, code, 0, 1280, 720, 0, 7000000123, 5000, 0, -1)
            assert json.loads(read(name + ".labels")) == [{"t": 7000000123, "class": 5}]
        print("agreed")
        """
    try withFolder { folder in
      for encoding in [WireEncoding.t32x16y15on1, .t64x16y16on8] {
        for form in EventMessageWriter.HeaderForm.allCases {
          var writer = EventMessageWriter(
            source: "py", geometry: Self.geometry, encoding: encoding, headerForm: form)
          let frames = try writer.events(
            Self.events, range: Self.events.indices, tBase: Self.base,
            labels: [StreamLabel(t: Self.base, label: 5)])
          for (frame, name) in zip(frames.dropFirst(), [form.rawValue, "payload", "labels"]) {
            try Data(frame).write(to: folder.appending(path: "\(encoding.rawValue).\(name)"))
          }
        }
      }
      let (status, output) = try Self.python(script, [folder.path])
      #expect(status == 0 && String(decoding: output, as: UTF8.self) == "agreed\n")
    }
  }
}
