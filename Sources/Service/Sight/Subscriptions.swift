import Transport

/// Whether anybody has subscribed to a topic. libzmq tells of the first to subscribe to a prefix, and of the last to leave it.
struct Subscriptions {
  let topic: String
  private var prefixes: Set<String> = []

  init(to topic: String) {
    self.topic = topic
  }

  var isWanted: Bool { !prefixes.isEmpty }

  /// Takes what an XPUB socket receives: 1 or 0, and the prefix.
  mutating func note(_ message: [Frame]) {
    guard let bytes = message.first?.bytes, let first = bytes.first, first <= 1 else { return }
    let prefix = String(decoding: bytes.dropFirst(), as: UTF8.self)
    guard topic.hasPrefix(prefix) else { return }
    if first == 1 { prefixes.insert(prefix) } else { prefixes.remove(prefix) }
  }
}
