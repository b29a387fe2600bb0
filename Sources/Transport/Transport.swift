import CZMQ

/// Facts about the libzmq that this process runs with.
public enum Transport {
  /// The version of the loaded libzmq, such as "4.3.4".
  public static var version: String {
    var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
    zmq_version(&major, &minor, &patch)
    return "\(major).\(minor).\(patch)"
  }

  /// Whether libzmq was built with a capability, such as "curve", "ipc" or "draft".
  public static func has(_ capability: String) -> Bool {
    zmq_has(capability) == 1
  }
}
