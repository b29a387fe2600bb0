/// A recording file format.
public enum RecordingFormat: String, Sendable, Codable, CaseIterable {
  /// Event Stream `.es`, change detections; see ``EventStreamCodec``.
  case es
  /// Structured arrays of numpy, `.npy`; see ``NPYCodec``.
  case npy
  /// CSV with a header; see ``CSVCodec``.
  case csv
  /// Text "t x y p" with times in seconds; see ``RPGTextCodec``.
  case rpg
  /// Five-byte records of N-MNIST, N-Caltech101 and SLAYER's `.bs2`; see ``NMNISTCodec``.
  case nmnist
  /// Seven-byte records of SLAYER's `.bs3`; see ``SLAYER3DCodec``.
  case slayer3

  /// How its files are read and written.
  public var codec: any RecordingCodec.Type {
    switch self {
    case .es: EventStreamCodec.self
    case .npy: NPYCodec.self
    case .csv: CSVCodec.self
    case .rpg: RPGTextCodec.self
    case .nmnist: NMNISTCodec.self
    case .slayer3: SLAYER3DCodec.self
    }
  }

  /// What the format is called in messages, with its usual file name ending.
  public var title: String {
    switch self {
    case .es: "Event Stream (.es)"
    case .npy: "numpy structured array (.npy)"
    case .csv: "CSV with a header (.csv)"
    case .rpg: "text t x y p (.txt)"
    case .nmnist: "N-MNIST, N-Caltech101 or SLAYER (.bin, .bs2)"
    case .slayer3: "SLAYER with wide addresses (.bs3)"
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
