import Events
import Foundation
import Testing

/// `afferent-lab bench`.
@Suite(.timeLimit(.minutes(10))) struct BenchTests {
  private func bench(_ arguments: String...) throws -> Program.End {
    try Program("afferent-lab", ["bench"] + arguments).end(timeout: .seconds(100))
  }

  private func quick(_ arguments: String...) throws -> Program.End {
    try Program(
      "afferent-lab",
      ["bench", "--json", "--repetitions", "2", "--seconds", "0.01", "--samples", "2"] + arguments
    ).end(timeout: .seconds(100))
  }

  /// Real programs and sockets; how fast they are here beside other tests does not matter.
  @Test func theWayToAWatcherIsMeasured() throws {
    let end = try quick("--only", "pipeline")
    #expect(end.status == 0, "\(end)")
    let report = try end.json()
    let pipeline = try #require(report["pipeline"] as? [String: Any])
    let throughput = try #require(pipeline["throughput"] as? [String: Any])
    #expect(throughput["same_weights"] as? Bool == true)
    #expect((throughput["ratio"] as? Double ?? 0) > 0)
    let latency = try #require(pipeline["latency"] as? [[String: Any]])
    #expect(latency.count == 2 && latency.allSatisfy { ($0["steps"] as? Int ?? 0) > 100 })
  }

  @Test func learningIsMeasuredWithTheKeysOfThePeers() throws {
    let end = try quick("--only", "nmnist.network/H200f", "nmnist.stream/H200f")
    #expect(end.status == 0 && end.errors.isEmpty, "\(end)")
    let report = try end.json()
    let machine = try #require(report["machine"] as? [String: Any])
    for key in ["cpu", "cores", "mem_mb", "kernel", "date", "swift"] {
      #expect(machine[key] != nil, "no \(key)")
    }
    let cases = try #require(report["cases"] as? [[String: Any]])
    #expect(
      cases.map { $0["case"] as? String } == ["nmnist.network/H200f", "nmnist.stream/H200f"])
    let keys = [
      "case", "hidden", "rec", "batch", "threads", "wall_s", "wall_min", "wall_max", "cpu_s",
      "samples_s", "steps_s", "events_s", "samples_s_range", "peak_rss_mb", "rss_after_import_mb",
      "hidden_rate_hz",
    ]
    for entry in cases {
      for key in keys { #expect(entry[key] != nil, "no \(key) in \(entry)") }
      #expect(entry["hidden"] as? Int == 200 && entry["batch"] as? Int == 1)
      #expect(entry["rec"] as? Bool == false && entry["reps"] as? Int == 2)
      let samples = try #require(entry["samples_s"] as? Double)
      let range = try #require(entry["samples_s_range"] as? [Double])
      #expect(range.count == 2 && range[0] <= samples && samples <= range[1])
      let rate = try #require(entry["hidden_rate_hz"] as? Double)
      #expect((10...60).contains(rate), "\(rate) Hz")
    }
    #expect((report["peers"] as? [Any])?.isEmpty == true)
  }

  @Test(arguments: ["decode.nmnist", "encode.t32_x16_y15_on1", "socket/14", "scaling.events/3"])
  func whatIsNotPartOfTheComparisonIsMeasuredToo(_ name: String) throws {
    let end = try quick("--only", name)
    #expect(end.status == 0, "\(end)")
    let cases = try #require(try end.json()["cases"] as? [[String: Any]])
    #expect(!cases.isEmpty)
    for entry in cases { #expect((entry["events_s"] as? Double ?? 0) > 0, "\(entry)") }
  }

  @Test func recordingsOfAFolderAndPeersAreTaken() throws {
    let folder = try Folder()
    let recording = try RecordingReader.readAll(path: DataSet.small.get().someFile())
    try folder.write("e/a.bin", NMNISTCodec.encode(recording))
    try folder.write("e/labels.csv", Data("a.bin,3\n".utf8))
    // A driver that says what a driver says.
    try folder.write("p/w1_case.py", Data(Self.driver.utf8))
    try folder.write("python", Data("#!/bin/sh\nexec sh \"$@\"\n".utf8))
    chmod(folder.path + "/python", 0o755)
    let end = try quick(
      "--only", "nmnist.stream/H200r", "--events", folder.path + "/e", "--peers",
      folder.path + "/p", "--peers-python", folder.path + "/python", "--peer", "quick:1", "slow:8",
      "broken:1", "--threads", "1", "2")
    #expect(end.status == 0, "\(end)")
    let report = try end.json()
    let peers = try #require(report["peers"] as? [[String: Any]])
    #expect(peers.count == 6)
    #expect(peers.filter { $0["samples_s"] as? Double == 0.5 }.count == 2)
    #expect(peers.filter { ($0["error"] as? String)?.contains("no such case") == true }.count == 2)
    let ratios = try #require(report["ratios"] as? [[String: Any]])
    #expect(ratios.compactMap { $0["peer_threads"] as? Int } == [1, 2])
    for ratio in ratios {
      let ours = try #require(ratio["samples_s"] as? Double)
      let single = try #require(ratio["batch_1"] as? [String: Any])
      let best = try #require(ratio["best_batch"] as? [String: Any])
      #expect(single["case"] as? String == "quick" && best["batch"] as? Int == 8)
      for (peer, speed) in [(single, 0.25), (best, 0.5)] {
        let factor = try #require(peer["ratio"] as? Double)
        #expect(abs(factor * speed - ours) < 1e-6 * ours)
      }
    }
  }

  /// For a shell: `quick` takes 4 s a sample, `slow` 2 s, and there is nothing else.
  private static let driver = """
    case "$2" in
      quick) wall=4.0 speed=0.25 ;;
      slow) wall=2.0 speed=0.5 ;;
      *) echo "no such case" >&2; exit 2 ;;
    esac
    echo "[ about ]"
    echo "{\\"wall_s\\": $wall, \\"cpu_s\\": 1.0, \\"samples_s\\": $speed, \\"steps_s\\": 75.0, \\"events_s\\": 1000.0}"
    """

  @Test func namesAreListed() throws {
    let end = try bench("--list")
    #expect(end.status == 0, "\(end)")
    let names = end.output.split(separator: "\n").map(String.init)
    #expect(names.count == Set(names).count)
    for part in ["nmnist.network.adam/H800r", "gesture.learn/H512f", "scaling.length/10x"] {
      #expect(names.contains(part), "\(names)")
    }
  }

  @Test func whatCannotBeMeasuredIsRefused() throws {
    let unknown = try bench("--only", "nothing")
    #expect(unknown.status == 1 && unknown.errors.contains("nothing"), "\(unknown)")
    let events = try bench("--only", "nmnist", "--events", "/no/such/folder")
    #expect(events.status == 1 && events.errors.contains("labels.csv"), "\(events)")
    for (arguments, name) in [
      (["--repetitions", "0"], "--repetitions"), (["--seconds", "0"], "--seconds"),
      (["--threads", "0"], "--threads"), (["--samples", "0"], "--samples"),
      (["--peer", "name"], "--peer"),
    ] {
      let end = try Program("afferent-lab", ["bench"] + arguments).end()
      #expect(end.status == 64 && end.errors.contains(name), "\(end)")
    }
  }
}
