import Foundation

/// Where things of the package are found.
enum Places {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Real recordings beside the package, where somebody has put them.
  static let nmnist: String? = {
    let path = root.deletingLastPathComponent().appendingPathComponent("shared/data/nmnist").path
    if FileManager.default.fileExists(atPath: path + "/Train") { return path }
    print("skipped: no real recordings in \(path)")
    return nil
  }()

  /// A Python with pyzmq, numpy and safetensors.
  static let python: String? = {
    let named = ProcessInfo.processInfo.environment["AFFERENT_PYTHON"]
    let own = root.appendingPathComponent(".build/python/bin/python3").path
    let fallback = FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
    let python = named ?? fallback
    let packages = "import zmq, numpy, safetensors.numpy"
    guard
      let end = try? Program(path: "/usr/bin/env", [python, "-c", packages]).end(),
      end.status == 0
    else {
      print("skipped: \(python) cannot import pyzmq, numpy and safetensors")
      return nil
    }
    return python
  }()

  /// Starts a Python program.
  static func start(_ program: String, in folder: Folder, _ arguments: String...) throws -> Program
  {
    guard let python else { throw Stuck(description: "no Python") }
    let path = try folder.write("\(UUID().uuidString).py", Data(program.utf8))
    return try Program(
      path: "/usr/bin/env", [python, path] + arguments, environment: ["PYTHONUNBUFFERED": "1"])
  }
}
