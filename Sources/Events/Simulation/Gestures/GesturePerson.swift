/// A simulated person: the body, the clothes, the room behind, and the way of moving.
///
/// Lengths of the body are in half shoulder widths unless said otherwise, luminances in units of
/// white.
struct GesturePerson {
  /// The middle between the shoulders, in sensor pixels for a sensor of 128x128.
  let middle: SIMD2<Double>
  /// Half the width of the shoulders, in the same pixels.
  let size: Double
  /// Sideways pixels for each pixel of height.
  let lean: Double
  /// Upper arm, and forearm, each.
  let limb: Double
  /// How much of a bent arm is seen bent.
  let bend: Double
  /// Half the thickness of an arm at the shoulder; at the wrist it is two thirds of that.
  let armRadius: Double
  let handRadius: Double

  let skin: Double
  let shirt: Double
  /// Bare, or in a sleeve.
  let forearm: Double
  let walls: [Wall]

  /// Movements in a second, and their extent, before they vary from trial to trial.
  let rate: Double
  let amplitude: Double
  /// How far this person's hands are from where others hold them.
  let habit: SIMD2<Double>
  /// Amplitudes of the hands' tremor and of the body's sway.
  let tremor: Double
  let sway: Double
  let swaying: Wander
  let trembling: (right: Wander, left: Wander)

  /// An upright strip of the background, from one column to the next.
  struct Wall {
    var begin: Double
    var luminance: Double
  }

  init(using random: inout SplitMix64) {
    middle = [random.nextUniform(in: 56...72), random.nextUniform(in: 50...62)]
    size = random.nextUniform(in: 10...13.5)
    lean = random.nextUniform(in: -0.1...0.1)
    limb = random.nextUniform(in: 1.15...1.4)
    bend = random.nextUniform(in: 0.4...0.9)
    armRadius = random.nextUniform(in: 0.17...0.26)
    handRadius = random.nextUniform(in: 0.2...0.28)
    skin = random.nextUniform(in: 0.36...0.48)
    shirt = random.nextUniform(in: 0.1...0.18)
    forearm = random.nextUniform() < 0.6 ? skin : shirt
    var walls = [Wall(begin: -1e3, luminance: random.nextUniform(in: 0.85...1))]
    for _ in 0..<3 {
      walls.append(
        Wall(
          begin: random.nextUniform(in: 0...128), luminance: random.nextUniform(in: 0.85...1)))
    }
    self.walls = walls.sorted { $0.begin < $1.begin }
    rate = random.nextUniform(in: 1.3...2.2)
    amplitude = random.nextUniform(in: 0.8...1.2)
    habit = [0.12 * random.nextGaussian(), 0.12 * random.nextGaussian()]
    tremor = random.nextUniform(in: 0.01...0.04)
    sway = random.nextUniform(in: 0.02...0.06)
    swaying = Wander(frequencies: 0.2...0.8, using: &random)
    trembling = (
      Wander(frequencies: 4...9, using: &random), Wander(frequencies: 4...9, using: &random)
    )
  }

  /// How this person performs `gesture` this time.
  func motion(of gesture: Gesture, using random: inout SplitMix64) -> HandMotion {
    HandMotion(
      gesture: gesture, rate: rate * random.nextUniform(in: 0.85...1.15),
      phase: random.nextUniform(), amplitude: amplitude * random.nextUniform(in: 0.85...1.15),
      isForward: random.nextUniform() < 0.5,
      shift: habit + [0.08 * random.nextGaussian(), 0.08 * random.nextGaussian()])
  }
}
