import Foundation
import Learning

/// A folder of checkpoints, `checkpoint-<number>.safetensors`, of which the newest ones are kept.
///
/// A file comes into being under its name whole and synced, or not at all. One that turns out damaged is set aside as
/// `<name>.damaged` and never counts as one of those that are kept: only what is known to be whole makes older ones go.
public final class CheckpointStore: @unchecked Sendable {
  /// A checkpoint in the folder.
  public struct Generation: Equatable, Sendable {
    public let number: UInt64
    public let path: String
    /// Size in bytes.
    public let bytes: Int
  }

  /// Numbers that are read: sums with them cannot overflow.
  static let largestNumber: UInt64 = 1 << 53

  public let folder: String
  private let keep: Int
  private let lock: FolderLock
  // What follows is touched by one thread at a time: by who opens the store, then by who writes.
  /// Numbers of files that are known to be whole, ascending.
  private var whole: [UInt64] = []
  private var next: UInt64

  /// Opens the folder, which is made where it is missing, and removes what was not written to its end.
  ///
  /// - Parameter keep: generations that are kept, at least 1.
  /// - Throws: ``ConfigurationError`` if the folder cannot be used, or another engine has it.
  public init(_ folder: String, keep: Int) throws(ConfigurationError) {
    self.folder = folder
    self.keep = max(1, keep)
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw ConfigurationError("checkpoints.folder: the folder \(folder) cannot be made")
    }
    lock = try FolderLock(folder)
    next = 1
    for name in try Self.names(in: folder) {
      if let number = Self.number(of: name) { next = max(next, number + 1) }
      if name.hasSuffix(Checkpoint.asideSuffix), Self.number(of: name) != nil {
        unlink("\(folder)/\(name)")
      }
    }
  }

  /// The folder of a configuration, if it has one.
  convenience init?(_ settings: EngineConfiguration.Checkpoints) throws(ConfigurationError) {
    guard !settings.folder.isEmpty else { return nil }
    try self.init(settings.folder, keep: settings.keep)
  }

  /// The numbers of the checkpoints in the folder, newest first, damaged or not; none if it cannot be read.
  public var numbers: [UInt64] { (try? listed()) ?? [] }

  private func listed() throws(ConfigurationError) -> [UInt64] {
    try Self.names(in: folder).compactMap { name in
      Self.number(of: name).flatMap { name == Self.name(of: $0) ? $0 : nil }
    }.sorted(by: >)
  }

  /// The newest checkpoint that is whole. Newer ones that are not are set aside.
  ///
  /// - Parameter onDamage: told of each that is not, with the reason, which names the file.
  /// - Throws: ``ConfigurationError`` if there are checkpoints, and none is whole, or if one that may be whole cannot be
  ///   read, or is of another version: nobody is to go back behind it unawares.
  public func newest(
    onDamage: (String) -> Void
  ) throws(ConfigurationError) -> (generation: Generation, file: Safetensors)? {
    let numbers = try listed()
    var damaged: [String] = []
    for number in numbers {
      let path = path(of: number)
      switch try Checkpoint.examine(path) {
      case .whole(let file):
        whole = [number]
        // Only now: a folder without anything whole stays as it is.
        for path in damaged { rename(path, path + ".damaged") }
        return (generation(number), file)
      case .damaged(let reason):
        onDamage(reason)
        damaged.append(path)
      }
    }
    guard numbers.isEmpty else {
      throw ConfigurationError(
        "checkpoints.folder: none of the \(numbers.count) checkpoints in \(folder) is whole; "
          + "another folder begins anew")
    }
    return nil
  }

  /// Writes the next generation, then removes those that are no longer kept.
  ///
  /// - Throws: the error of ``Checkpoint/write(_:to:)``; the generations before are as they were.
  public func write(_ contents: Safetensors) throws -> Generation {
    let number = next
    let path = path(of: number)
    let bytes = try Checkpoint.write(contents, to: path)
    next += 1
    whole.append(number)
    whole.removeFirst(max(0, whole.count - keep))
    if whole.count == keep, let oldest = whole.first {
      for number in numbers where number < oldest { unlink(self.path(of: number)) }
    }
    return Generation(number: number, path: path, bytes: bytes)
  }

  /// Reads the checkpoint of that file name.
  ///
  /// - Throws: ``ConfigurationError`` for a name that leads out of the folder, and for a file that is no whole checkpoint.
  public func read(_ name: String) throws -> (path: String, file: Safetensors) {
    guard let number = Self.number(of: name), name == Self.name(of: number) else {
      throw ConfigurationError(
        "name is \"\(name.prefix(80))\", expected is a checkpoint of the folder, "
          + "such as \(Self.name(of: numbers.first ?? 1))")
    }
    let path = "\(folder)/\(name)"
    return (path, try Checkpoint.read(path))
  }

  /// Leaves the folder to another engine. The store cannot be written to afterwards.
  func close() { lock.release() }

  // MARK: - Names

  private func path(of number: UInt64) -> String { "\(folder)/\(Self.name(of: number))" }

  private func generation(_ number: UInt64) -> Generation {
    let path = path(of: number)
    let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    return Generation(number: number, path: path, bytes: size ?? 0)
  }

  static func name(of number: UInt64) -> String { "checkpoint-\(number).safetensors" }

  /// The number that a name begins with, whatever comes after it.
  private static func number(of name: String) -> UInt64? {
    let parts = name.split(separator: ".", maxSplits: 1)
    let prefix = "checkpoint-"
    guard parts.count == 2, parts[0].hasPrefix(prefix),
      parts[1].hasPrefix("safetensors"), let number = UInt64(parts[0].dropFirst(prefix.count)),
      number < largestNumber, parts[0] == "\(prefix)\(number)"
    else { return nil }
    return number
  }

  private static func names(in folder: String) throws(ConfigurationError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw ConfigurationError("checkpoints.folder: the folder \(folder) cannot be read: \(error)")
    }
  }
}
