extension RecordingFormat {
  /// What the names of files end in.
  ///
  /// Where an ending serves several formats it stands for the newest: EVT 3.0 for `.raw`, version 2 for `.dat`, AEDAT 3.1 for
  /// `.aedat`.
  static let endings: [String: RecordingFormat] = [
    "aedat": .aedat3, "aedat2": .aedat2, "aedat31": .aedat3, "aedat4": .aedat4, "raw": .evt3,
    "dat": .dat2, "es": .es, "npy": .npy, "csv": .csv, "txt": .rpg, "bin": .nmnist,
    "bs2": .nmnist, "bs3": .slayer3,
  ]

  /// The format that a file to be written called `name` is meant to have, by its ending.
  ///
  /// Files that are read are told by what they hold, never by their names.
  public init?(fileName name: String) {
    guard let dot = name.lastIndex(of: "."),
      let format = Self.endings[name[name.index(after: dot)...].lowercased()]
    else { return nil }
    self = format
  }
}
