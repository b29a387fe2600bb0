import Benchmark
import Events
import Transport

/// Two sockets of one thread.
private final class Pair {
  let push: Socket
  let pull: Socket
  var writer: EventMessageWriter
  let limits = EventMessage.Limits(geometry: Stream.geometry, classes: Stream.classes)

  init(_ form: EventMessageWriter.HeaderForm) throws {
    let context = try Context()
    pull = try Socket(.pull, in: context)
    try pull.bind("inproc://benchmark")
    push = try Socket(.push, in: context)
    try push.connect("inproc://benchmark")
    writer = EventMessageWriter(source: "bench", geometry: Stream.geometry, headerForm: form)
  }

  /// A message is written, sent, received and read.
  func send(_ events: Int) throws {
    let frames = try writer.events(Stream.events, range: 0..<events, tBase: 0)
    try push.send(frames.map { Frame(adopting: $0) })
    guard let received = try pull.receive(), received.count == 3 else { return }
    try received[0].withUnsafeBytes { topic in
      try received[1].withUnsafeBytes { header in
        try received[2].withUnsafeBytes { payload in
          blackHole(try EventMessage.decode([topic, header, payload], limits: limits))
        }
      }
    }
  }
}

/// From a batch to a batch, through a pair of sockets within the process.
func messageBenchmarks() {
  for form in [EventMessageWriter.HeaderForm.binary, .json] {
    for events in [14, 1000] {
      Benchmark("message of \(events) events, \(form.rawValue) header") { benchmark, pair in
        for _ in benchmark.scaledIterations { try pair.send(events) }
      } setup: {
        try Pair(form)
      }
    }
  }
}
