import ArgumentParser
import Events
import Service
import ToolSupport
import Transport

struct Keygen: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen",
    abstract: "Make a pair of CURVE keys, for an engine or for one of its clients.",
    discussion: """
      Writes NAME.key, which only NAME may ever see, and NAME.pub, which the other side needs. Existing files are left \
      alone. Both are certificates as CZMQ and pyzmq read them.

      EXAMPLES
        afferent keygen engine --folder keys             keys of the engine
        afferent keygen cam1 --folder keys/cam1          keys of a client
        cp keys/cam1/cam1.pub authorized_clients/        let it in everywhere
        cp keys/cam1/cam1.pub authorized_clients/events/ let it in as a source of events only
      """)

  @Argument(help: "Name of the files: letters, digits, dots, dashes, underscores.")
  var name: String
  @Option(help: "Where to write them; made if it is missing.")
  var folder = "."

  func validate() throws {
    guard Topic.isSource(name), !name.hasPrefix("."), !name.hasPrefix("-") else {
      throw ValidationError(
        "the name \"\(name)\" is not 1 to 64 letters, digits, dots, dashes or underscores")
    }
  }

  func run() throws {
    try ExitStatus.report("afferent keygen") {
      let files = try KeyFile.write(.generate(), name: name, folder: folder)
      Terminal.line(
        """
        \(files.secretKey)  secret, for \(name) only
        \(files.publicKey)  public

        For an engine, say in its configuration
          security: {key: \(files.secretKey), authorized_clients: authorized_clients}
        and give \(files.publicKey) to its clients.
        For a client, put \(files.publicKey) into the engine's folder authorized_clients, and start
          afferent-watch --key \(files.secretKey) --server-key ENGINE.pub
        """)
    }
  }
}
