import CZMQ

/// What a socket does with its peers, named after libzmq's socket types.
public enum SocketKind: String, Sendable, CaseIterable {
  /// `ZMQ_PUB`: every message goes to each peer that subscribed to its first bytes.
  case publish
  /// `ZMQ_SUB`: takes what it subscribed to.
  case subscribe
  /// `ZMQ_XPUB`: a publisher that also receives its peers' subscriptions as messages.
  case xpub
  /// `ZMQ_XSUB`: a subscriber that sends its subscriptions as messages.
  case xsub
  /// `ZMQ_REQ`: sends a question and receives one answer, in turns.
  case request
  /// `ZMQ_REP`: receives a question and sends one answer, in turns.
  case reply
  /// `ZMQ_DEALER`: sends to its peers round robin, receives from all.
  case dealer
  /// `ZMQ_ROUTER`: puts its peer's identity before each message, and sends to the peer so named.
  case router
  /// `ZMQ_PAIR`: exactly one peer.
  case pair
  /// `ZMQ_PUSH`: sends to its peers round robin.
  case push
  /// `ZMQ_PULL`: receives from all of its peers.
  case pull

  var constant: Int32 {
    switch self {
    case .publish: ZMQ_PUB
    case .subscribe: ZMQ_SUB
    case .xpub: ZMQ_XPUB
    case .xsub: ZMQ_XSUB
    case .request: ZMQ_REQ
    case .reply: ZMQ_REP
    case .dealer: ZMQ_DEALER
    case .router: ZMQ_ROUTER
    case .pair: ZMQ_PAIR
    case .push: ZMQ_PUSH
    case .pull: ZMQ_PULL
    }
  }

  /// libzmq accepts `ZMQ_CONFLATE` on any socket and then misbehaves on the ones not named here.
  var canConflate: Bool {
    switch self {
    case .publish, .subscribe, .push, .pull, .dealer: true
    case .xpub, .xsub, .request, .reply, .router, .pair: false
    }
  }
}
