import Events
import Foundation
import Learning
import Service
import Testing

/// Streams of real peers in real processes, taken by the bridge or by the daemon itself.
@Suite(.serialized, .timeLimit(.minutes(10))) struct PeerStreamTests {
  private static let faery = Places.python(with: "faery")
  private static let dv = Places.python(with: "dv_processing")
  private static let zmq = Places.python(with: "zmq")
  private static let aestream = Places.program("aestream", besidePythonWith: "aestream")

  /// 20,000 events in numpy, and their digest.
  private static let events = """
    import hashlib, json, os, sys, time
    import numpy as np
    rows = np.arange(20_000, dtype=np.int64)
    events = np.zeros(len(rows), dtype=[("t", "<u8"), ("x", "<u2"), ("y", "<u2"), ("on", "?")])
    events["t"], events["x"], events["y"] = 5_000_000 + 37 * rows, 7 * rows % 346, 11 * rows % 260
    events["on"] = rows % 3 == 0
    digest = hashlib.sha256(events.tobytes()).hexdigest()

    """

  private func run(_ python: String, _ program: String, _ arguments: [String]) throws -> [String:
    Any]
  {
    let folder = try Folder()
    let path = try folder.write("peer.py", Data((Self.events + program).utf8))
    let end = try Program(path: "/usr/bin/env", [python, path] + arguments).end()
    guard end.status == 0 else { throw Stuck(description: "\(end)") }
    return try end.json()
  }

  @Test(.enabled(if: faery != nil), arguments: ["t64_x16_y16_on8", "t32_x16_y15_on1"])
  func faerySendsDatagrams(_ format: String) throws {
    let port = try Sockets.freePort(udp: true)
    let bridge = try RunningBridge(
      from: "faery-udp://127.0.0.1:\(port)?format=\(format)",
      geometry: SensorGeometry(width: 346, height: 260), "--silence", "2")
    // faery does not pace; a few datagrams at a time cannot be lost on this machine.
    let sent = try run(
      #require(Self.faery),
      """
      import faery
      for part in np.array_split(events, 20):
          faery.events_stream_from_array(part.astype(faery.EVENTS_DTYPE), (346, 260)).to_udp(("127.0.0.1", int(sys.argv[1])), format=sys.argv[2])
          time.sleep(0.02)
      print(json.dumps({"digest": digest}))
      """, ["\(port)", format])
    let summary = try bridge.end()
    #expect(summary["events"] as? Int == 20_000, "\(summary)")
    #expect(bridge.digest == sent["digest"] as? String)
  }

  @Test(.enabled(if: dv != nil), arguments: ["NONE", "LZ4", "ZSTD"])
  func dvProcessingServesPackets(_ compression: String) throws {
    let port = try Sockets.freePort(udp: false)
    let bridge = try RunningBridge(
      from: "dv-tcp://127.0.0.1:\(port)", geometry: SensorGeometry(width: 346, height: 260),
      "--events", "20000")
    let program = """
      import dv_processing as dv
      stream = dv.io.Stream.EventStream(0, "events", "cam", (346, 260))
      if sys.argv[2] != "NONE":
          stream.setCompression(getattr(dv.CompressionType, sys.argv[2]))
      writer = dv.io.NetworkWriter("127.0.0.1", int(sys.argv[1]), stream)
      while writer.getClientCount() < 1:
          time.sleep(0.01)
      for part in np.array_split(events, 20):
          store = dv.EventStore()
          for t, x, y, on in part:
              store.push_back(int(t), int(x), int(y), bool(on))
          writer.writeEvents(store)
      time.sleep(2)
      print(json.dumps({"digest": digest}), flush=True)
      os._exit(0)
      """
    let sent = try run(#require(Self.dv), program, ["\(port)", compression])
    let summary = try bridge.end()
    #expect(summary["events"] as? Int == 20_000 && summary["refused"] as? Int == 0)
    #expect(bridge.digest == sent["digest"] as? String)
  }

  @Test(.enabled(if: aestream != nil), arguments: [false, true])
  func aestreamSendsDatagrams(_ isTimed: Bool) throws {
    var random = SplitMix64(seed: 3)
    var time: Int64 = 0
    // A last datagram that is not full, with its tail.
    let events = EventBatch(
      (0..<2007).map { _ -> Event in
        time += Int64(random.nextInteger(below: 50))
        return Event(
          t: time, x: UInt16(random.nextInteger(below: 304)),
          y: UInt16(random.nextInteger(below: 240)), on: random.next() & 1 == 1)
      })
    let geometry = SensorGeometry(width: 304, height: 240)
    let folder = try Folder()
    let file = try folder.write(
      "events.dat",
      Data(RecordingFormat.dat2.codec.encode(events, layout: RecordingLayout(geometry: geometry))))
    let port = try Sockets.freePort(udp: true)
    let bridge = try RunningBridge(
      from: "aestream-udp://127.0.0.1:\(port)", geometry: geometry, "--silence", "2")
    let sender = try Program(
      path: #require(Self.aestream),
      ["input", "file", file, "output", "udp", "127.0.0.1", "\(port)"]
        + (isTimed ? ["--include-timestamp", "true"] : [])
    ).end()
    #expect(sender.status == 0, "\(sender)")
    let summary = try bridge.end()
    #expect(summary["events"] as? Int == 2007 && summary["refused"] as? Int == 0, "\(summary)")
    #expect(bridge.events.x == events.x && bridge.events.y == events.y)
    #expect(bridge.events.on == events.on)
    if isTimed { #expect(bridge.events.t == events.t) }
  }

  /// The same events in the messages of others are learned the same.
  @Test(.enabled(if: zmq != nil)) func messagesOfOthersAreLearnedTheSame() throws {
    var digests: [String: String?] = [:]
    for format in ["afferent", "numpy", "pyaer", "aestream", "bare:samna8", "bare:i64x4"] {
      let daemon = try Daemon(["--format", format])
      let sent = try run(#require(Self.zmq), Self.publisher, [daemon.folder.path + "/run", format])
      let count = try #require(sent["events"] as? Int)
      let status = try daemon.status("the events of \(format)") { $0.stream.events == count }
      #expect(status.stream.trialsLearned == 1, "\(format)")
      #expect(status.refused.isEmpty && status.missingMessages == 0, "\(format)")
      digests[format] = try daemon.status().weightsDigest
      #expect(try daemon.stop().status == 0)
    }
    let first = try #require(digests["afferent"])
    #expect(digests.values.allSatisfy { $0 == first }, "\(digests)")
  }

  /// A label, then events in the messages of a format, as its publishers write them.
  private static let publisher = """
    import zmq
    folder, form = sys.argv[1:]
    context = zmq.Context()
    socket = context.socket(zmq.XPUB)
    socket.connect(f"ipc://{folder}/events.ipc")
    socket.recv()
    rows = np.arange(6000, dtype=np.int64)
    t, x, y, p = 100_000 + 50 * rows, 7 * rows % 34, 11 * rows % 34, rows % 2
    table = np.stack([t, x, y, p], axis=1)
    chip = np.zeros(len(rows), dtype=[("p", "u1"), ("y", "u1"), ("x", "u1"), ("gap", "u1"), ("t", "<u4")])
    chip["p"], chip["y"], chip["x"], chip["t"] = p, y, x, t
    source = {"afferent": "cam", "numpy": "numpy", "pyaer": "cam", "aestream": "aestream"}.get(form, "bare")
    label = json.dumps({"t": 100_000, "class": 3, "end": 300_000}).encode()
    socket.send_multipart([f"labels/{source}/".encode(), label])
    for number, begin in enumerate(range(0, len(rows), 500)):
        part, words = table[begin:begin + 500], chip[begin:begin + 500].tobytes()
        header = json.dumps({"dtype": str(part.dtype), "shape": part.shape}).encode()
        if form == "afferent":
            header = json.dumps({"encoding": "i64x4", "seq": number, "width": 34, "height": 34}).encode()
            frames = [b"events/cam/", header, part.tobytes()]
        elif form == "numpy":
            frames = [header, part.tobytes()]
        elif form == "pyaer":
            frames = [b"cam/polarity_events", str(time.time_ns()).encode(), part.tobytes(), header]
        elif form == "aestream":
            frames = [b"V", words]
        else:
            frames = [words if form == "bare:samna8" else part.tobytes()]
        socket.send_multipart(frames)
    print(json.dumps({"events": len(rows)}))
    """
}
