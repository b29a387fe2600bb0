import Foundation
import Service
import ToolSupport
import Transport

/// Answers browsers and Prometheus: the page and its parts, the stream of what is new, and the metrics.
struct DashboardServer: Sendable {
  let board: LiveBoard
  let context: Context
  let engine: EngineOptions
  /// Names that a browser may call this machine by; another one means that somebody else's page leads here.
  let hostNames: Set<String>

  /// Reads a request and answers it.
  func serve(_ connection: HTTPConnection) {
    do throws(HTTPConnection.Refusal) {
      try answer(try connection.readRequest(), connection)
    } catch {
      switch error {
      case .silence: break
      case .tooLong:
        connection.drain()
        connection.answer("431 Request Header Fields Too Large", Array("too long\n".utf8))
      case .malformed: connection.answer("400 Bad Request", Array("not a request\n".utf8))
      }
    }
  }

  private func answer(
    _ request: HTTPRequest, _ connection: HTTPConnection
  ) throws(HTTPConnection.Refusal) {
    // A name that an outsider controls may lead here; an address in numbers cannot.
    let name = request.hostName
    guard hostNames.contains(name) || HTTPAddress.isLiteral(name) else {
      return connection.answer("403 Forbidden", Array("not by this name\n".utf8))
    }
    // A link may lead to the page. All else is for the page itself: streams are few, and another's page could hold them all.
    guard request.path == "/" || !request.isFromElsewhere else {
      return connection.answer("403 Forbidden", Array("not for other pages\n".utf8))
    }
    guard request.method == "GET" || request.method == "HEAD" else {
      return connection.answer(
        "405 Method Not Allowed", Array("GET only\n".utf8), extra: ["Allow: GET, HEAD"])
    }
    let isHead = request.method == "HEAD"
    switch request.path {
    case "/events" where !isHead: stream(connection)
    case "/metrics": metrics(connection, isHead)
    case "/favicon.ico": connection.answer("204 No Content", [])
    default:
      guard let file = Page.file(request.path) else {
        return connection.answer("404 Not Found", Array("not here\n".utf8), isHead: isHead)
      }
      connection.answer("200 OK", type: file.type, file.bytes, isHead: isHead)
    }
  }

  private func stream(_ connection: HTTPConnection) {
    guard connection.send(HTTPConnection.head("200 OK", type: "text/event-stream", [])) else {
      return
    }
    board.changeViewers(by: 1)
    defer { board.changeViewers(by: -1) }
    var seen = 0
    // A browser that is gone shows when nothing can be sent to it.
    while connection.send(board.next(after: &seen, timeout: 5)) {
      Thread.sleep(forTimeInterval: 0.04)
    }
  }

  private func metrics(_ connection: HTTPConnection, _ isHead: Bool) {
    let text: String
    do {
      let client = try engine.client(in: context)
      text = try PrometheusText.text(status: client.statusJSON(timeout: .seconds(2)))
    } catch {
      // With success: of anything else Prometheus does not read the body.
      text = PrometheusText.down
    }
    connection.answer("200 OK", type: PrometheusText.contentType, Array(text.utf8), isHead: isHead)
  }
}
