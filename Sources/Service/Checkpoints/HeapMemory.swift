import CMalloc

/// What the C library does with memory that was given back. Copies of everything that the engine knows come and go, and what
/// they leave behind must not pile up between what stays.
public enum HeapMemory {
  /// Blocks of a megabyte or more are taken from the system and go back to it, always. (Left to itself, Glibc raises its limit
  /// with each large block that is freed, and keeps the next one in its heap.) To be called before the first thread starts.
  public static func returnsLargeBlocks() { mallopt(M_MMAP_THRESHOLD, 1 << 20) }

  /// Gives back what is free at present.
  static func trim() { malloc_trim(0) }
}
