import CZMQ

/// Whether the bytes on the wire are encrypted, and by whose keys. Keys are 40 characters of Z85.
///
/// CURVE keeps out listeners and impostors. It does not choose among clients: whoever knows the
/// server's public key gets in, unless a ``ZapHandler`` says otherwise (see
/// `SocketOptions.zapDomain`).
public enum Security: Sendable {
  /// Plain text, and no questions asked.
  case none
  /// This side proves that it owns the secret key, and takes only encrypted peers.
  case curveServer(secretKey: String)
  /// This side talks only to the owner of the server's key, and shows its own public key.
  case curveClient(serverKey: String, keyPair: CurveKeyPair)

  func apply(to handle: SocketHandle) throws(TransportError) {
    switch self {
    case .none:
      return
    case .curveServer(let secretKey):
      try CurveKeyPair.check(secretKey, "the server's secret key")
      try handle.set(ZMQ_CURVE_SERVER, 1, "security")
      try handle.set(ZMQ_CURVE_SECRETKEY, secretKey, "security")
    case .curveClient(let serverKey, let keyPair):
      try CurveKeyPair.check(serverKey, "the server's public key")
      try handle.set(ZMQ_CURVE_SERVERKEY, serverKey, "security")
      try handle.set(ZMQ_CURVE_PUBLICKEY, keyPair.publicKey, "security")
      try handle.set(ZMQ_CURVE_SECRETKEY, keyPair.secretKey, "security")
    }
  }
}

// Options are printed and logged as a whole: no path through reflection may reach a secret.
extension Security: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String {
    switch self {
    case .none: "none"
    case .curveServer: "CURVE server"
    case .curveClient(let serverKey, let keyPair):
      "CURVE client \(keyPair.publicKey) of server \(serverKey)"
    }
  }

  public var debugDescription: String { description }

  public var customMirror: Mirror { Mirror(self, children: []) }
}
