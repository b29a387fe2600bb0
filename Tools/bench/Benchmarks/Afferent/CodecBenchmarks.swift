import Benchmark
import Events

/// 13,000 events from bytes and to bytes.
func codecBenchmarks() {
  Benchmark("decode N-MNIST", configuration: .init(scalingFactor: .one)) { benchmark, bytes in
    var batch = EventBatch()
    var decoder = NMNISTCodec.Decoder()
    _ = try bytes.withUnsafeBytes { try decoder.decode($0, at: 0, isLast: true, into: &batch) }
    blackHole(batch)
  } setup: {
    try NMNISTCodec.encode(Stream.events)
  }
  Benchmark("encode N-MNIST", configuration: .init(scalingFactor: .one)) { _ in
    blackHole(try NMNISTCodec.encode(Stream.events))
  }
  for encoding in WireEncoding.allCases where encoding.keepsTimes {
    Benchmark("decode \(encoding.rawValue)", configuration: .init(scalingFactor: .one)) {
      benchmark, bytes in
      blackHole(
        try bytes.withUnsafeBytes { try encoding.decode($0, tBase: 0, geometry: Stream.geometry) })
    } setup: {
      try encoded(encoding)
    }
    Benchmark("encode \(encoding.rawValue)", configuration: .init(scalingFactor: .one)) { _ in
      blackHole(try encoded(encoding))
    }
  }
}

private func encoded(_ encoding: WireEncoding) throws -> [UInt8] {
  var bytes: [UInt8] = []
  try encoding.encode(Stream.events, range: Stream.events.indices, tBase: 0, into: &bytes)
  return bytes
}
