import CFuzzer
import FuzzTargets

/// libFuzzer with ``FuzzInput``; the arguments are libFuzzer's.
@main
struct Fuzz {
  static func main() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    let status = LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
      FuzzInput.run(UnsafeRawBufferPointer(start: bytes, count: count))
      return 0
    }
    fatalError("libFuzzer came back with \(status)")
  }
}
