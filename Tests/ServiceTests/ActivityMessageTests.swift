import Foundation
import Service
import Testing

/// Activity as somebody else than an engine may write it.
@Suite struct ActivityMessageTests {
  private static let header = """
    {"v":1,"model":"m","source":"s","seq":0,"t_from":0,"t":1000,"steps":1,"events":1,"spikes":1,"width":2,"height":1,
    "scale":1,"sensor_width":2,"sensor_height":1,"neurons":3,"scores":[0]}
    """

  private func frames(_ header: String) -> [[UInt8]] {
    [Array(header.utf8), [1, 0], [0, 0], [UInt8](repeating: 0, count: 8), [1, 0, 0, 0, 0, 0]]
  }

  @Test func whatFitsIsRead() throws {
    let message = try ActivityMessage(frames: frames(Self.header))
    #expect(message.header.neurons == 3 && message.on == [1, 0])
  }

  @Test(arguments: [
    ("\"sensor_width\":2", "0"), ("\"sensor_width\":2", "-2"),
    ("\"sensor_width\":2", "65537"), ("\"sensor_height\":1", "4611686018427387904"),
    ("\"scale\":1", "0"), ("\"scale\":1", "-9223372036854775808"), ("\"steps\":1", "-1"),
    ("\"steps\":1", "2147483648"), ("\"events\":1", "-1"), ("\"spikes\":1", "-1"),
    ("\"neurons\":3", "-3"), ("\"neurons\":3", "9223372036854775807"),
    ("\"width\":2", "9223372036854775807"), ("\"height\":1", "0"), ("\"steps\":1", "1e300"),
  ])
  func sizesThatNoEngineHasAreRefused(_ part: String, _ value: String) throws {
    let name = part.prefix { $0 != ":" }
    let header = Self.header.replacingOccurrences(of: part, with: "\(name):\(value)")
    #expect(header != Self.header)
    #expect(throws: EngineAnswerError.self) { try ActivityMessage(frames: frames(header)) }
  }
}
