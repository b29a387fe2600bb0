/// A kernel of one or two exponentials written so that what happened at step u and what is read at step t are apart:
///
///     eps[t - u] = sum_m impulse_m[u] value_m[t]        a_V^(t - u) = sum_m direct_m[u] value_m[t]
///
/// for steps 0...length of a chunk, counted from the chunk's base. A trace that only decays is then a few numbers that stay as
/// they are: its coefficients c_m, with the trace itself sum_m c_m value_m[t]. Three ways, so that nothing large cancels:
///
///     one exponential    value = a_V^t              impulse = b a_V^-u
///     two far apart      value = a_V^t, a_I^t       impulse = b a_V^(1-u) / (a_V - a_I), -b a_I^(1-u) / (a_V - a_I)
///     two close together value = a_V^t, h[t]        impulse = (b - h[u] a_I^-u) a_V^-u, a_I^-u
///
/// where h[t] = b sum_{k=1..t} a_V^(t-k) a_I^k is the membrane that a current of 1 at the base leaves behind.
struct ExponentialModes<Scalar: LearningScalar> {
  private enum Form {
    case single
    case apart
    case cascade
  }

  /// 1 or 2.
  let count: Int
  /// The factor in one step by which rounding may grow, as a natural logarithm: 1 / a of the fastest part.
  let growth: Double
  /// Whether the parts of one trace cancel as they decay, so that their growth adds to that of what follows.
  var cancels: Bool { form == .cascade }
  private let form: Form
  /// Each of them for the steps of a chunk, 0 first.
  private(set) var value: [[Scalar]] = []
  private(set) var impulse: [[Scalar]] = []
  private(set) var direct: [[Scalar]] = []
  private(set) var currentPower: [Scalar] = []

  /// - Precondition: the membrane remembers: its decay is above 0.
  init(_ kernel: SynapticKernel<Scalar>) {
    let (fast, slow) = (Double(kernel.currentDecay), Double(kernel.membraneDecay))
    precondition(slow > 0, "a membrane without memory")
    if fast == 0 {
      form = .single
    } else {
      // Parts of up to 16 that add up to 1 cost 4 bits.
      form = abs(slow - fast) * 16 >= max(slow, fast) ? .apart : .cascade
    }
    count = form == .single ? 1 : 2
    growth = -min(slow, fast > 0 ? fast : slow).logarithm
  }

  /// Fills the tables for steps 0...length.
  ///
  /// Powers are computed in `Double` and rounded once, whatever the precision of the weights.
  func tabulated(_ kernel: SynapticKernel<Scalar>, length: Int) -> ExponentialModes {
    let (fast, slow, scale) = (
      Double(kernel.currentDecay), Double(kernel.membraneDecay), Double(kernel.scale)
    )
    var tables = self
    var membrane = 1.0
    var current = 1.0
    var response = 0.0
    tables.value = Array(repeating: [], count: count)
    tables.impulse = tables.value
    tables.direct = tables.value
    func append(_ mode: Int, value: Double, impulse: Double, direct: Double) {
      tables.value[mode].append(Scalar(value))
      tables.impulse[mode].append(Scalar(impulse))
      tables.direct[mode].append(Scalar(direct))
    }
    for _ in 0...length {
      switch form {
      case .single:
        append(0, value: membrane, impulse: scale / membrane, direct: 1 / membrane)
      case .apart:
        let part = scale / (slow - fast)
        append(0, value: membrane, impulse: part * slow / membrane, direct: 1 / membrane)
        append(1, value: current, impulse: -part * fast / current, direct: 0)
      case .cascade:
        append(
          0, value: membrane, impulse: (scale - response / current) / membrane,
          direct: 1 / membrane)
        append(1, value: response, impulse: 1 / current, direct: 0)
      }
      tables.currentPower.append(Scalar(current))
      membrane *= slow
      current *= fast
      response = response * slow + current * scale
    }
    return tables
  }

  /// How coefficients are carried over to a base that is `steps` later: c_0 <- kept_0 c_0 + mixed c_1, c_1 <- kept_1 c_1.
  func carried(_ steps: Int) -> (first: Scalar, second: Scalar, mixed: Scalar) {
    switch form {
    case .single: (value[0][steps], 0, 0)
    case .apart: (value[0][steps], value[1][steps], 0)
    case .cascade: (value[0][steps], currentPower[steps], value[1][steps])
    }
  }
}

extension Double {
  fileprivate var logarithm: Double { Double.logarithm(self) }
}
