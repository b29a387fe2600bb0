import Events

extension FuzzInput.Target {
  /// Protocols of other programs: datagrams behind their lengths, or one stream in pieces.
  static let bridges = [
    datagrams("aestream-udp") { SpifDatagrams(.aestream) },
    datagrams("spif-udp") { SpifDatagrams(.spif) },
    datagrams("faery-udp-13") { FaeryDatagrams(.t64x16y16on8) },
    datagrams("faery-udp-8") { FaeryDatagrams(.t32x16y15on1) },
    datagrams("jaer-udp-dvs128") { JAERDatagrams(.dvs128, geometry: limits.geometry) },
    datagrams("jaer-udp-davis") { JAERDatagrams(.davis, geometry: limits.geometry) },
    datagrams("libcaer-udp") { LibcaerNetwork(datagrams: true) },
    stream("libcaer-tcp") { LibcaerNetwork(datagrams: false) },
    stream("dv-tcp") { DVNetwork() },
  ]

  private static func datagrams(
    _ name: String, _ make: @escaping @Sendable () -> any BridgeDecoder
  ) -> FuzzInput.Target {
    FuzzInput.Target(name: name) { bytes, how in
      var decoder = make()
      var join = StreamJoin()
      var stream = EventBatch()
      for (index, part) in parts(bytes).enumerated() {
        var events = EventBatch()
        let arrival = Int64(index) << Int64(how % 48)
        guard (try? decoder.decode(part, arrival: arrival, into: &events)) != nil else { continue }
        join.append(events, arrival: arrival, geometry: limits.geometry, to: &stream)
      }
    }
  }

  private static func stream(
    _ name: String, _ make: @escaping @Sendable () -> any BridgeDecoder
  ) -> FuzzInput.Target {
    FuzzInput.Target(name: name) { bytes, how in
      var decoder = make()
      var join = StreamJoin()
      var stream = EventBatch()
      var (start, end) = (0, 0)
      while end < bytes.count {
        end = min(end + Int(how) * 4 + 1, bytes.count)
        while start < end {
          var events = EventBatch()
          let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
          guard let taken = try? decoder.decode(piece, arrival: 0, into: &events) else { return }
          if taken < 0 || taken > piece.count { violated("\(name): took more than there is") }
          join.append(events, arrival: 0, geometry: limits.geometry, to: &stream)
          if taken == 0 { break }
          start += taken
        }
      }
    }
  }
}
