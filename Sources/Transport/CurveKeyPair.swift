import CZMQ

/// A key pair of CURVE (Curve25519). Both keys are 40 characters of Z85 text.
public struct CurveKeyPair: Sendable, Hashable {
  /// What the other side may know.
  public let publicKey: String
  /// What nobody else may know. Never part of a description.
  public let secretKey: String

  /// A pair from stored text.
  ///
  /// - Throws: `.invalidKey` when a key is not Z85 of 40 characters or the two do not belong
  ///   together; `.unsupported` when libzmq was built without CURVE.
  public init(publicKey: String, secretKey: String) throws(TransportError) {
    try Self.check(publicKey, "the public key")
    try self.init(secretKey: secretKey)
    // A mixed-up pair would otherwise show only as a connection that never comes about.
    guard self.publicKey == publicKey else {
      throw TransportError(
        .invalidKey, operation: "use CURVE keys",
        reason: "the public key \(publicKey) does not belong to the secret key")
    }
  }

  /// The pair that a secret key belongs to.
  ///
  /// - Throws: `.invalidKey` when it is not Z85 of 40 characters; `.unsupported` when libzmq was
  ///   built without CURVE.
  public init(secretKey: String) throws(TransportError) {
    try Self.check(secretKey, "the secret key")
    var derived = [CChar](repeating: 0, count: Self.length + 1)
    guard zmq_curve_public(&derived, secretKey) == 0 else {
      throw TransportError(errno: zmq_errno(), operation: "use CURVE keys")
    }
    publicKey = Self.text(derived)
    self.secretKey = secretKey
  }

  private init(unchecked publicKey: String, _ secretKey: String) {
    self.publicKey = publicKey
    self.secretKey = secretKey
  }

  /// A new pair from the system's random numbers.
  ///
  /// - Throws: `.unsupported` when libzmq was built without CURVE.
  public static func generate() throws(TransportError) -> CurveKeyPair {
    var publicKey = [CChar](repeating: 0, count: length + 1)
    var secretKey = publicKey
    guard zmq_curve_keypair(&publicKey, &secretKey) == 0 else {
      throw TransportError(errno: zmq_errno(), operation: "generate CURVE keys")
    }
    return CurveKeyPair(unchecked: text(publicKey), text(secretKey))
  }

  /// Throws `.invalidKey`, with the reason, unless the text is a key. The message never holds the
  /// key: it may be a secret one.
  public static func check(_ key: String, _ name: String) throws(TransportError) {
    func refusal(_ reason: String) -> TransportError {
      TransportError(.invalidKey, operation: "use CURVE keys", reason: reason)
    }
    guard key.utf8.count == length else {
      throw refusal("\(name) has \(key.utf8.count) characters; a CURVE key has \(length) (Z85)")
    }
    for (index, character) in key.unicodeScalars.enumerated()
    where !alphabet.contains(character) {
      throw refusal(
        "character \(index + 1) of \(name) is \(String(reflecting: String(character))), "
          + "which Z85 does not use")
    }
  }

  /// A key of 32 bytes as text; nil for another number of bytes.
  static func text(ofKey bytes: [UInt8]) -> String? {
    guard bytes.count == 32 else { return nil }
    var encoded = [CChar](repeating: 0, count: length + 1)
    guard zmq_z85_encode(&encoded, bytes, bytes.count) != nil else { return nil }
    return text(encoded)
  }

  /// The characters of a key.
  public static let length = 40
  private static let alphabet = Set(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
      .unicodeScalars)

  private static func text(_ key: [CChar]) -> String {
    String(decoding: key.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension CurveKeyPair: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "CURVE key pair \(publicKey)" }

  public var debugDescription: String { description }

  public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}
