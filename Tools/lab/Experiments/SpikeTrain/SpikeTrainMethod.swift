/// A way to a gradient.
enum SpikeTrainMethod: String, CaseIterable, Codable {
  case activation, timing, hybrid
  case activationForward = "activation_forward"
  case hybridForward = "hybrid_forward"

  /// Whether the engine sums the gradient as the trial goes; the others walk back over it.
  var isForward: Bool { self == .activationForward || self == .hybridForward }

  var usesActivation: Bool { self != .timing }
  var usesTiming: Bool { self != .activation && self != .activationForward }

  var title: String {
    switch self {
    case .activation, .timing, .hybrid: rawValue
    case .activationForward: "activation, forward"
    case .hybridForward: "hybrid, forward"
    }
  }

  /// Colours that colour-blind people can tell apart; what is forward in time is dashed.
  var colour: String {
    switch self {
    case .activation, .activationForward: "#0072b2"
    case .timing: "#d55e00"
    case .hybrid, .hybridForward: "#009e73"
    }
  }
}
