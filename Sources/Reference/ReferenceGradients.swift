/// The derivatives of a loss with respect to everything that is learned.
public struct ReferenceGradients: Sendable {
  /// In the shapes of ``ReferenceNetwork/Layer``.
  public struct Layer: Sendable {
    public var weights: [[Double]]
    public var recurrent: [[Double]]?
    public var bias: [Double]

    /// All numbers in a row: weights, recurrent weights, bias.
    public var numbers: [Double] { weights.joined() + (recurrent?.flatMap { $0 } ?? []) + bias }
  }

  public var layers: [Layer]
  public var readout: Layer
  /// The running rates after the trial, for ``ReferenceNetwork/rates``.
  public var rates: [[Double]]
  /// The running ratio after the trial, for ``ReferenceNetwork/countRatio``.
  public var countRatio: Double

  /// All numbers in a row, layer by layer, the readout last.
  public var numbers: [Double] { layers.flatMap(\.numbers) + readout.numbers }

  /// The cosine of the angle between two gradients; 0 if one of them is zero.
  public func cosineSimilarity(to other: ReferenceGradients) -> Double {
    cosine(numbers, other.numbers)
  }

  /// The same for each hidden layer by itself, the readout last.
  public func cosineSimilarities(to other: ReferenceGradients) -> [Double] {
    zip(layers + [readout], other.layers + [other.readout]).map { cosine($0.numbers, $1.numbers) }
  }
}

func cosine(_ a: [Double], _ b: [Double]) -> Double {
  precondition(a.count == b.count, "gradients of different networks")
  var (ab, aa, bb) = (0.0, 0.0, 0.0)
  for (x, y) in zip(a, b) {
    ab += x * y
    aa += x * x
    bb += y * y
  }
  return aa > 0 && bb > 0 ? ab / (aa.squareRoot() * bb.squareRoot()) : 0
}
