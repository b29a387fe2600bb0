/// The places of both hands, each from the middle between the shoulders: outwards on its own side
/// and downwards, in half shoulder widths. The shoulders are at (1, 0).
struct Hands {
  var right: SIMD2<Double>
  var left: SIMD2<Double>

  /// Arms hanging down.
  static let rest = Hands(right: [1.2, 2.2], left: [1.2, 2.2])

  /// The part `share` of the way from here to `other`.
  func moved(_ share: Double, to other: Hands) -> Hands {
    Hands(
      right: right + (other.right - right) * share, left: left + (other.left - left) * share)
  }
}

/// One performance of a gesture.
///
/// With c, s = cos, sin (2 pi (rate t + phase)) and A the amplitude, a hand is at its centre plus
///
/// | gesture | centre | outwards | downwards |
/// | --- | --- | --- | --- |
/// | wave | (1.7, -0.7) | 0.7 A s | 0.2 A s^2 |
/// | circle | (1.6, 0) | 0.9 A c | 0.9 A s or -0.9 A s |
/// | clap | (0.5, 0.7) | 0.45 A c | 0 |
/// | roll | (0, 0.8) | 0.2 A c | 0.5 A s or -0.5 A s, the other hand half a turn later |
///
/// Circles both ways cover the same places: only the order in time tells them apart.
struct HandMotion {
  let gesture: Gesture
  /// Movements to and fro, or rounds, in a second.
  let rate: Double
  /// Where it begins, in turns.
  let phase: Double
  let amplitude: Double
  /// Whether a roll goes forwards.
  let isForward: Bool
  /// How far from the table's centre this performance is.
  let shift: SIMD2<Double>

  /// Where the hands are; the time in seconds.
  func hands(at time: Double) -> Hands {
    let (c, s) = portableCosineAndSine(turns: rate * time + phase)
    var hands = Hands.rest
    switch gesture {
    case .handClapping:
      hands.right = shift + [0.5 + 0.45 * amplitude * c, 0.7]
      hands.left = shift + [0.5 + 0.45 * amplitude * c, 0.7]
    case .rightHandWave: hands.right = wave(s)
    case .leftHandWave: hands.left = wave(s)
    // Seen from the front: outwards is to the left for the right hand.
    case .rightArmClockwise: hands.right = circle(c, s)
    case .rightArmCounterClockwise: hands.right = circle(c, -s)
    case .leftArmClockwise: hands.left = circle(c, -s)
    case .leftArmCounterClockwise: hands.left = circle(c, s)
    case .armRoll:
      let turn: SIMD2<Double> = [0.2 * c, (isForward ? 0.5 : -0.5) * s]
      hands.right = shift + [0, 0.8] + turn * amplitude
      hands.left = shift + [0, 0.8] - turn * amplitude
    }
    return hands
  }

  private func wave(_ s: Double) -> SIMD2<Double> {
    shift + [1.7 + 0.7 * amplitude * s, -0.7 + 0.2 * amplitude * s * s]
  }

  private func circle(_ c: Double, _ s: Double) -> SIMD2<Double> {
    shift + [1.6 + 0.9 * amplitude * c, 0.9 * amplitude * s]
  }
}
