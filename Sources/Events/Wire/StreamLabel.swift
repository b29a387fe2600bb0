import Foundation

/// A labelled stretch of a stream: a trial begins at `t`, and ends at `end`, at the next label, or with the recording.
///
/// On the wire: a JSON object, or an array of them, such as `[{"t":0,"class":5,"name":"Train/5/00001.bin"}]`.
public struct StreamLabel: Codable, Equatable, Sendable {
  /// Begin of the trial in stream time, microseconds.
  public var t: Int64
  /// The class, or nothing for a trial that is to be predicted only.
  public var label: Int?
  /// End of the trial (exclusive) in stream time, microseconds.
  public var end: Int64?
  /// What the predictions of this trial are to be called, at most 256 bytes.
  public var name: String?

  public init(t: Int64, label: Int?, end: Int64? = nil, name: String? = nil) {
    self.t = t
    self.label = label
    self.end = end
    self.name = name
  }

  private enum CodingKeys: String, CodingKey {
    case t, end, name
    case label = "class"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    t = try container.decode(WireInteger<Int64>.self, forKey: .t).value
    label = try container.decodeIfPresent(WireInteger<Int>.self, forKey: .label)?.value
    end = try container.decodeIfPresent(WireInteger<Int64>.self, forKey: .end)?.value
    name = try container.decodeIfPresent(String.self, forKey: .name)
  }

  /// A label frame must not be larger, in bytes.
  public static let largestFrame = 1 << 16

  /// Reads a label frame: one label or several.
  ///
  /// - Parameter classes: the number of classes; a label outside is refused.
  public static func decode(
    _ bytes: UnsafeRawBufferPointer, classes: Int
  ) throws(WireError) -> [StreamLabel] {
    guard bytes.count <= largestFrame else {
      throw WireError(.label, "labels of \(bytes.count) bytes, the limit is \(largestFrame)")
    }
    let labels: [StreamLabel]
    let blanks = Array(" \t\r\n".utf8)
    if bytes.first(where: { !blanks.contains($0) }) == UInt8(ascii: "[") {
      labels = try WireJSON.decode([StreamLabel].self, from: bytes, reason: .label)
    } else {
      labels = [try WireJSON.decode(StreamLabel.self, from: bytes, reason: .label)]
    }
    for label in labels {
      if let value = label.label, !(0..<classes).contains(value) {
        throw WireError(.label, "the class \(value) is outside 0..<\(classes)")
      }
      for time in [label.t, label.end ?? 0] where !WireEncoding.headerTimes.contains(time) {
        throw WireError(.time, "a label has the time \(time) us, the limit is +-2^61")
      }
      if let end = label.end, end <= label.t {
        throw WireError(.label, "a label ends at \(end) us, not after its begin at \(label.t) us")
      }
      if let name = label.name, name.utf8.count > 256 {
        throw WireError(.label, "a name of \(name.utf8.count) bytes, the limit is 256")
      }
    }
    return labels
  }

  /// The frame that ``decode(_:classes:)`` reads.
  public static func encode(_ labels: [StreamLabel]) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(labels)).map { [UInt8]($0) } ?? []
  }
}
