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

  /// Real gestures, likewise.
  static let gesture: String? = {
    let path = root.deletingLastPathComponent().appendingPathComponent("shared/data/gesture").path
    if FileManager.default.fileExists(atPath: path) { return path }
    print("skipped: no real gestures in \(path)")
    return nil
  }()

  /// A Python with pyzmq, numpy and safetensors.
  static let python: String? = {
    let named = ProcessInfo.processInfo.environment["AFFERENT_PYTHON"]
    let python = named ?? ownPython ?? "python3"
    guard works(python, "import zmq, numpy, safetensors.numpy") else {
      print("skipped: \(python) cannot import pyzmq, numpy and safetensors")
      return nil
    }
    return python
  }()

  /// A Python with numpy.
  static let numpy: String? = {
    let named = ProcessInfo.processInfo.environment["AFFERENT_PYTHON"]
    let candidates = [named, ownPython, "python3"].compactMap { $0 }
    if let found = candidates.first(where: { works($0, "import numpy") }) { return found }
    print("skipped: none of \(candidates) can import numpy")
    return nil
  }()

  /// A Python with `module` and numpy.
  static func python(with module: String) -> String? {
    let named = ProcessInfo.processInfo.environment["AFFERENT_PYTHON"]
    let candidates = [named, ownPython, "python3"].compactMap { $0 }
    if let found = candidates.first(where: { works($0, "import numpy, \(module)") }) {
      return found
    }
    print("skipped: none of \(candidates) can import \(module)")
    return nil
  }

  /// A program that was installed with a module of Python.
  static func program(_ name: String, besidePythonWith module: String) -> String? {
    guard let python = python(with: module), python.contains("/") else { return nil }
    let path = URL(fileURLWithPath: python).deletingLastPathComponent()
      .appendingPathComponent(name).path
    if FileManager.default.isExecutableFile(atPath: path) { return path }
    print("skipped: there is no \(path)")
    return nil
  }

  /// A Python that leads a browser, and the browser.
  static let browser: (python: String, program: String)? = {
    guard let python = python(with: "playwright.sync_api") else { return nil }
    let names = ["chromium", "chromium-browser", "google-chrome"]
    let find = "import shutil; print(next(filter(None, map(shutil.which, \(names))), ''))"
    let end = try? Program(path: "/usr/bin/env", [python, "-c", find]).end()
    let program = end?.output.split(separator: "\n").first.map(String.init) ?? ""
    if !program.isEmpty { return (python, program) }
    print("skipped: there is none of \(names)")
    return nil
  }()

  private static let ownPython: String? = {
    let path = root.appendingPathComponent(".build/python/bin/python3").path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  private static func works(_ python: String, _ program: String) -> Bool {
    let end = try? Program(path: "/usr/bin/env", [python, "-c", program]).end()
    return end?.status == 0
  }

  /// Starts a Python program.
  static func start(_ program: String, in folder: Folder, _ arguments: String...) throws -> Program
  {
    guard let python else { throw Stuck(description: "no Python") }
    let path = try folder.write("\(UUID().uuidString).py", Data(program.utf8))
    return try Program(
      path: "/usr/bin/env", [python, path] + arguments, environment: ["PYTHONUNBUFFERED": "1"])
  }
}
