import Events

/// The recordings to send, in the order of each pass.
struct Playlist {
  private var files: [LabelledRecording] = []
  private var sets: [LabelledSet] = []

  /// - Throws: ``RecordingError`` for what is neither a recording nor a labelled set.
  init(_ paths: [String]) throws(RecordingError) {
    for path in paths {
      let set = try LabelledSet(path: path)
      if set.recordings.map(\.path) == [set.path] {
        files += set.recordings
      } else {
        sets.append(set)
      }
    }
  }

  /// Recordings in a pass.
  var count: Int { files.count + sets.reduce(0) { $0 + $1.recordings.count } }

  /// Single files first, as given; then each set, shuffled by `seed` and the pass, or as listed.
  func order(seed: UInt64?, pass: Int) -> [LabelledRecording] {
    files + sets.flatMap { $0.order(seed: seed, pass: pass) }
  }
}
