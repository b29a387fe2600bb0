import Foundation
import Testing

/// A soak of a few seconds: that its numbers are those of an engine at work.
@Suite(.timeLimit(.minutes(10))) struct SoakTests {
  @Test func aShortSoakReceivesWhatThePublisherGot() throws {
    let folder = try Folder()
    let out = "\(folder.path)/soak"
    let end = try Program.run(
      "afferent-lab", "soak", "--seconds", "4", "--warm-up", "1", "--every", "1", "--rate", "20000",
      "--flat-mb", "1000", "--hidden", "20", "--out", out)
    #expect(end.status == 0, "\(end)")
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(out)/soak.json"))
    let result = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let rows = try #require(result["rows"] as? [[String: Any]])
    #expect(rows.count >= 3 && rows.allSatisfy { ($0["predictions"] as? Int ?? 0) > 0 })
    #expect(result["silentRows"] as? Int == 0 && result["judgedRows"] as? Int == rows.count)
    #expect(result["missingPredictions"] as? Int == 0)
  }
}
