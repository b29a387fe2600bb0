import Events

extension FuzzInput.Target {
  /// Every file format; the name is that of the format.
  static let recordings = RecordingFormat.allCases.map { format in
    recording(format.codec, name: format.rawValue)
  }

  private static func recording<Codec: RecordingCodec>(
    _ codec: Codec.Type, name: String
  ) -> FuzzInput.Target {
    FuzzInput.Target(name: name) { bytes, how in
      let whole = RecordingReading<Codec>(bytes)
      switch how % 4 {
      case 1:
        // A file that comes in pieces is the same file.
        let pieces = RecordingReading<Codec>(bytes, pieces: Int(how >> 2) + 1)
        guard pieces.events == whole.events, pieces.error == whole.error else {
          violated("\(name): pieces of \(Int(how >> 2) + 1) bytes change the reading")
        }
      case 2: checkWriting(codec, whole, name)
      case 3: _ = try? Codec.recognises(RecordingHead(bytes: bytes, fileSize: bytes.count))
      default: break
      }
    }
  }

  /// What is written from the events of a file is read as the same events, or not written at all.
  private static func checkWriting<Codec: RecordingCodec>(
    _ codec: Codec.Type, _ reading: RecordingReading<Codec>, _ name: String
  ) {
    let layout = RecordingLayout(
      geometry: reading.geometry ?? SensorGeometry(width: 1280, height: 720))
    guard let bytes = try? Codec.encode(reading.events, layout: layout) else { return }
    let again = bytes.withUnsafeBytes { RecordingReading<Codec>($0) }
    guard again.error == nil, again.events == reading.events else {
      violated("\(name): what was written is read otherwise: \(String(describing: again.error))")
    }
  }
}

/// What a decoder makes of a file.
private struct RecordingReading<Codec: RecordingCodec> {
  private(set) var events = EventBatch()
  private(set) var error: RecordingError?
  private(set) var geometry: SensorGeometry?

  /// - Parameter pieces: bytes handed in at a time; nothing for all at once.
  init(_ bytes: UnsafeRawBufferPointer, pieces: Int? = nil) {
    do throws(RecordingError) {
      try read(bytes, pieces: pieces ?? bytes.count)
    } catch {
      self.error = error
    }
  }

  private mutating func read(
    _ bytes: UnsafeRawBufferPointer, pieces: Int
  ) throws(RecordingError) {
    var decoder = Codec.Decoder()
    var hasHeader = false
    var (start, end) = (0, min(pieces, bytes.count))
    while true {
      let isLast = end == bytes.count
      let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      var taken: Int?
      if hasHeader {
        taken = try decoder.decode(piece, at: start, isLast: isLast, into: &events)
      } else {
        taken = try decoder.readHeader(piece, isLast: isLast)
        geometry = decoder.geometry
      }
      if let taken, taken < 0 || taken > piece.count { violated("more taken in than there is") }
      start += taken ?? 0
      if let taken, !hasHeader || taken > 0 {
        hasHeader = true
        continue
      }
      if isLast {
        guard start == end else {
          throw .truncated(path: nil, offset: start, bytes: end - start)
        }
        return
      }
      // A header is read again with every piece: larger ones, or a slow format would take all the time.
      end = min(end + (hasHeader ? pieces : 64 * pieces), bytes.count)
    }
  }
}
