import ArgumentParser
import Events

extension SensorGeometry {
  /// Reads `34x34`.
  init(argument: String) throws {
    let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1] else {
      throw ValidationError("\"\(argument)\" is no sensor; write columns x rows, such as 34x34")
    }
    guard (1...65536).contains(width), (1...65536).contains(height) else {
      throw ValidationError("a sensor of \(argument) pixels; a side is 1 to 65536")
    }
    self.init(width: width, height: height)
  }
}
