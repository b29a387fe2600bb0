import ArgumentParser
import Events

/// What stands in front of the sensor.
struct SceneOptions: ParsableArguments {
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case glyphs
    case idx
    case gestures
  }

  @Option(help: "What the sensor looks at.")
  var scene = Kind.glyphs
  @Option(help: ArgumentHelp("Images of the idx scene, plain or gzip.", valueName: "file"))
  var images: String?
  @Option(help: ArgumentHelp("Labels of these images, plain or gzip.", valueName: "file"))
  var labels: String?

  func validate() throws {
    switch scene {
    case .glyphs, .gestures:
      guard images == nil, labels == nil else {
        throw ValidationError("--images and --labels belong to --scene idx")
      }
    case .idx:
      guard images != nil, labels != nil else {
        throw ValidationError("--scene idx needs --images and --labels")
      }
    }
  }

  /// What is drawn or read, for a scene of images.
  ///
  /// - Throws: ``IDXError`` with the file and the byte.
  func load() throws(IDXError) -> SimulatedRecordings.Scene {
    guard let images, let labels else { return .glyphs() }
    return try Self.load(images: images, labels: labels)
  }

  static func load(images: String, labels: String) throws(IDXError) -> SimulatedRecordings.Scene {
    .idx(images: try IDXFile.images(path: images), labels: try IDXFile.labels(path: labels))
  }
}
