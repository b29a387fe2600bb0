extension Checkpoint {
  /// What a file turned out to be.
  public enum Condition: Sendable {
    /// Whole and of this engine.
    case whole(Safetensors)
    /// Cut short, changed or no safetensors, with the reason, which names the file.
    case damaged(String)
  }

  /// The file at `path`, whole and of this engine.
  ///
  /// - Throws: ``ConfigurationError`` with the path, for a file that is damaged, is none, or cannot be read.
  public static func read(_ path: String) throws(ConfigurationError) -> Safetensors {
    switch try examine(path) {
    case .whole(let file): return file
    case .damaged(let reason): throw ConfigurationError(reason)
    }
  }

  /// Reads the file at `path` and tells damage from what another attempt, or another version, could still read.
  ///
  /// - Throws: ``ConfigurationError`` with the path, for a file that cannot be read, or is of another version or program.
  public static func examine(_ path: String) throws(ConfigurationError) -> Condition {
    let bytes = try DurableFile.read(path)
    let file: Safetensors
    do {
      file = try Safetensors(bytes)
    } catch {
      return .damaged("\(path): not a checkpoint: \(error)")
    }
    let stated = file.metadata[digestKey]
    let isWhole = stated == contentsDigest(file)
    let found = file.metadata["format"]
    if isWhole, found == format { return .whole(file) }
    // A digest that is missing together with another format is no accident of a disk.
    guard !isWhole, stated != nil || found == format else {
      throw ConfigurationError(
        "\(path): safetensors, but not a checkpoint of this engine: the format is "
          + "\(found.map { "\"\($0.prefix(80))\"" } ?? "not stated"), expected is \"\(format)\"")
    }
    return .damaged("\(path): damaged: its contents do not have the digest it states")
  }
}
