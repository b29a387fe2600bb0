import Foundation
import Service

/// A configuration with a name.
struct NamedConfiguration: Sendable {
  var name: String
  /// What its first line of comment says.
  var about: String
  var configuration: EngineConfiguration

  /// The configurations of a folder, by name: of each YAML file, its name without the ending.
  static func all(in path: String) throws -> [NamedConfiguration] {
    let folder = URL(fileURLWithPath: path, isDirectory: true)
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let names = files.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted()
    guard !names.isEmpty else { throw ExperimentError("\(path): no YAML files in it") }
    return try names.map { name in
      let file = folder.appendingPathComponent(name).path
      let configuration = try EngineConfiguration.load(path: file)
      let content = FileManager.default.contents(atPath: file) ?? Data()
      let first = String(decoding: content, as: UTF8.self).prefix { $0 != "\n" }
      let about = first.hasPrefix("#") ? first.drop { $0 == "#" || $0 == " " } : ""
      return NamedConfiguration(
        name: String(name.dropLast(5)), about: String(about), configuration: configuration)
    }
  }

  /// Those of a folder that are named, or all if none is.
  static func some(_ names: [String], in path: String) throws -> [NamedConfiguration] {
    let all = try all(in: path)
    if let unknown = names.first(where: { name in !all.contains { $0.name == name } }) {
      throw ExperimentError("--only \(unknown): no \(unknown).yaml in \(path)")
    }
    return names.isEmpty ? all : all.filter { names.contains($0.name) }
  }
}
