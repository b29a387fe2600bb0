import Events
import Foundation
import Service
import ToolSupport

/// Takes events in, from one connection after the other.
struct BridgeRun {
  /// What ends a bridge besides the user.
  struct End {
    var events = Int.max
    var seconds = Double.infinity
    /// Seconds without anything from the sensor.
    var silence = Double.infinity
  }

  var end = End()
  private(set) var summary: BridgeSummary

  /// The beginning of a packet that may wait for its end, in bytes.
  private static let largestRest = 16 << 20
  private let source: BridgeSource
  private let interruption: Interruption
  private var output: BridgeOutput
  private let begin = ContinuousClock.now
  /// When anything came last.
  private var lastArrival: Int64 = 0

  init(
    _ source: BridgeSource, to output: BridgeOutput, interruption: Interruption,
    summary: BridgeSummary
  ) {
    self.source = source
    self.output = output
    self.interruption = interruption
    self.summary = summary
  }

  /// Microseconds since the bridge began.
  private var now: Int64 { Int64((ContinuousClock.now - begin).inSeconds * 1e6) }

  private var isOver: Bool {
    let now = now
    return interruption.isRequested || output.taken >= end.events
      || Double(now) * 1e-6 >= end.seconds || Double(now - lastArrival) * 1e-6 >= end.silence
  }

  /// Works until the user or ``end`` ends it.
  mutating func run() throws {
    var pause = 0.1
    while !isOver {
      do {
        let socket = try open()
        summary.connections += 1
        let before = output.taken
        try read(socket)
        // A server that only ever says what cannot be read is no more welcome than none.
        if output.taken > before { pause = 0.1 }
      } catch let failure as BridgeSocket.Failure where source.kind.isStream {
        Terminal.note("bridge: \(failure); next try in \(Format.decimal(pause, 1)) s")
      }
      try output.flush()
      guard source.kind.isStream else { break }
      try rest(for: pause)
      pause = min(pause * 2, 5)
    }
    try output.finish()
    noteOutput()
    summary.seconds = Double(now) * 1e-6
    if Terminal.isInteractive { Terminal.clearLine() }
  }

  private func open() throws -> BridgeSocket {
    guard source.kind.isStream else {
      let socket = try BridgeSocket(listeningAt: source.host, port: source.port)
      Terminal.note("bridge: listening for datagrams at \(source.host):\(source.port)")
      return socket
    }
    let socket = try BridgeSocket(connectingTo: source.host, port: source.port, timeout: 2000)
    Terminal.note("bridge: connected to \(source.host):\(source.port)")
    return socket
  }

  /// Waits in short pieces: an interruption does not end a sleep of this thread.
  private mutating func rest(for seconds: Double) throws {
    let until = Double(now) * 1e-6 + seconds
    while !isOver, Double(now) * 1e-6 < until {
      try output.work(at: now)
      Thread.sleep(forTimeInterval: 0.02)
    }
  }

  // MARK: - In

  /// Reads one connection until it ends.
  private mutating func read(_ socket: BridgeSocket) throws {
    var decoder = source.decoder(output.geometry)
    var buffer = [UInt8](repeating: 0, count: 1 << 17)
    var filled = 0
    var batch = EventBatch()
    while !isOver {
      socket.wait(output.isEmpty ? 50 : 2)
      // A bounded number, so that messages also go out while more keeps coming.
      for _ in 0..<256 {
        let reception = try buffer.withUnsafeMutableBytes {
          try socket.receive(UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
        }
        guard case .bytes(let count) = reception else {
          if reception == .end {
            Terminal.note("bridge: the sensor at \(source.host):\(source.port) went away")
            return
          }
          break
        }
        summary.received += 1
        summary.receivedBytes += count
        filled += count
        do {
          let taken = try buffer.withUnsafeBytes {
            try take(UnsafeRawBufferPointer(rebasing: $0[..<filled]), &decoder, &batch)
          }
          filled -= taken
          if filled > 0, taken > 0 {
            buffer.withUnsafeMutableBytes { memory in
              memory.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: memory[taken..<taken + filled]))
            }
          }
        } catch let error as WireError {
          refuse(error)
          guard !source.kind.isStream else { return }
          filled = 0
        }
        if filled == buffer.count {
          guard buffer.count < Self.largestRest else {
            refuse(WireError(.size, "a packet above \(Self.largestRest) bytes"))
            return
          }
          buffer.append(contentsOf: repeatElement(0, count: buffer.count))
        }
        if isOver { break }
      }
      // Of datagrams, which have one connection.
      (summary.missing, summary.skipped) = (decoder.missing, decoder.skipped)
      summary.dropped = socket.dropped
      try output.work(at: now)
      noteOutput()
      summary.report(after: Double(now) * 1e-6)
    }
  }

  /// Hands over what each call of the decoder brings, for one may bring millions of events.
  ///
  /// - Returns: bytes taken in.
  private mutating func take(
    _ bytes: UnsafeRawBufferPointer, _ decoder: inout any BridgeDecoder, _ batch: inout EventBatch
  ) throws -> Int {
    var taken = 0
    repeat {
      lastArrival = now
      let result = Result { () throws(WireError) in
        let rest = UnsafeRawBufferPointer(rebasing: bytes[taken...])
        return try decoder.decode(rest, arrival: lastArrival, into: &batch)
      }
      if let sensor = decoder.geometry, sensor != output.geometry {
        throw BridgeSource.Refusal(
          description:
            "the sensor at \(source.text) has \(sensor) pixels, --geometry is \(output.geometry)")
      }
      // Also what came before an error.
      try output.take(batch, at: lastArrival)
      batch.removeAll()
      let step = try result.get()
      if step == 0 { break }
      taken += step
    } while taken < bytes.count && !isOver
    return taken
  }

  private mutating func noteOutput() {
    (summary.events, summary.messages) = (output.events, output.messages)
    (summary.unsentMessages, summary.unheardMessages) = (output.unsent, output.unheard)
    (summary.outside, summary.damaged) = (output.join.outside, output.join.damaged)
    summary.clocks = output.join.clocks
  }

  private mutating func refuse(_ error: any Error) {
    summary.refused += 1
    summary.lastRefusal = "\(error)"
    // The first few tell what is wrong; a flood of them would only hide it.
    if summary.refused <= 5 || summary.refused.isMultiple(of: 1000) {
      Terminal.note("bridge: refused (\(summary.refused)): \(error)")
    }
  }
}
