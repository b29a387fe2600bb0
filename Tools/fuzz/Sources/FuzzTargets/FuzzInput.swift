import Events

/// An input: one byte says which decoder, one how, the rest is what the decoder gets.
public struct FuzzInput {
  /// A decoder that takes bytes from outside.
  public struct Target: Sendable {
    public var name: String
    /// - Parameters:
    ///   - how: 8 bits by which the target may choose between ways of reading.
    var run: @Sendable (_ bytes: UnsafeRawBufferPointer, _ how: UInt8) -> Void
  }

  /// The targets. Their order is that of the first byte, so new ones go to the end.
  public static let targets: [Target] =
    Target.recordings + Target.messages + Target.encodings + Target.bridges + [Target.transforms]

  /// Runs one input; an empty one does nothing.
  public static func run(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 2 else { return }
    targets[Int(bytes[0]) % targets.count].run(
      UnsafeRawBufferPointer(rebasing: bytes[2...]), bytes[1])
  }

  /// The input by which the target called `name` gets `bytes`.
  public static func input(for name: String, _ bytes: [UInt8], how: UInt8 = 0) -> [UInt8]? {
    guard let index = targets.firstIndex(where: { $0.name == name }) else { return nil }
    return [UInt8(index), how] + bytes
  }
}

/// Ends the process: a property does not hold.
func violated(_ property: String) -> Never { fatalError(property) }
