import Synchronization

/// Something that is made when it is first asked for, by whoever comes first, while the others wait: data that no run needs
/// any more are not made.
final class OnDemand<Value: Sendable>: Sendable {
  private let make: @Sendable () throws -> Value
  private let made = Mutex<Value?>(nil)

  init(_ make: @escaping @Sendable () throws -> Value) { self.make = make }

  var value: Value {
    get throws {
      try made.withLock { made in
        if let made { return made }
        let value = try make()
        made = value
        return value
      }
    }
  }
}
