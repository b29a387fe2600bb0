import Foundation
import Learning
import Service
import Testing

/// Peers in Python that show keys, made by the daemon and read by pyzmq.
@Suite(.timeLimit(.minutes(10)), .enabled(if: Places.python != nil))
struct PythonSecurityTests {
  @Test func pythonReadsTheKeysAndGetsIn() throws {
    let folder = try Folder()
    let secured = try SecuredDaemon()
    for name in ["stranger", "late"] { try secured.client(name) }
    try secured.client("camera", at: "events")
    func run(_ name: String) throws -> [String: Any] {
      let end = try Places.start(
        Self.peer, in: folder, secured.folder.path, name, secured.address.description
      ).end()
      #expect(end.status == 0, "\(end)")
      return try end.json()
    }
    func said(_ name: String) throws -> [String: Bool] {
      try run(name).compactMapValues { $0 as? Bool }
    }
    let nothing = ["published": false, "heard": false, "answered": false]
    #expect(try said("stranger") == nothing)
    #expect(try said("late") == nothing)
    #expect(try said("plain") == nothing)
    #expect(try said("wrong") == nothing)
    #expect(try secured.daemon.status().messages == 0)
    #expect(
      try said("camera") == nothing.merging(["published": true], uniquingKeysWith: { $1 }))
    #expect(
      try said("owner") == ["published": true, "heard": true, "answered": true])
    let status = try secured.daemon.status("both trials") { $0.stream.trialsLearned == 2 }
    #expect(status.sources["camera"]?.events == 200 && status.sources["owner"]?.events == 200)
    #expect(try secured.daemon.stop().status == 0)
  }

  /// Tries everything a client can, and tells what came of it.
  private static let peer = """
    import json, sys, time
    import numpy as np, zmq, zmq.auth

    folder, name, address = sys.argv[1:4]
    host, port = address.rsplit(":", 1)
    context = zmq.Context()

    def connect(kind, offset):
        socket = context.socket(kind)
        socket.linger = 0
        if name != "plain":
            owner = "owner" if name == "wrong" else name
            socket.curve_serverkey = zmq.auth.load_certificate(f"{folder}/engine.pub")[0]
            if name == "wrong":
                socket.curve_serverkey = zmq.auth.load_certificate(f"{folder}/owner.pub")[0]
            pair = zmq.auth.load_certificate(f"{folder}/{owner}.key")
            assert zmq.curve_public(pair[1]) == pair[0]
            socket.curve_publickey, socket.curve_secretkey = pair
        if kind == zmq.SUB:
            socket.subscribe("")
        socket.connect(f"{host}:{int(port) + offset}")
        return socket

    publisher, consumer, asker = connect(zmq.XPUB, 0), connect(zmq.SUB, 1), connect(zmq.REQ, 2)
    asker.send(json.dumps({"request": "status"}).encode())
    allowed = {"camera": 1, "owner": 3}.get(name, 0)
    # What is to come may take its time; what is not to come is not waited for long.
    deadline = time.time() + (10 if allowed else 1)
    poller, seen = zmq.Poller(), set()
    for socket in (publisher, consumer, asker):
        poller.register(socket, zmq.POLLIN)
    while time.time() < deadline:
        for socket, _ in poller.poll(50):
            socket.recv_multipart()
            seen.add(socket)
        if allowed and len(seen) >= allowed:
            allowed, deadline = 0, time.time() + 0.5
    events = np.zeros(200, dtype=[("t", "<u8"), ("x", "<u2"), ("y", "<u2"), ("on", "u1")])
    events["t"], events["x"], events["y"] = np.arange(200) * 100, np.arange(200) % 34, 7
    header = {"v": 1, "encoding": "t64_x16_y16_on8", "width": 34, "height": 34, "seq": 0}
    topic = f"events/{name}/".encode()
    label = json.dumps({"t": 0, "class": 3}).encode()
    publisher.send_multipart([topic, json.dumps(header).encode(), events.tobytes(), label])
    end = {**header, "seq": 1, "t_end": 20_000, "eos": True}
    publisher.send_multipart([topic, json.dumps(end).encode(), b""])
    publisher.linger = 5000 if publisher in seen else 0
    print(json.dumps({"published": publisher in seen, "heard": consumer in seen,
                      "answered": asker in seen}))
    """
}
