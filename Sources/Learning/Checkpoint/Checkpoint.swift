import Events
import Foundation

/// A model on disk: one safetensors file with the weights, the optimiser's moments, the running rates, and in its
/// metadata the configuration and how often the weights were updated.
///
/// The state of streams is not part of it: a resumed model begins with the next trial.
public enum Checkpoint {
  static let format = "afferent-checkpoint-1"

  /// Writes `network` to `path`: aside, synced, then renamed, so that a reader never sees half of it.
  ///
  /// - Throws: ``ConfigurationError``, or the error of the system.
  public static func save(
    _ network: Network<Float>, geometry: SensorGeometry, to path: String
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let configuration = String(
      decoding: try encoder.encode(network.configuration), as: UTF8.self)
    let file = Safetensors(
      tensors: network.persistentTensors.map {
        .init(name: $0.name, shape: [$0.rows, $0.columns], floats: $0.contents)
      },
      metadata: [
        "format": format, "configuration": configuration, "updates": String(network.updates),
        "sensor": geometry.description, "weights_sha256": network.weightsDigest,
      ])
    let target = URL(fileURLWithPath: path)
    let aside = target.appendingPathExtension("part")
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    guard FileManager.default.createFile(atPath: aside.path, contents: nil) else {
      throw ConfigurationError("\(path): the folder cannot be written to")
    }
    let handle = try FileHandle(forWritingTo: aside)
    try handle.write(contentsOf: Data(file.encoded()))
    try handle.synchronize()
    try handle.close()
    guard rename(aside.path, target.path) == 0 else {
      throw ConfigurationError("\(path): cannot be replaced: \(String(cString: strerror(errno)))")
    }
  }

  /// Loads the file at `path` into `network`.
  ///
  /// - Throws: ``ConfigurationError`` or ``SafetensorsError``, with the path and what does not fit; the network has not
  ///   changed then.
  public static func load(_ path: String, into network: Network<Float>) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ConfigurationError("\(path): no such checkpoint, or it cannot be read")
    }
    let file: Safetensors
    do {
      file = try Safetensors([UInt8](data))
    } catch {
      throw ConfigurationError("\(path): not a checkpoint: \(error)")
    }
    guard file.metadata["format"] == format, let updates = Int(file.metadata["updates"] ?? "")
    else { throw ConfigurationError("\(path): safetensors, but not a checkpoint of this engine") }
    do {
      try network.restore(updates: updates) { file[$0]?.floats }
    } catch {
      throw ConfigurationError("\(path): \(error)")
    }
  }
}
