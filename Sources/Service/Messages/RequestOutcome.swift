/// How a request that changes something went.
enum RequestOutcome {
  case done(String)
  case refused(String)

  /// The answer to whoever asked.
  var json: [UInt8] {
    switch self {
    case .done(let text): ServiceJSON.encode(RequestReceipt(done: text))
    case .refused(let text): ServiceJSON.encode(RequestRefusal(error: text))
    }
  }
}
