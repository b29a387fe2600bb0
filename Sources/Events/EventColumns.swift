/// Room for events behind those of a batch: what decoders write, a column at a time or an event at a time.
///
/// Loops that are to be fast copy the pointers and ``count`` into local variables, and set ``count`` once.
public struct EventColumns: ~Copyable {
  /// Times in microseconds.
  public let t: UnsafeMutablePointer<Int64>
  public let x: UnsafeMutablePointer<UInt16>
  public let y: UnsafeMutablePointer<UInt16>
  public let on: UnsafeMutablePointer<Bool>
  /// Events written so far, from the front; at most the capacity that was asked for.
  public var count = 0

  /// Writes one event.
  ///
  /// Nothing checks the capacity: the caller does, once for many events.
  @inline(__always)
  public mutating func append(t: Int64, x: UInt16, y: UInt16, on: Bool) {
    self.t[count] = t
    self.x[count] = x
    self.y[count] = y
    self.on[count] = on
    count += 1
  }
}

extension EventBatch {
  /// Appends up to `capacity` events that `body` writes into the columns.
  ///
  /// - Parameter body: sets ``EventColumns/count``. What it has counted before it throws is appended.
  @inline(__always)
  public mutating func append<Failure: Error>(
    upTo capacity: Int, _ body: (inout EventColumns) throws(Failure) -> Void
  ) throws(Failure) {
    makeRoom(for: capacity)
    var failure: Failure?
    t.append(upTo: capacity) { t in
      var count = 0
      x.append(upTo: capacity) { x in
        y.append(upTo: capacity) { y in
          on.append(upTo: capacity) { on in
            var columns = EventColumns(t: t, x: x, y: y, on: on)
            do throws(Failure) { try body(&columns) } catch { failure = error }
            count = columns.count
            precondition(count <= capacity, "\(count) events, room was made for \(capacity)")
            return count
          }
          return count
        }
        return count
      }
      return count
    }
    if let failure { throw failure }
  }
}

extension Array {
  /// Appends up to `capacity` elements that `body` writes, and tells the number of.
  @inline(__always)
  mutating func append(upTo capacity: Int, _ body: (UnsafeMutablePointer<Element>) -> Int) {
    append(addingCapacity: capacity) { span in
      span.withUnsafeMutableBufferPointer { room, count in
        guard let room = room.baseAddress else { return }
        count = body(room)
      }
    }
  }
}
