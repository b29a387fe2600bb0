/// Neurons of each hidden layer: a number for one layer, a list for several.
public struct LayerSizes: Codable, Equatable, Sendable, CustomStringConvertible {
  public var sizes: [Int]

  public init(_ sizes: [Int]) { self.sizes = sizes }

  public init(_ size: Int) { sizes = [size] }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let size = try? container.decode(Int.self) {
      sizes = [size]
    } else {
      sizes = try container.decode([Int].self)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if sizes.count == 1 {
      try container.encode(sizes[0])
    } else {
      try container.encode(sizes)
    }
  }

  public var description: String { sizes.count == 1 ? "\(sizes[0])" : "\(sizes)" }
}

extension LayerSizes: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  public init(integerLiteral value: Int) { self.init(value) }
  public init(arrayLiteral elements: Int...) { self.init(elements) }
}
