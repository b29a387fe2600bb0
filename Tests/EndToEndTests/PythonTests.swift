import Foundation
import Learning
import Service
import Testing

/// Peers in Python, as somebody would write them from the README and the documentation of the messages.
@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: Places.python != nil))
struct PythonTests {
  /// The blocks of Python in the README, as they are printed there.
  private func blocks() throws -> [String] {
    let readme = try String(
      contentsOf: Places.root.appendingPathComponent("README.md"), encoding: .utf8)
    return readme.components(separatedBy: "```python\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
  }

  /// The daemon where the README expects it, once nobody else is there.
  private func daemonAtTheDefaultAddress() throws -> Daemon {
    try wait(for: "\(EngineAddress.default) to be free") {
      do {
        return try Daemon(at: .default)
      } catch let error as Stuck where error.description.contains("in use") {
        return nil
      }
    }
  }

  @Test func theReadmeWorksAsPrinted() throws {
    let blocks = try blocks()
    try #require(blocks.count == 2)
    let folder = try Folder()
    let daemon = try daemonAtTheDefaultAddress()
    let publisher = try Places.start(blocks[0], in: folder).end()
    #expect(publisher.status == 0, "\(publisher)")
    let status = try daemon.status("the end of the recording") {
      $0.sources["python"]?.acknowledged == 1
    }
    #expect(status.stream.events == 1000 && status.stream.lateEvents == 0)
    #expect(status.stream.trials == 1 && status.stream.trialsLearned == 1)
    #expect(status.labelledTrials == 1)
    #expect(status.refused.isEmpty && status.missingMessages == 0)

    // Nobody tells when the consumer's subscription has arrived, so the publisher runs until something is printed.
    let consumer = try Places.start(blocks[1], in: folder)
    try wait(for: "a prediction; the consumer says \(consumer.errors)") {
      guard consumer.isRunning else {
        throw Stuck(description: "the consumer ended: \(consumer.errors)")
      }
      let publisher = try Places.start(blocks[0], in: folder).end()
      #expect(publisher.status == 0, "\(publisher)")
      return consumer.output.contains("\n") ? () : nil
    }
    let line = consumer.output.split(separator: "\n")[0].split(separator: " ")
    #expect(line.first == "python")
    #expect(line.count > 3 && Int(line[1]) == 300_000)
    #expect(line.count > 3 && (0..<10).contains(Int(line[2]) ?? -1))
    #expect(try daemon.stop().status == 0)
  }

  @Test func aFollowerOfWeightsComesToTheEnginesDigest() throws {
    let data = try DataSet.small.get()
    let folder = try Folder()
    let daemon = try Daemon()
    #expect(try daemon.run("afferent-replay", data.train).status == 0)
    let follower = try Places.start(
      Self.follower, in: folder, "\(daemon.folder.path)/run", "\(2 * data.training)")
    try daemon.status("the follower's subscription") { $0.weightsFollowed }
    #expect(try daemon.run("afferent-replay", data.train, "--in-order").status == 0)
    let end = try follower.end()
    #expect(end.status == 0, "\(end)")
    let status = try daemon.status()
    let copy = try end.json()
    #expect(copy["seq"] as? Int == Int(status.weightsSequence))
    #expect(copy["digest"] as? String == status.weightsDigest)
    // Only deltas of input rows that had events: fewer bytes than all weights.
    #expect(copy["deltas"] as? Int ?? 0 > 0)
  }

  @Test func aPublisherWithTheBinaryHeaderIsUnderstood() throws {
    let folder = try Folder()
    let daemon = try Daemon()
    let publisher = try Places.start(
      Self.publisher, in: folder, "\(daemon.folder.path)/run"
    ).end()
    #expect(publisher.status == 0, "\(publisher)")
    let status = try daemon.status("the end of the recording") {
      $0.sources["struct"]?.acknowledged == 2
    }
    #expect(status.refused.isEmpty, "\(status.lastRefusal ?? "")")
    #expect(status.stream.events == 1200 && status.stream.lateEvents == 0)
    #expect(status.stream.trialsLearned == 1)
    #expect(status.stream.steps == 400)
    #expect(try daemon.run("afferent-watch", "--status").output.contains("1 learned from"))
  }

  // MARK: - Programs

  /// Subscribes, takes a snapshot, applies deltas up to a number.
  private static let follower = """
    import hashlib, json, sys
    import numpy as np, zmq
    from safetensors.numpy import load

    folder, last = sys.argv[1], int(sys.argv[2])
    context = zmq.Context()
    updates = context.socket(zmq.SUB)
    updates.RCVTIMEO = 30_000
    updates.connect(f"ipc://{folder}/output.ipc")
    updates.subscribe("weights/default/")
    requests = context.socket(zmq.REQ)
    requests.RCVTIMEO = 30_000
    requests.connect(f"ipc://{folder}/requests.ipc")
    requests.send_string(json.dumps({"request": "snapshot"}))
    header, body = requests.recv_multipart()
    header, weights = json.loads(header), {k: np.array(v) for k, v in load(body).items()}
    assert header["v"] == 1 and header["kind"] == "full" and header["model"] == "default"
    assert weights["input.weight"].shape == (2312, 200), weights["input.weight"].shape
    assert weights["readout.weight"].shape == (200, 10)
    sequence, deltas = header["seq"], 0
    while sequence < last:
        topic, header, body = updates.recv_multipart()
        header = json.loads(header)
        if header["seq"] <= sequence:
            continue
        assert header["kind"] == "delta" and header["base_seq"] == sequence, header
        tensors = load(body)
        for name, rows in tensors.items():
            if name.endswith(".rows"):
                name = name.removesuffix(".rows")
                weights[name][rows] = tensors[name + ".values"]
        sequence, deltas = header["seq"], deltas + 1
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(weights[name].astype("<f4").tobytes())
    print(json.dumps({"seq": sequence, "deltas": deltas, "digest": digest.hexdigest()}))
    """

  /// Sends three messages with the header of 48 bytes, two of them with events of 8 bytes.
  private static let publisher = """
    import json, struct, sys
    import numpy as np, zmq

    def header(seq, base, count, end=None):
        return struct.pack(
            "<4sHHHHHHQqIIq", b"AFF1", 48, 0 if end is None else 1, 1, 0, 34, 34, seq, base, count,
            0, -1 if end is None else end)

    context = zmq.Context()
    socket = context.socket(zmq.XPUB)
    socket.connect(f"ipc://{sys.argv[1]}/events.ipc")
    socket.recv()
    assert len(header(0, 0, 0)) == 48
    for seq, base in enumerate([1_000_000, 1_200_000]):
        events = np.zeros(600, dtype=[("t", "<u4"), ("x", "<u2"), ("y_on", "<u2")])
        events["t"] = np.arange(600) * 333
        events["x"] = np.arange(600) % 34
        events["y_on"] = (np.arange(600) % 34) << 1 | np.arange(600) % 2
        frames = [b"events/struct/", header(seq, base, 600), events.tobytes()]
        if seq == 0:
            frames.append(json.dumps({"t": base, "class": 7, "end": 1_400_000}).encode())
        socket.send_multipart(frames)
    socket.send_multipart([b"events/struct/", header(2, 1_400_000, 0, 1_400_000), b""])
    """
}
