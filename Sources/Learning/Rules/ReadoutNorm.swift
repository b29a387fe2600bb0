/// Keeps the readout's weights small by adding their square to the loss of every update:
///
///     L_norm = strength / 2 sum_jk w_jk^2        g_jk += strength w_jk
///
/// It acts on all weights of the readout, those of silent neurons too, and not on biases. Unlike weight decay it is part of
/// the gradient, so a method that rescales gradients, such as Adam, rescales it too; and as it comes after the clipping,
/// it is not clipped.
public struct ReadoutNorm: Equatable, Sendable {
  /// Weight of half the sum of squares in the loss of an update.
  public var strength: Double

  public init(strength: Double) {
    self.strength = strength
  }

  /// Adds the derivative of the norm of `weights` to `gradient`.
  public func add<Scalar: LearningScalar>(
    of connection: Connection<Scalar>, to gradient: GradientSums<Scalar>
  ) {
    guard strength != 0 else { return }
    let factor = Scalar(strength)
    for row in 0..<connection.stored.rows {
      let g = gradient.touch(Int32(row))
      let w = connection.stored.row(row)
      for lane in 0..<connection.stored.lanes { g[lane] += w[lane] * factor }
    }
  }
}
