import Events

/// A sample of bounded size of a stream of labelled things, as even over the classes as the stream allows, and within each
/// class a fair sample of all that came.
///
/// Class-balancing reservoir sampling (Chrysakis and Moens 2020, "Online continual learning from imbalanced data",
/// algorithm 1):
///
/// - While there is room, everything is kept.
/// - Then a thing of a class that was never the largest takes the place of a random one of the largest class.
/// - A thing of a class that is or was the largest, of which m are kept and n came, takes the place of a random one of its
///   own class with probability m/n (Vitter 1985, algorithm R), and is dropped otherwise.
struct ClassBalancedReservoir<Element> {
  let capacity: Int
  private(set) var items: [(label: Int, element: Element)] = []
  /// By class: how many came.
  private(set) var seen: [Int]
  /// By class: whether it is or was the largest.
  private(set) var wasLargest: [Bool]
  /// By class: how many are kept.
  private(set) var kept: [Int]

  /// - Parameter capacity: at least 1.
  init(capacity: Int, classes: Int) {
    self.capacity = capacity
    seen = [Int](repeating: 0, count: classes)
    kept = seen
    wasLargest = [Bool](repeating: false, count: classes)
  }

  /// Takes the next of the stream in, or not. `element` is asked for where it is kept only.
  mutating func add(
    label: Int, random: inout SplitMix64, _ element: () -> Element
  ) {
    seen[label] += 1
    guard items.count >= capacity else {
      items.append((label, element()))
      kept[label] += 1
      return
    }
    let largest = kept.max() ?? 0
    for index in kept.indices where kept[index] == largest { wasLargest[index] = true }
    if wasLargest[label] {
      guard random.nextInteger(below: seen[label]) < kept[label] else { return }
      replace(random.nextInteger(below: kept[label]), label, element()) { $0 == label }
    } else {
      let counts = kept
      let candidates = items.count { counts[$0.label] == largest }
      replace(random.nextInteger(below: candidates), label, element()) {
        counts[$0] == largest
      }
    }
  }

  /// Puts a thing in the place of number `position` of those whose class `isCandidate`.
  private mutating func replace(
    _ position: Int, _ label: Int, _ element: Element, where isCandidate: (Int) -> Bool
  ) {
    var left = position
    for index in items.indices where isCandidate(items[index].label) {
      guard left == 0 else {
        left -= 1
        continue
      }
      kept[items[index].label] -= 1
      kept[label] += 1
      items[index] = (label, element)
      return
    }
  }

  /// Takes over what ``items``, ``seen`` and ``wasLargest`` gave; while there are more than fit, random ones of the largest
  /// class are dropped.
  mutating func restore(
    items: [(label: Int, element: Element)], seen: [Int], wasLargest: [Bool],
    random: inout SplitMix64
  ) {
    self.items = items
    (self.seen, self.wasLargest) = (seen, wasLargest)
    kept = [Int](repeating: 0, count: seen.count)
    for item in items { kept[item.label] += 1 }
    while self.items.count > capacity {
      let largest = kept.max() ?? 0
      let candidates = self.items.indices.filter { kept[self.items[$0].label] == largest }
      let removed = self.items.remove(at: candidates[random.nextInteger(below: candidates.count)])
      kept[removed.label] -= 1
    }
  }
}
