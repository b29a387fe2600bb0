import Events
import Testing

/// Datagrams and streams of sensors' software, put together by hand from the descriptions of their protocols.
@Suite struct BridgeDecoderTests {
  /// Decodes datagrams one after the other.
  private func decode(
    _ decoder: inout some BridgeDecoder, _ datagrams: [[UInt8]], arrival: Int64 = 0
  ) throws -> [Event] {
    var batch = EventBatch()
    for datagram in datagrams {
      let taken = try unaligned(datagram) {
        try decoder.decode($0, arrival: arrival, into: &batch)
      }
      #expect(taken == datagram.count)
    }
    return batch.indices.map { batch[$0] }
  }

  private func refusal(_ decoder: some BridgeDecoder, _ datagram: [UInt8]) -> WireError? {
    #expect(throws: WireError.self) {
      var decoder = decoder
      return try decode(&decoder, [datagram])
    }
  }

  private func big(_ value: UInt32) -> [UInt8] { little(value).reversed() }

  // MARK: - faery

  @Test func faery() throws {
    var long = FaeryDatagrams()
    var first = little(UInt64(5_000_000_000))
    first += [5, 0, 7, 0, 1]
    #expect(
      try decode(&long, [first, []]) == [Event(t: 5_000_000_000, x: 5, y: 7, on: true)])
    #expect(refusal(long, Array(first.dropLast()))?.reason == .count)
    #expect(refusal(long, Array(first.dropLast()) + [2])?.reason == .encoding)

    var short = FaeryDatagrams(.t32x16y15on1)
    let last = little(UInt32.max) + [5, 0, 15, 0]
    let next = little(UInt32(9)) + [6, 0, 14, 0]
    #expect(
      try decode(&short, [last, next])
        == [
          Event(t: 4_294_967_295, x: 5, y: 7, on: true),
          Event(t: 4_294_967_305, x: 6, y: 7, on: false),
        ])
  }

  // MARK: - SPIF and AEStream

  private func word(_ x: UInt32, _ y: UInt32, on: Bool, timed: Bool) -> [UInt8] {
    little(x << 16 | y | (on ? 1 << 15 : 0) | (timed ? 0 : 1 << 31))
  }

  @Test func spifHasWordsWithAndWithoutTimes() throws {
    var decoder = SpifDatagrams(.spif)
    let datagram =
      word(5, 7, on: true, timed: false) + word(6, 8, on: false, timed: true)
      + little(UInt32(1000)) + word(32767, 32767, on: true, timed: false)
    #expect(
      try decode(&decoder, [datagram], arrival: 77)
        == [
          Event(t: 77, x: 5, y: 7, on: true), Event(t: 1000, x: 6, y: 8, on: false),
          Event(t: 77, x: 32767, y: 32767, on: true),
        ])
    #expect(refusal(decoder, Array(datagram.dropLast()))?.reason == .count)
    #expect(
      refusal(decoder, word(6, 8, on: false, timed: true))
        == WireError(.count, "the word at byte 0 announces a time and is the last"))
  }

  /// What AEStream sends of `events`, with the tail of its last datagram as long as AEStream makes it.
  private func aestream(_ events: [Event]) -> [[UInt8]] {
    var memory = [UInt8](repeating: 0x55, count: 512)
    var datagrams: [[UInt8]] = []
    var place = 0
    for event in events {
      var record = word(UInt32(event.x), UInt32(event.y), on: event.on, timed: true)
      record += little(UInt32(truncatingIfNeeded: event.t))
      memory.replaceSubrange(place..<place + 8, with: record)
      place += 8
      if place == 256 {
        datagrams.append(Array(memory[..<256]))
        place = 0
      }
    }
    if place > 0 { datagrams.append(Array(memory[..<(2 * place)])) }
    return datagrams
  }

  @Test func theTailOfAEStreamIsNotRead() throws {
    for count in [0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 49, 64, 100] {
      let events = (0..<count).map { (index: Int) -> Event in
        Event(t: Int64(100 + index), x: UInt16(index), y: UInt16(2 * index), on: index % 3 == 0)
      }
      // Alone, and after others, which leave their events in the tail.
      for before in [0, 64] {
        let older = (0..<before).map { Event(t: Int64($0), x: 1, y: 2, on: true) }
        guard count != 16 || before > 0 else { continue }
        var decoder = SpifDatagrams(.aestream)
        #expect(try decode(&decoder, aestream(older + events)) == older + events)
      }
    }
    // Without times the lengths are right.
    var decoder = SpifDatagrams(.aestream)
    for count in [1, 16, 64, 128] {
      let datagram = [[UInt8]](
        repeating: word(5, 7, on: true, timed: false), count: count
      ).flatMap { $0 }
      #expect(try decode(&decoder, [datagram]).count == count)
    }
  }

  // MARK: - jAER

  @Test func jaerOfADVS128() throws {
    var decoder = JAERDatagrams(.dvs128, geometry: SensorGeometry(width: 128, height: 128))
    let address: UInt32 = 7 << 8 | (127 - 5) << 1
    let datagrams = [
      big(41) + big(address) + big(1000) + big(address | 1) + big(1001),
      big(42) + big(address) + big(.max),
      big(45) + big(address) + big(4) + big(1 << 15) + big(5),
    ]
    #expect(
      try decode(&decoder, datagrams)
        == [
          Event(t: 1000, x: 5, y: 7, on: true), Event(t: 1001, x: 5, y: 7, on: false),
          Event(t: 4_294_967_295, x: 5, y: 7, on: true),
          Event(t: 4_294_967_300, x: 5, y: 7, on: true),
        ])
    #expect(decoder.missing == 2)
    // A sender that counts anew misses nothing.
    _ = try decode(&decoder, [big(0), big(1)])
    #expect(decoder.missing == 2)
    #expect(refusal(decoder, [0, 0, 0])?.reason == .count)
    #expect(refusal(decoder, big(1) + big(2))?.reason == .count)
  }

  /// The mirror of a DVS128 stands in the middle of its 128 columns, whatever part of them is wanted.
  @Test func aDVS128HasItsOwnMirror() throws {
    let datagram = big(0) + big(7 << 8 | (127 - 5) << 1) + big(9)
    for (width, height) in [(34, 34), (128, 128), (240, 180)] {
      var decoder = JAERDatagrams(.dvs128, geometry: SensorGeometry(width: width, height: height))
      #expect(try decode(&decoder, [datagram]) == [Event(t: 9, x: 5, y: 7, on: true)])
    }
  }

  @Test func jaerOfADAVIS() throws {
    let geometry = SensorGeometry(width: 240, height: 180)
    #expect(JAERDatagrams.Chip(geometry) == .davis)
    #expect(JAERDatagrams.Chip(SensorGeometry(width: 128, height: 128)) == .dvs128)
    let address: UInt32 = 7 << 22 | (239 - 5) << 12
    let events = [Event(t: 9, x: 5, y: 7, on: true), Event(t: 10, x: 5, y: 7, on: false)]
    let words: [[UInt32]] = [
      [address | 1 << 11, 9], [1 << 31 | address, 9], [address | 1 << 10, 9], [address, 10],
    ]
    for (isNumbered, isAddressFirst, isBigEndian) in [
      (true, true, true), (false, true, true), (true, false, true), (true, true, false),
      (false, false, false),
    ] {
      var options = JAERDatagrams.Options()
      options.isNumbered = isNumbered
      options.isAddressFirst = isAddressFirst
      options.isBigEndian = isBigEndian
      var decoder = JAERDatagrams(.davis, geometry: geometry, options: options)
      var datagram: [UInt8] = isNumbered ? [0, 0, 0, 3] : []
      for pair in words {
        for word in isAddressFirst ? pair : [pair[1], pair[0]] {
          datagram += isBigEndian ? big(word) : little(word)
        }
      }
      #expect(try decode(&decoder, [datagram]) == events)
    }
    // A column beyond the sensor is no column of it.
    var decoder = JAERDatagrams(.davis, geometry: geometry)
    #expect(try decode(&decoder, [big(0) + big(300 << 12) + big(1)])[0].x > 239)
  }

  // MARK: - libcaer

  private func header(_ number: UInt64, magic: UInt64 = 0x1D37_8BC9_0B9A_6658) -> [UInt8] {
    little(magic) + little(number) + [1, 0, 1, 0]
  }

  private func packet(_ events: [Event], type: Int16 = 1) -> [UInt8] {
    let count = Int32(events.count)
    var bytes = little(type) + little(Int16(1))
    for word: Int32 in [8, 4, 0, count, count, count] { bytes += little(word) }
    for event in events {
      bytes += little(UInt32(event.x) << 17 | UInt32(event.y) << 2 | (event.on ? 3 : 1))
      bytes += little(Int32(event.t))
    }
    return bytes
  }

  private static let polarity = (0..<300).map { (index: Int) -> Event in
    Event(t: Int64(10 * index), x: UInt16(index), y: UInt16(index / 2), on: index % 2 == 0)
  }

  @Test func libcaerOverTCP() throws {
    var stream = header(0) + packet(Array(Self.polarity[..<200]))
    stream += packet([Self.polarity[0]], type: 2)
    stream += packet(Array(Self.polarity[200...]))
    for size in [1, 7, 28, 300, stream.count] {
      var decoder = LibcaerNetwork(datagrams: false)
      var batch = EventBatch()
      var rest: [UInt8] = []
      for begin in stride(from: 0, to: stream.count, by: size) {
        rest += stream[begin..<min(begin + size, stream.count)]
        while !rest.isEmpty {
          let taken = try unaligned(rest) {
            try decoder.decode($0, arrival: 0, into: &batch)
          }
          if taken == 0 { break }
          rest.removeFirst(taken)
        }
      }
      #expect(rest.isEmpty && batch == EventBatch(Self.polarity))
    }
  }

  /// What has waited for long comes at once: 40,000 events of 40 s, one of them damaged.
  @Test func aBacklogIsJoinedWithoutLosses() throws {
    let events = (0..<40_000).map { (index: Int) -> Event in
      Event(t: Int64(1000 * index), x: UInt16(index % 240), y: 9, on: index % 2 == 0)
    }
    let bad = Event(t: 1_900_000_000, x: 1, y: 1, on: true)
    let stream =
      header(0) + packet(Array(events[..<20_000])) + packet([bad])
      + packet(Array(events[20_000...]))
    var decoder = LibcaerNetwork(datagrams: false)
    var batch = EventBatch()
    let taken = try unaligned(Array(stream[..<20])) {
      try decoder.decode($0, arrival: 0, into: &batch)
    }
    #expect(taken == 20)
    _ = try unaligned(Array(stream[20...])) {
      try decoder.decode($0, arrival: 0, into: &batch)
    }
    var join = StreamJoin()
    var joined = EventBatch()
    join.append(
      batch, arrival: 0, geometry: SensorGeometry(width: 240, height: 180), to: &joined)
    #expect(joined == EventBatch(events))
    #expect(join.damaged == 1 && join.outside == 0 && join.clocks == 0)
  }

  /// Packets run on from one datagram to the next.
  @Test func libcaerOverUDP() throws {
    let stream = packet(Array(Self.polarity[..<200])) + packet(Array(Self.polarity[200...]))
    let pieces = stride(from: 0, to: stream.count, by: 500).map {
      Array(stream[$0..<min($0 + 500, stream.count)])
    }
    var decoder = LibcaerNetwork(datagrams: true)
    let datagrams = pieces.enumerated().map { header(UInt64($0 + 7)) + $1 }
    #expect(try decode(&decoder, datagrams) == Self.polarity)
    #expect(decoder.missing == 0 && decoder.skipped == 0)
  }

  @Test func aMissingDatagramTakesNoOthersPackets() throws {
    let parts = stride(from: 0, to: 300, by: 100).map { Array(Self.polarity[$0..<$0 + 100]) }
    // Each packet in two datagrams; the second half of the first does not arrive.
    let halves = parts.map { packet($0) }.map { [Array($0[..<400]), Array($0[400...])] }
    var datagrams = halves.flatMap { $0 }.enumerated().map { header(UInt64($0)) + $1 }
    datagrams.remove(at: 1)
    var decoder = LibcaerNetwork(datagrams: true)
    let events = try decode(&decoder, datagrams)
    #expect(events == Array(Self.polarity[..<46]) + Self.polarity[100...])
    #expect(decoder.missing == 1)
    // Without the beginning of a packet, nothing is read until the next begins.
    datagrams.remove(at: 0)
    datagrams.remove(at: 0)
    var late = LibcaerNetwork(datagrams: true)
    #expect(try decode(&late, datagrams) == Array(Self.polarity[200...]))
    #expect(late.skipped == 1)
  }

  @Test func headersOfLibcaerAreChecked() {
    let decoder = LibcaerNetwork(datagrams: true)
    #expect(refusal(decoder, Array(header(0).dropLast()))?.reason == .header)
    #expect(refusal(decoder, header(0, magic: 5))?.reason == .header)
    var bytes = header(0)
    bytes[16] = 2
    #expect(refusal(decoder, bytes) == WireError(.header, "version 2 of the header, known is 1"))
    bytes[16] = 1
    bytes[17] = 1
    #expect(refusal(decoder, bytes)?.reason == .encoding)
  }

  // MARK: - Anything

  @Test func noDatagramTraps() throws {
    var random = SplitMix64(seed: 9)
    var samples = aestream(Self.polarity)
    samples.append(header(0) + packet(Array(Self.polarity[..<60])))
    samples.append(header(1) + packet([], type: 3))
    samples.append(big(5) + big(7 << 8) + big(9))
    samples.append(little(UInt64(3)) + [1, 0, 1, 0, 1])
    let makers: [() -> any BridgeDecoder] = [
      { FaeryDatagrams() }, { FaeryDatagrams(.t32x16y15on1) }, { SpifDatagrams(.spif) },
      { SpifDatagrams(.aestream) },
      { JAERDatagrams(.davis, geometry: SensorGeometry(width: 1, height: 1)) },
      { JAERDatagrams(.dvs128, geometry: SensorGeometry(width: 128, height: 128)) },
      { LibcaerNetwork(datagrams: true) }, { LibcaerNetwork(datagrams: false) }, { DVNetwork() },
    ]
    for make in makers {
      for _ in 0..<300 {
        var decoder = make()
        var rest: [UInt8] = []
        for _ in 0..<10 {
          var datagram = samples[random.nextInteger(below: samples.count)]
          for _ in 0..<random.nextInteger(below: 4) where !datagram.isEmpty {
            let at = random.nextInteger(below: datagram.count)
            if random.next() & 3 == 0 {
              datagram.removeSubrange(at...)
            } else {
              datagram[at] = UInt8(truncatingIfNeeded: random.next())
            }
          }
          var batch = EventBatch()
          rest += datagram
          let taken = try? unaligned(rest) {
            try decoder.decode($0, arrival: 5, into: &batch)
          }
          #expect(batch.count <= rest.count + 1000)
          if let taken { rest.removeFirst(taken) } else { rest = [] }
        }
      }
    }
  }
}
