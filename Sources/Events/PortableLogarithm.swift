/// The natural logarithm of a positive normal number, with the same bits on every machine.
///
/// The C library picks its own routine by processor, and two of them may differ in the last bit:
/// enough to move a simulated event by a microsecond and a digest with it. Here only IEEE additions,
/// multiplications and one division take part:
///
///     x = m 2^e, m in (1/sqrt 2, sqrt 2],  z = (m - 1) / (m + 1)
///     ln x = e ln 2 + 2 (z + z^3/3 + z^5/5 + ... + z^17/17)
///
/// |z| is at most 0.172, so the first term left out is below 1e-15 of the sum. The error is a few
/// units in the last place.
package func portableLogarithm(_ x: Double) -> Double {
  var exponent = Int(x.bitPattern >> 52) - 1023
  var m = Double(bitPattern: x.bitPattern & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000)
  if m > 1.4142135623730951 {
    m *= 0.5
    exponent += 1
  }
  let z = (m - 1) / (m + 1)
  let q = z * z
  var sum = 1.0 / 17
  sum = sum * q + 1.0 / 15
  sum = sum * q + 1.0 / 13
  sum = sum * q + 1.0 / 11
  sum = sum * q + 1.0 / 9
  sum = sum * q + 1.0 / 7
  sum = sum * q + 1.0 / 5
  sum = sum * q + 1.0 / 3
  sum = sum * q + 1
  return Double(exponent) * 0.6931471805599453 + 2 * z * sum
}
