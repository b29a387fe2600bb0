/// The two ways to an endpoint. Which side binds and which connects is independent of which one
/// sends: the side whose address others must know binds.
public enum Attachment: String, Sendable, CaseIterable {
  /// Wait for peers there.
  case bind
  /// Look for the peer there, again and again.
  case connect
}
