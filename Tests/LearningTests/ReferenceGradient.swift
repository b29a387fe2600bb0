import Foundation
import Learning

/// The network and its gradient as a textbook would write them: the whole trial is stored, then
/// walked backwards in time. It shares nothing with the engine but the initial weights.
///
/// Forward, for input spikes X, hidden spikes S and outputs y:
///
///     V_j[t] = a V_j[t-1] - theta S_j[t-1] + sum_i W_ij X_i[t]       S_j[t] = (V_j[t] >= theta)
///     y_k[t] = kappa y_k[t-1] + sum_j R_jk S_j[t]                    L = sum_t -log softmax(y[t])_c
///
/// Backward, with Y = dL/dy, the surrogate psi for dS/dV, and no derivative of the reset; the rate
/// term strength (r_j - target) enters where the learning signal does, through the readout's filter:
///
///     Y_k[t] = p_k[t] - [k = c] + kappa Y_k[t+1]        Q_j[t] = strength (r_j[t] - target) + kappa Q_j[t+1]
///     G_j[t] = psi_j[t] (sum_k R_jk Y_k[t] + Q_j[t]) + a G_j[t+1]
///     dL/dW_ij = sum_t G_j[t] X_i[t]                    dL/dR_jk = sum_t Y_k[t] S_j[t]
struct ReferenceGradient {
  var inputWeights: [[Double]]
  var readoutWeights: [[Double]]
  let configuration: LearnerConfiguration

  struct Result {
    var losses: [Double] = []
    var membranes: [[Double]] = []
    var outputs: [[Double]] = []
    var spikes: [[Bool]] = []
    var rates: [Double] = []
    var inputGradient: [[Double]] = []
    var readoutGradient: [[Double]] = []

    var spikeCount: Int { spikes.reduce(0) { $0 + $1.count { $0 } } }
  }

  private var dt: Double { Double(configuration.stepMicroseconds) / 1000 }
  private var a: Double { exp(-dt / configuration.hidden.tauMembrane) }
  private var kappa: Double { exp(-dt / configuration.readout.tau) }
  private var rho: Double { exp(-dt / configuration.regulariser.tau) }
  private var theta: Double { configuration.hidden.threshold }
  private var rateTarget: Double { configuration.regulariser.targetRate * dt / 1000 }

  /// Initial rates are those of a model that has not learned yet.
  func run(_ steps: [[Int32]], target: (Int) -> Int) -> Result {
    let neurons = readoutWeights.count
    let classes = configuration.classes
    var result = Result()
    var errors: [[Double]] = []
    var rateErrors: [[Double]] = []
    var v = [Double](repeating: 0, count: neurons)
    var s = [Bool](repeating: false, count: neurons)
    var y = [Double](repeating: 0, count: classes)
    var r = [Double](repeating: rateTarget, count: neurons)
    for (t, active) in steps.enumerated() {
      for j in 0..<neurons {
        v[j] = a * v[j] - (s[j] ? theta : 0)
        for i in active { v[j] += inputWeights[Int(i)][j] }
      }
      for j in 0..<neurons {
        s[j] = v[j] >= theta
        r[j] = rho * r[j] + (s[j] ? 1 - rho : 0)
      }
      for k in 0..<classes {
        y[k] *= kappa
        for j in 0..<neurons where s[j] { y[k] += readoutWeights[j][k] }
      }
      let normaliser = y.reduce(0) { $0 + exp($1) }
      var error = y.map { exp($0) / normaliser }
      result.losses.append(-log(error[target(t)]))
      error[target(t)] -= 1
      errors.append(error)
      rateErrors.append(r.map { configuration.regulariser.strength * ($0 - rateTarget) })
      result.membranes.append(v)
      result.outputs.append(y)
      result.spikes.append(s)
    }
    result.rates = r
    backward(steps, errors, rateErrors, &result)
    return result
  }

  private func backward(
    _ steps: [[Int32]], _ errors: [[Double]], _ rateErrors: [[Double]], _ result: inout Result
  ) {
    let neurons = readoutWeights.count
    let classes = configuration.classes
    let height = configuration.surrogate.height
    let width = configuration.surrogate.width
    var adjointOutput = [Double](repeating: 0, count: classes)
    var adjointRate = [Double](repeating: 0, count: neurons)
    var adjointMembrane = [Double](repeating: 0, count: neurons)
    result.inputGradient = inputWeights.map { $0.map { _ in 0 } }
    result.readoutGradient = readoutWeights.map { $0.map { _ in 0 } }
    for t in steps.indices.reversed() {
      for k in 0..<classes { adjointOutput[k] = errors[t][k] + kappa * adjointOutput[k] }
      for j in 0..<neurons {
        adjointRate[j] = rateErrors[t][j] + kappa * adjointRate[j]
        var adjointSpike = adjointRate[j]
        for k in 0..<classes { adjointSpike += readoutWeights[j][k] * adjointOutput[k] }
        let psi = height * max(0, 1 - abs(result.membranes[t][j] - theta) / width)
        adjointMembrane[j] = psi * adjointSpike + a * adjointMembrane[j]
        for i in steps[t] { result.inputGradient[Int(i)][j] += adjointMembrane[j] }
        guard result.spikes[t][j] else { continue }
        for k in 0..<classes { result.readoutGradient[j][k] += adjointOutput[k] }
      }
    }
  }
}

extension ReferenceGradient {
  /// Takes the weights of `network` as they are now.
  init<Scalar: LearningScalar>(_ network: Network<Scalar>) {
    configuration = network.configuration
    func numbers(_ connection: Connection<Scalar>) -> [[Double]] {
      (0..<connection.weights.rows).map { connection.weights.copyOfRow($0).map(Double.init) }
    }
    inputWeights = numbers(network.input)
    readoutWeights = numbers(network.readout)
  }
}
