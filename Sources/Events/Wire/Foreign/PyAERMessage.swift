/// A message of PyAER: `<device>/<data> | unix time in ns as text | array | {"dtype", "shape"}`. Where nothing happened, the
/// last two frames are the word `None`.
enum PyAERMessage {
  static func decode(
    _ frames: [UnsafeRawBufferPointer], limits: EventMessage.Limits
  ) throws(WireError) -> EventMessage? {
    let topic = String(decoding: frames[0].prefix(256), as: UTF8.self)
    guard let slash = topic.lastIndex(of: "/") else {
      throw WireError(
        .topic, "the topic \"\(WireError.excerpt(topic))\" is not <device>/<data>, as PyAER's are")
    }
    guard topic[slash...] == "/polarity_events" else { return nil }
    guard frames.count == 4 else {
      throw WireError(.frames, "\(frames.count) frames of polarity events; PyAER sends 4")
    }
    guard !frames[3].elementsEqual("None".utf8) else { return nil }
    let device = frames[0].prefix { $0 != UInt8(ascii: "/") }
    return try NumpyArray(frames[3]).message(
      source: MessageFormat.source(UnsafeRawBufferPointer(rebasing: device)), frames[2], limits)
  }
}
