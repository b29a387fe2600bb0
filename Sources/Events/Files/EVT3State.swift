extension EVT3Codec {
  /// What words have set but for TIME_HIGH: lower bits of the time, row, and base of vectors.
  ///
  /// One number with a field of 16 bits for each, so that any word changes it the same way.
  struct State: Sendable {
    private var fields: UInt64 = 0
    private static let rowShift: UInt64 = 16
    private static let baseShift: UInt64 = 32

    /// What a type of word does.
    struct Effect: Sendable {
      /// Fields that stay.
      fileprivate var kept = UInt64.max
      /// What puts the content of the word in its field; 0 if it has none.
      fileprivate var factor: UInt64 = 0
      /// 1 for an event.
      fileprivate(set) var events = 0
    }

    /// The effects by type; vectors and TIME_HIGH are not told here.
    static let effects: [Effect] = {
      var effects = [Effect](repeating: Effect(), count: 16)
      func set(_ type: UInt16, _ shift: UInt64) {
        effects[Int(type)] = Effect(kept: ~(0xFFFF << shift), factor: 1 << shift)
      }
      set(Word.timeLow, 0)
      set(Word.row, rowShift)
      set(Word.base, baseShift)
      effects[Int(Word.event)].events = 1
      return effects
    }()

    /// Lower bits of the time.
    @inline(__always)
    var low: Int64 { Int64(fields & 0xFFF) }

    /// The row, without the bit that tells of which of two cameras it is.
    @inline(__always)
    var row: UInt16 { UInt16(truncatingIfNeeded: fields >> Self.rowShift) & 0x7FF }

    /// x of the next vector, with its polarity in bit 11.
    @inline(__always)
    var base: UInt16 { UInt16(truncatingIfNeeded: fields >> Self.baseShift) }

    @inline(__always)
    mutating func set(_ content: UInt16, _ effect: Effect) {
      fields = fields & effect.kept | UInt64(content) &* effect.factor
    }

    @inline(__always)
    mutating func clearLow() { fields &= ~0xFFFF }

    /// Moves x behind the pixels of a vector.
    @inline(__always)
    mutating func moveBase(after word: UInt16) {
      let step: UInt16 = word >> 12 == Word.vector12 ? 12 : 8
      let base = base & 0x800 | (base &+ step) & 0x7FF
      fields = fields & ~(0xFFFF << Self.baseShift) | UInt64(base) << Self.baseShift
    }
  }
}
