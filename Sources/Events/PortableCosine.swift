/// cos(pi x) for x in 0...1, with the same bits on every machine; see ``portableLogarithm(_:)`` for why.
///
///     cos(pi x) = sin y, y = pi (1/2 - x), |y| <= pi / 2
///     sin y = y (1 - y^2/3! + y^4/5! - ... + y^20/21!)
///
/// The first term left out is below 2e-18; the error is about a unit in the last place of 1.
package func portableCosine(halfTurns x: Double) -> Double {
  let y = Double.pi * (0.5 - x)
  let square = y * y
  var sum = 1.0
  var n = 20.0
  while n > 0 {
    sum = 1 - sum * square / (n * (n + 1))
    n -= 2
  }
  return y * sum
}

/// cos(2 pi x) and sin(2 pi x) for any number of turns, with the same bits on every machine.
package func portableCosineAndSine(turns x: Double) -> (cosine: Double, sine: Double) {
  func cosine(_ turns: Double) -> Double {
    let part = turns - turns.rounded(.down)
    return portableCosine(halfTurns: part <= 0.5 ? 2 * part : 2 - 2 * part)
  }
  return (cosine(x), cosine(x - 0.25))
}
