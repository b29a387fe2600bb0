import Glibc
import Learning

/// The clients that an engine lets in: a folder with a file `name.pub` for each, which holds its public key.
///
/// A key in the folder itself may use every socket; one in its subfolder `events`, `output` or `requests` only that
/// socket. Files that come or go count from the next client on: who is connected stays so.
struct AuthorizedClients {
  /// What one key may do.
  private struct Client {
    var name: String
    var sockets: Set<EngineSocket>
  }

  /// When a folder changed, as far as the file system tells.
  private struct Stamp: Equatable {
    var inode: ino_t
    var seconds: Int
    var nanoseconds: Int
  }

  private let folder: String
  private var clients: [String: Client] = [:]
  private var stamps: [Stamp?] = []
  private var lastReading = ContinuousClock.now
  /// What cannot be used, and why.
  private(set) var problems: [String] = []

  /// Files of a folder that are read.
  private static let mostFiles = 1024
  /// A file may change while its folder does not: then the keys count that long.
  private static let longestUse = Duration.seconds(1)

  /// - Throws: ``ConfigurationError`` for a folder that does not exist, or that others may write to.
  init(folder: String) throws(ConfigurationError) {
    self.folder = folder
    if let objection = FolderTrust.objection(to: folder) {
      throw ConfigurationError("security.authorized_clients: \(folder) \(objection)")
    }
    read()
  }

  /// The number of different keys.
  var count: Int { clients.count }

  /// The name of the client that may use a socket with `key`; nil for a key that may not.
  mutating func name(of key: String, at socket: EngineSocket) -> String? {
    if currentStamps != stamps || ContinuousClock.now - lastReading > Self.longestUse { read() }
    guard let client = clients[key], client.sockets.contains(socket) else { return nil }
    return client.name
  }

  private var folders: [(path: String, sockets: Set<EngineSocket>)] {
    [(folder, Set(EngineSocket.allCases))]
      + EngineSocket.allCases.map { ("\(folder)/\($0.rawValue)", [$0]) }
  }

  private var currentStamps: [Stamp?] {
    folders.map { folder in
      var status = stat()
      guard stat(folder.path, &status) == 0 else { return nil }
      return Stamp(
        inode: status.st_ino, seconds: status.st_mtim.tv_sec,
        nanoseconds: status.st_mtim.tv_nsec)
    }
  }

  private mutating func read() {
    // Before the files: what changes meanwhile is found by the next look.
    stamps = currentStamps
    lastReading = .now
    clients = [:]
    problems = []
    for (index, folder) in folders.enumerated() {
      // Subfolders need not be there.
      if index > 0, stamps[index] == nil { continue }
      if let objection = FolderTrust.objection(to: folder.path) {
        problems.append("\(folder.path) \(objection)")
        // What is below is no safer.
        if index == 0 { return }
        continue
      }
      for name in files(in: folder.path) {
        do throws(ConfigurationError) {
          let key = try KeyFile.publicKey("\(folder.path)/\(name)")
          let stem = String(name.dropLast(Self.suffix.count))
          clients[key, default: Client(name: stem, sockets: [])].sockets.formUnion(folder.sockets)
        } catch {
          problems.append(error.description)
        }
      }
    }
  }

  private static let suffix = ".pub"

  /// Names of the files of keys, in alphabetical order.
  private mutating func files(in path: String) -> [String] {
    guard let directory = opendir(path) else {
      problems.append("\(path) cannot be read: \(String(cString: strerror(errno)))")
      return []
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name.hasSuffix(Self.suffix), !name.hasPrefix(".") else { continue }
      guard names.count < Self.mostFiles else {
        problems.append("\(path) holds more than \(Self.mostFiles) keys; the others are left out")
        break
      }
      names.append(name)
    }
    return names.sorted()
  }
}
