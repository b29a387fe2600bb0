import ArgumentParser

/// How the tools end, so that scripts can tell why.
public enum ExitStatus {
  /// Something went wrong on the way: a file, a socket, a message.
  public static let failed = ExitCode(1)
  /// It ran, but a check did not hold: events were lost, copies differ.
  public static let checkFailed = ExitCode(3)
  /// Nobody answered in time.
  public static let noAnswer = ExitCode(4)

  /// Runs the work of `tool`; an error is told in one line and ends it with ``failed``.
  public static func report(_ tool: String, _ work: () throws -> Void) throws {
    do {
      try work()
    } catch let code as ExitCode {
      throw code
    } catch {
      Terminal.note("\(tool): \(error)")
      throw failed
    }
  }
}
