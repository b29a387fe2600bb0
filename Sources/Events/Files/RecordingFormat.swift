/// A recording file format.
public enum RecordingFormat: String, Sendable, Codable, CaseIterable {
  /// AEDAT 2.0, as jAER writes it; see ``AEDAT2Codec``.
  case aedat2
  /// AEDAT 3.1, and the recordings of DVS128 Gesture; see ``AEDAT3Codec``.
  case aedat3
  /// AEDAT 4, as DV writes it; see ``AEDAT4Codec``.
  case aedat4
  /// Five-byte records of N-MNIST, N-Caltech101 and SLAYER's `.bs2`; see ``NMNISTCodec``.
  case nmnist

  /// How its files are read and written.
  public var codec: any RecordingCodec.Type {
    switch self {
    case .aedat2: AEDAT2Codec.self
    case .aedat3: AEDAT3Codec.self
    case .aedat4: AEDAT4Codec.self
    case .nmnist: NMNISTCodec.self
    }
  }

  /// What the format is called in messages, with its usual file name ending.
  public var title: String {
    switch self {
    case .aedat2: "AEDAT 2.0 (.aedat)"
    case .aedat3: "AEDAT 3.1 (.aedat)"
    case .aedat4: "AEDAT 4 (.aedat4)"
    case .nmnist: "N-MNIST, N-Caltech101 or SLAYER (.bin, .bs2)"
    }
  }

  /// Tells the format of a file by its beginning.
  ///
  /// Formats with a signature come first, headerless ones last.
  ///
  /// - Throws: ``RecordingError/unknownFormat(path:reason:)``, and what a format itself refuses; without a path.
  public init(of head: RecordingHead) throws(RecordingError) {
    for format in Self.allCases where try format.codec.recognises(head) {
      self = format
      return
    }
    throw .unknownFormat(path: nil, reason: Self.guess(head))
  }

  /// Files that are taken for recordings now and then are named.
  private static func guess(_ head: RecordingHead) -> String {
    if let text = head.kindOfText { return "it begins like \(text)" }
    return "it has no known signature, and as records without a header its times are disordered"
  }
}
