/// A small movement that never rests: sway and tremor.
///
/// Two sines for each axis, of random frequency and phase, with an amplitude of one together.
struct Wander {
  private var waves: [(frequency: Double, phase: Double)] = []

  /// Frequencies are drawn from `frequencies`, in Hz.
  init(frequencies: ClosedRange<Double>, using random: inout SplitMix64) {
    for _ in 0..<4 {
      waves.append((random.nextUniform(in: frequencies), random.nextUniform()))
    }
  }

  /// Where it is; the time in seconds.
  func place(at time: Double) -> SIMD2<Double> {
    func sine(_ index: Int) -> Double {
      portableCosineAndSine(turns: waves[index].frequency * time + waves[index].phase).sine
    }
    return [(sine(0) + sine(1)) / 2, (sine(2) + sine(3)) / 2]
  }
}
