import Events
import Foundation

/// A model on disk: one safetensors file with the weights, the optimiser's moments, the running rates, and in its
/// metadata the configuration and how often the weights were updated.
///
/// Parts may be saved with the model, such as where its streams stand, as `part/<name>`. With its streams a run goes on as
/// if it had not stopped; without, a resumed model begins with the next trial.
public enum Checkpoint {
  static let format = "afferent-checkpoint-5"
  private static let partPrefix = "part/"
  /// The metadata key of ``contentsDigest(_:)``.
  public static let digestKey = "contents_sha256"
  /// The metadata key of the names of the tensors that are published as weights.
  private static let weightsKey = "weights"
  /// What the name of a file ends in that is not written yet.
  public static let asideSuffix = DurableFile.asideSuffix

  /// Writes `network`, and the parts that go with it, to `path`, so that a reader never sees half of it.
  ///
  /// - Throws: ``ConfigurationError``, or the error of the system.
  public static func save(
    _ network: Network<Float>, geometry: SensorGeometry, parts: [String: CheckpointPart] = [:],
    to path: String
  ) throws {
    try write(try contents(of: network, geometry: geometry, parts: parts), to: path)
  }

  /// A copy of all that a checkpoint holds, for ``write(_:to:)`` on any thread. Names of parts hold no slash at their end.
  ///
  /// - Throws: the error of the encoder.
  public static func contents(
    of network: Network<Float>, geometry: SensorGeometry, parts: [String: CheckpointPart] = [:]
  ) throws -> Safetensors {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let configuration = String(
      decoding: try encoder.encode(network.configuration), as: UTF8.self)
    var file = Safetensors(
      tensors: network.persistentTensors.map {
        .init(
          name: $0.name, shape: [$0.matrix.rows, $0.matrix.columns], floats: $0.matrix.contents)
      },
      metadata: [
        "format": format, "configuration": configuration, "updates": String(network.updates),
        "learned_trials": String(network.learnedTrials),
        "sensor": geometry.description,
        weightsKey: network.connections.map(\.name).sorted().joined(separator: " "),
      ])
    for (name, part) in parts.sorted(by: { $0.key < $1.key }) {
      file.metadata[partPrefix + name] = part.text
      for var tensor in part.tensors {
        tensor.name = "\(partPrefix)\(name)/\(tensor.name)"
        file.tensors.append(tensor)
      }
    }
    return file
  }

  /// Writes ``contents(of:geometry:parts:)`` to `path`, with its digests: aside, synced, then renamed, and the folder synced.
  /// Of a write that fails nothing is left.
  ///
  /// - Returns: the size of the file in bytes.
  /// - Throws: ``ConfigurationError`` with the path and what the system says, or for what could not be read again.
  @discardableResult
  public static func write(_ contents: Safetensors, to path: String) throws -> Int {
    var file = contents
    // Texts take at least their own length: what is far too long is not encoded first.
    try checkHeader(file.metadata.values.reduce(0) { $0 + $1.utf8.count }, path)
    if let names = file.metadata[weightsKey] {
      file.metadata["weights_sha256"] = digest(of: names.split(separator: " "), in: file)
    }
    file.metadata[digestKey] = contentsDigest(file)
    let bytes = file.encoded()
    try checkHeader(Int(clamping: Safetensors.headerSize(of: bytes)), path)
    try DurableFile.write(bytes, to: path)
    return bytes.count
  }

  /// What could not be read again is not written.
  private static func checkHeader(_ size: Int, _ path: String) throws(ConfigurationError) {
    guard size > Safetensors.largestHeader else { return }
    throw ConfigurationError(
      "\(path): a header of \(size) bytes, the limit is \(Safetensors.largestHeader)")
  }

  /// SHA-256 over all that a checkpoint holds, so that damage shows before it is learned from. Whoever edits a
  /// checkpoint writes it anew under ``digestKey``.
  public static func contentsDigest(_ file: Safetensors) -> String {
    var hash = SHA256()
    func add(_ text: String) { Array((text + "\n").utf8).withUnsafeBytes { hash.update($0) } }
    for (key, value) in file.metadata.sorted(by: { $0.key < $1.key }) where key != digestKey {
      add(key)
      add(value)
    }
    // By name: tensors without numbers have no place of their own in a file.
    for tensor in file.tensors.sorted(by: { $0.name < $1.name }) {
      add("\(tensor.name) \(tensor.dtype.rawValue) \(tensor.shape)")
      tensor.bytes.withUnsafeBytes { hash.update($0) }
    }
    return hash.finalize()
  }

  /// ``Network/weightsDigest`` of the weights that `file` holds.
  private static func digest(of names: [Substring], in file: Safetensors) -> String {
    var hash = SHA256()
    for name in names { file[String(name)]?.bytes.withUnsafeBytes { hash.update($0) } }
    return hash.finalize()
  }

  /// Loads the file at `path` into `network`.
  ///
  /// - Parameter geometry: the sensor that the model is for; a checkpoint of another one is refused.
  /// - Throws: ``ConfigurationError`` or ``SafetensorsError``, with the path and what does not fit; the network has not
  ///   changed then.
  public static func load(
    _ path: String, into network: Network<Float>, geometry: SensorGeometry? = nil
  ) throws {
    try load(try read(path), from: path, into: network, geometry: geometry)
  }

  /// Loads what ``read(_:)`` gave of the file at `path` into `network`. Streams go on; what they had still to add to the
  /// weights before is not added to these.
  ///
  /// - Throws: as ``load(_:into:geometry:)``.
  public static func load(
    _ file: Safetensors, from path: String, into network: Network<Float>,
    geometry: SensorGeometry? = nil
  ) throws {
    guard let updates = Int(file.metadata["updates"] ?? ""), (0...(1 << 60)).contains(updates),
      let trials = Int(file.metadata["learned_trials"] ?? ""),
      (0...(1 << 60)).contains(trials)
    else { throw ConfigurationError("\(path): does not say how often it was updated") }
    if let geometry, let sensor = file.metadata["sensor"], sensor != geometry.description {
      throw ConfigurationError(
        "\(path): a model of a \(sensor) sensor, the configuration asks for \(geometry)")
    }
    guard let given = file.metadata["configuration"],
      let trained = try? JSONDecoder().decode(LearnerConfiguration.self, from: Data(given.utf8))
    else {
      throw ConfigurationError("\(path): its configuration is missing or not one of this version")
    }
    if let difference = trained.firstDifference(network.configuration) {
      throw ConfigurationError("\(path): the model was trained with \(difference)")
    }
    do {
      try network.restore(updates: updates, learnedTrials: trials) { file[$0] }
    } catch {
      throw ConfigurationError("\(path): \(error)")
    }
  }

  /// The parts that were saved with the model at `path`, by name.
  ///
  /// - Throws: ``ConfigurationError``.
  public static func parts(_ path: String) throws -> [String: CheckpointPart] {
    parts(of: try read(path))
  }

  /// The parts in what ``read(_:)`` gave.
  public static func parts(of file: Safetensors) -> [String: CheckpointPart] {
    var parts: [String: CheckpointPart] = [:]
    for (key, text) in file.metadata where key.hasPrefix(partPrefix) {
      parts[String(key.dropFirst(partPrefix.count))] = CheckpointPart(text: text)
    }
    for var tensor in file.tensors where tensor.name.hasPrefix(partPrefix) {
      let name = tensor.name.dropFirst(partPrefix.count)
      guard let slash = name.lastIndex(of: "/") else { continue }
      tensor.name = String(name[name.index(after: slash)...])
      parts[String(name[..<slash])]?.tensors.append(tensor)
    }
    return parts
  }
}
