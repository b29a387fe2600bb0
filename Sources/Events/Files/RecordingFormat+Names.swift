extension RecordingFormat {
  /// The format that a file to be written called `name` is meant to have, by its ending.
  ///
  /// Where an ending serves several formats it is the newest: EVT 3.0 for `.raw`, version 2 for `.dat`, AEDAT 3.1 for
  /// `.aedat`. Files that are read are told by what they hold, never by their names.
  public init?(fileName name: String) {
    guard let dot = name.lastIndex(of: ".") else { return nil }
    let formats = [
      "bin": "nmnist", "bs2": "nmnist", "bs3": "slayer3", "aedat": "aedat3", "aedat2": "aedat2",
      "aedat4": "aedat4", "raw": "evt3", "dat": "dat2", "es": "es", "txt": "rpg", "csv": "csv",
      "npy": "npy",
    ]
    guard let format = formats[name[name.index(after: dot)...].lowercased()] else { return nil }
    self.init(rawValue: format)
  }
}
