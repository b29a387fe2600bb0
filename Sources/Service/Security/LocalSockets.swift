import Foundation
import Learning
import Transport

/// The files of local sockets: in a folder of this user's, for this user only.
struct LocalSockets {
  private let paths: [String]

  /// Makes missing folders, for their owner only, and looks at the others.
  ///
  /// - Throws: ``ConfigurationError`` for a folder that others may write to, or that is another user's.
  init(_ configuration: EngineConfiguration) throws {
    let scheme = "ipc://"
    paths = configuration.boundEndpoints.compactMap { endpoint in
      // Abstract names are no files; for * libzmq makes a private folder.
      guard endpoint.hasPrefix(scheme), endpoint != "\(scheme)*",
        !endpoint.hasPrefix("\(scheme)@")
      else { return nil }
      return String(endpoint.dropFirst(scheme.count))
    }
    for path in paths {
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      if !FileManager.default.fileExists(atPath: folder) {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      }
      if let objection = FolderTrust.objection(to: folder) {
        throw ConfigurationError("ipc://\(path): the folder \(folder) \(objection)")
      }
    }
  }

  /// Closes the files of bound sockets to other users. A folder made here has kept these out before.
  func restrict() throws {
    for path in paths where chmod(path, 0o600) != 0 {
      throw ConfigurationError(
        "ipc://\(path): its mode cannot be set: \(String(cString: strerror(errno)))")
    }
  }
}
