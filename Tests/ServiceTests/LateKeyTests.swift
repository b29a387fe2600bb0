import Events
import Learning
import Service
import Testing
import Transport

/// Clients that come before their keys do.
@Suite(.timeLimit(.minutes(10))) struct LateKeyTests {
  @Test func whoWasTurnedAwayGetsInByItselfOnceItsKeyIsThere() throws {
    let keys = try Keys()
    let engine = try keys.runningEngine { $0.status.every = 20 }
    let security = keys.security(try .generate())
    guard case .curveClient(_, let pair) = security else { return }
    let publisher = try EventPublisher(
      endpoint: engine.engine.endpoints.events[0], in: Context(), policy: .live,
      security: security)
    let subscriber = try OutputSubscriber(
      engine.engine.endpoints.output[0], topics: [""], in: Context(), security: security)
    try engine.status("the refusals") {
      $0.security.denied["events"] ?? 0 > 0 && $0.security.denied["output"] ?? 0 > 0
    }
    try keys.authorize(pair, as: "late")
    let isHeard = try publisher.waitForSubscriber(
      to: Topic.events(source: "cam").bytes, timeout: .seconds(40))
    #expect(isHeard)
    #expect(try subscriber.receive(timeout: .seconds(40)) != nil)
    let status = try engine.status().security
    #expect(status.accepted == ["events": 1, "output": 1, "requests": 1])
    // It asks when the engine hangs up on it, and not all the time.
    #expect(status.denied.values.reduce(0, +) <= 4)
    #expect(status.handshakeFailures.isEmpty)
    let (connects, disconnects) = (try engine.status().connects, try engine.status().disconnects)
    #expect(connects == 1 && disconnects == 0)
  }
}
