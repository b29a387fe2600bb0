import Events
import Foundation
import Learning
import Service
import Testing

/// Recordings of a real sensor, where they are at hand.
@Suite(.timeLimit(.minutes(10)), .enabled(if: Places.nmnist != nil))
struct RealRecordingTests {
  @Test func realRecordingsOverSocketsComeToTheWeightsOfTheLab() throws {
    let source = try LabelledSet(path: try #require(Places.nmnist) + "/Train")
    let folder = try Folder()
    var events = 0
    for entry in source.order(seed: 4, pass: 0).prefix(30) {
      let url = URL(fileURLWithPath: entry.path)
      try folder.write(
        "Train/\(try #require(entry.label))/\(url.lastPathComponent)", Data(contentsOf: url))
      events += try RecordingReader.readAll(path: entry.path).count
    }
    let daemon = try Daemon(["--seed", "2"])
    let train = folder.path + "/Train"
    let replay = try daemon.run("afferent-replay", train, "--seed", "2", "--json")
    #expect(replay.status == 0, "\(replay)")
    let sent = try replay.json()
    #expect(sent["recordings"] as? Int == 30)
    #expect(sent["events_learned"] as? Int == events)
    let lab = try Program.run("afferent-lab", "run", "--train", train, "--seed", "2", "--json")
    #expect(lab.status == 0, "\(lab)")
    #expect(try daemon.status().weightsDigest == lab.json()["weights_sha256"] as? String)
  }
}
