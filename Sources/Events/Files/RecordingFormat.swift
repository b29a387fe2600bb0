/// A recording file format. Their order is that in which a file is recognised: signatures first, records without a header last.
public enum RecordingFormat: String, Sendable, Codable, CaseIterable {
  /// AEDAT 2.0, as jAER writes it; see ``AEDAT2Codec``.
  case aedat2
  /// AEDAT 3.1, and the recordings of DVS128 Gesture; see ``AEDAT3Codec``.
  case aedat3
  /// AEDAT 4, as DV writes it; see ``AEDAT4Codec``.
  case aedat4
  /// Prophesee EVT 2.0; see ``EVT2Codec``.
  case evt2
  /// Prophesee EVT 2.1; see ``EVT21Codec``.
  case evt21
  /// Prophesee EVT 3.0; see ``EVT3Codec``.
  case evt3
  /// Prophesee DAT, version 1; see ``DATCodec``.
  case dat1
  /// Prophesee DAT, version 2; see ``DATCodec``.
  case dat2
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
    case .aedat2: AEDAT2Codec.self
    case .aedat3: AEDAT3Codec.self
    case .aedat4: AEDAT4Codec.self
    case .evt2: EVT2Codec.self
    case .evt21: EVT21Codec.self
    case .evt3: EVT3Codec.self
    case .dat1: DATCodec<DAT1>.self
    case .dat2: DATCodec<DAT2>.self
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
    case .aedat2: "AEDAT 2.0 (.aedat)"
    case .aedat3: "AEDAT 3.1 (.aedat)"
    case .aedat4: "AEDAT 4 (.aedat4)"
    case .evt2: "Prophesee EVT 2.0 (.raw)"
    case .evt21: "Prophesee EVT 2.1 (.raw)"
    case .evt3: "Prophesee EVT 3.0 (.raw)"
    case .dat1: "Prophesee DAT version 1 (.dat)"
    case .dat2: "Prophesee DAT version 2 (.dat)"
    case .es: "Event Stream (.es)"
    case .npy: "numpy structured array (.npy)"
    case .csv: "CSV with a header (.csv)"
    case .rpg: "text, t x y p with t in seconds (.txt)"
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
    guard !head.bytes.isEmpty else { throw .unknownFormat(path: nil, reason: "it is empty") }
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
