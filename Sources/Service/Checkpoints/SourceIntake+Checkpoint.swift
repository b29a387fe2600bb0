import Events
import Foundation
import Learning

extension SourceIntake {
  /// What of a source's numbers and clock is no list.
  private struct Kept: Codable {
    var position: Position
    var session: Int
    /// Events that the transforms have seen.
    var events: Int
  }

  /// Takes down where the source stands: its numbers and its clock, and what the transforms remember of its pixels.
  func part() throws -> CheckpointPart {
    let kept = Kept(position: position, session: session, events: transforms.events)
    let tensors = transforms.memory.enumerated().map { index, memory in
      Safetensors.Tensor(name: "transform\(index)", shape: [memory.count], longs: memory)
    }
    return CheckpointPart(
      tensors: tensors, text: String(decoding: try JSONEncoder().encode(kept), as: UTF8.self))
  }

  /// A source that goes on from what ``part()`` gave.
  ///
  /// - Parameter transforms: what a new source begins with.
  /// - Throws: ``ConfigurationError`` for what does not fit the configuration, or ``DecodingError``.
  init(
    _ part: CheckpointPart, transforms fresh: TransformChain, live: EngineConfiguration.Live,
    disorder: Int64
  ) throws {
    let kept = try JSONDecoder().decode(Kept.self, from: Data(part.text.utf8))
    var transforms = fresh
    let memory = fresh.memory.indices.map { part["transform\($0)"]?.longs ?? [] }
    guard transforms.restore(memory, events: kept.events),
      (0...KeptNumbers.largest).contains(kept.session),
      kept.position.newest.map({ $0.magnitude <= 1 << 62 }) ?? true
    else { throw ConfigurationError("the source's clock or transforms do not fit") }
    self.init(
      session: kept.session, transforms: transforms, live: live, disorder: disorder)
    position = kept.position
  }
}

/// The ingest thread's side of a checkpoint.
enum IntakeParts {
  private static let sessionsName = "intake"
  private static let prefix = "intake/"

  static func parts(
    of sources: [String: SourceIntake], sessions: Int
  ) throws -> [String: CheckpointPart] {
    var parts = [sessionsName: CheckpointPart(text: "\(sessions)")]
    for (name, source) in sources { parts[prefix + name] = try source.part() }
    return parts
  }

  /// Sessions that had begun.
  static func sessions(in parts: [String: CheckpointPart]) -> Int {
    let given = parts[sessionsName].flatMap { Int($0.text) } ?? 0
    return (0...KeptNumbers.largest).contains(given) ? given : 0
  }

  /// The sources among the parts of a checkpoint.
  ///
  /// - Throws: ``ConfigurationError`` with the name of the part that cannot be used.
  static func sources(
    in parts: [String: CheckpointPart], transforms: TransformChain,
    live: EngineConfiguration.Live, disorder: Int64
  ) throws(ConfigurationError) -> [String: SourceIntake] {
    var sources: [String: SourceIntake] = [:]
    for (name, part) in parts where name.hasPrefix(prefix) {
      do {
        sources[String(name.dropFirst(prefix.count))] = try SourceIntake(
          part, transforms: transforms, live: live, disorder: disorder)
      } catch {
        throw ConfigurationError("\(name): \(error)")
      }
    }
    return sources
  }
}
