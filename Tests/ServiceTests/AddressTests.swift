import Learning
import Service
import Testing

@Suite struct AddressTests {
  @Test(arguments: [
    (
      "tcp://127.0.0.1:5580",
      ["tcp://127.0.0.1:5580", "tcp://127.0.0.1:5581", "tcp://127.0.0.1:5582"]
    ),
    (
      "tcp://host.example:65533",
      [
        "tcp://host.example:65533", "tcp://host.example:65534", "tcp://host.example:65535",
      ]
    ),
    ("tcp://[::1]:1", ["tcp://[::1]:1", "tcp://[::1]:2", "tcp://[::1]:3"]),
    ("tcp://*:9", ["tcp://*:9", "tcp://*:10", "tcp://*:11"]),
    ("run", ["ipc://run/events.ipc", "ipc://run/output.ipc", "ipc://run/requests.ipc"]),
    ("run/", ["ipc://run/events.ipc", "ipc://run/output.ipc", "ipc://run/requests.ipc"]),
    (
      "/tmp/a b",
      [
        "ipc:///tmp/a b/events.ipc", "ipc:///tmp/a b/output.ipc", "ipc:///tmp/a b/requests.ipc",
      ]
    ),
    (
      "ipc:///tmp/x",
      [
        "ipc:///tmp/x/events.ipc", "ipc:///tmp/x/output.ipc", "ipc:///tmp/x/requests.ipc",
      ]
    ),
    (".", ["ipc://./events.ipc", "ipc://./output.ipc", "ipc://./requests.ipc"]),
  ])
  func anAddressStandsForThreeSockets(_ text: String, _ sockets: [String]) throws {
    let address = try EngineAddress(text)
    #expect([address.events, address.output, address.requests] == sockets)
    #expect(try EngineAddress(address.description) == address)
  }

  @Test(arguments: [
    "", "tcp://", "tcp://host", "tcp://:5580", "tcp://host:", "tcp://host:0", "tcp://host:65534",
    "tcp://host:-1", "tcp://host:80x", "tcp://host:*", "ipc://", "udp://host:1", "http://host:80",
    "ipc://tcp://a:1",
  ])
  func whatIsNoAddressIsRefusedInItsOwnWords(_ text: String) throws {
    do {
      let address = try EngineAddress(text)
      Issue.record("\"\(text)\" was taken for \(address)")
    } catch {
      #expect(error.description.contains("\"\(text)\""), "\(error)")
      #expect(error.description.contains("tcp://host:port"), "\(error)")
    }
  }

  @Test func theDefaultIsThatOfTheConfiguration() throws {
    let defaults = EngineConfiguration().endpoints
    #expect(defaults.events == [EngineAddress.default.events])
    #expect(defaults.output == [EngineAddress.default.output])
    #expect(defaults.requests == [EngineAddress.default.requests])
    #expect(try EngineAddress("tcp://127.0.0.1:5580") == EngineAddress.default)
  }
}
