/// Reads the FlatBuffers of AEDAT 4: nothing is taken on trust, and what does not lie inside the bytes is nothing.
///
/// A table begins with the distance back to its vtable; a vtable holds its size, the table's size, and for each field where
/// it stands in the table, 0 for absent ones (FlatBuffers, "Internals").
struct FlatBuffer {
  /// What follows the size that stands in front.
  private let bytes: UnsafeRawBufferPointer

  /// - Parameter identifier: the four characters that tell the schema.
  init?(sizePrefixed bytes: UnsafeRawBufferPointer, identifier: String) {
    guard bytes.count >= 12 else { return nil }
    let size = Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
    guard size >= 8, size <= bytes.count - 4 else { return nil }
    self.bytes = UnsafeRawBufferPointer(rebasing: bytes[4..<4 + size])
    guard self.bytes[4..<8].elementsEqual(identifier.utf8) else { return nil }
  }

  /// Where the table stands that the buffer is about.
  var root: Int? { load(at: 0, UInt32.self).map(Int.init) }

  func load<Value: FixedWidthInteger>(at place: Int, _ type: Value.Type) -> Value? {
    guard place >= 0, place <= bytes.count - MemoryLayout<Value>.size else { return nil }
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Value.self))
  }

  /// Where field `index` of the table at `table` stands; nothing where it is absent.
  func place(ofField index: Int, in table: Int) -> Int? {
    guard let distance = load(at: table, Int32.self) else { return nil }
    let vtable = table - Int(distance)
    guard let size = load(at: vtable, UInt16.self), 4 + 2 * index + 2 <= Int(size),
      let place = load(at: vtable + 4 + 2 * index, UInt16.self), place != 0
    else { return nil }
    return table + Int(place)
  }

  /// What the offset at `place` points to.
  func target(at place: Int) -> Int? {
    load(at: place, UInt32.self).map { place + Int($0) }
  }

  /// The elements of the vector that the offset at `place` points to, of `stride` bytes each.
  func vector(at place: Int, stride: Int) -> (start: Int, count: Int)? {
    guard let vector = target(at: place), let count = load(at: vector, UInt32.self),
      Int(count) <= (bytes.count - vector - 4) / stride
    else { return nil }
    return (vector + 4, Int(count))
  }

  func slice(_ start: Int, count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])
  }
}
