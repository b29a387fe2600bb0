import Transport

extension Frame {
  /// Calls `body` with the bytes of all frames, which are not copied.
  static func withBytes<Result, Failure: Error>(
    of frames: [Frame], _ body: ([UnsafeRawBufferPointer]) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    func descend(
      _ buffers: [UnsafeRawBufferPointer]
    ) throws(Failure) -> Result {
      guard buffers.count < frames.count else { return try body(buffers) }
      return try frames[buffers.count].withUnsafeBytes { buffer throws(Failure) in
        try descend(buffers + [buffer])
      }
    }
    return try descend([])
  }
}

extension String {
  /// What comes from outside must not break the lines of a log: control characters are spelt out.
  var withoutControls: String {
    unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .format:
        text += scalar.escaped(asASCII: true)
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
