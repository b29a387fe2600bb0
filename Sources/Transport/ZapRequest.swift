import CZMQ

/// A message of ZAP 1.0 (ZeroMQ RFC 27), as a `router` socket receives it: identity, an empty frame,
/// version, request id, domain, address, the peer's identity, mechanism, credentials.
struct ZapRequest {
  /// Frames that are looked at; CURVE has nine.
  static let mostFrames = 10

  private let envelope: [Frame]
  private let id: Frame
  private let content: Content

  private enum Content {
    case question(ZapHandler.Question)
    case otherMechanism
    case malformed(String)
  }

  /// Nil for a message that has no way back.
  init?(_ frames: [Frame]) {
    guard frames.count >= 2, frames[1].count == 0 else { return nil }
    envelope = Array(frames.prefix(2))
    let body = Array(frames.dropFirst(2))
    id = body.count > 1 && body[1].count <= Self.longestText ? body[1] : Frame()
    content = Self.read(body)
  }

  /// The frames to send back.
  func reply(_ decide: (ZapHandler.Question) -> ZapHandler.Answer) -> [Frame] {
    switch content {
    case .question(let question):
      switch decide(question) {
      case .accepted(let user): reply("200", "OK", user: user)
      case .denied(let reason): reply("300", reason)
      }
    case .otherMechanism: reply("400", "only CURVE is accepted")
    case .malformed(let reason): reply("500", reason)
    }
  }

  private func reply(_ status: String, _ text: String, user: String = "") -> [Frame] {
    envelope + [Frame("1.0"), id, Frame(status), Frame(text), Frame(user), Frame()]
  }

  /// The longest request id, domain and address that the protocol allows, in bytes.
  private static let longestText = 255

  private static func read(_ body: [Frame]) -> Content {
    guard body.count >= 6 else { return .malformed("\(body.count) frames are too few") }
    guard body[0].string == "1.0" else { return .malformed("the version is not 1.0") }
    for frame in body[1...4] where frame.count > longestText {
      return .malformed("a field of \(frame.count) bytes is too long")
    }
    guard let domain = body[2].string, let address = body[3].string else {
      return .malformed("the domain or the address is not UTF-8")
    }
    guard body[5].string == "CURVE" else { return .otherMechanism }
    guard body.count == 7, let key = CurveKeyPair.text(ofKey: body[6].bytes) else {
      return .malformed("CURVE has one key of 32 bytes")
    }
    return .question(.init(domain: domain, address: address, publicKey: key))
  }
}
