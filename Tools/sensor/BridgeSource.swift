import Events
import Foundation

/// Where a bridge takes its events from, such as `faery-udp://127.0.0.1:7777?format=t32_x16_y15_on1`.
struct BridgeSource: Equatable {
  /// The protocols, by the names that addresses begin with.
  enum Kind: String, CaseIterable {
    case spif = "spif-udp"
    case aestream = "aestream-udp"
    case faery = "faery-udp"
    case jaer = "jaer-udp"
    case libcaerUDP = "libcaer-udp"
    case libcaerTCP = "libcaer-tcp"
    case dv = "dv-tcp"

    var isStream: Bool { self == .libcaerTCP || self == .dv }
  }

  /// Why an address cannot be used.
  struct Refusal: Error, CustomStringConvertible {
    let description: String
  }

  let kind: Kind
  let host: String
  let port: UInt16
  private let options: [String: String]
  let text: String

  /// - Throws: ``Refusal``.
  init(_ text: String) throws(Refusal) {
    let names = Kind.allCases.map(\.rawValue).joined(separator: ", ")
    guard let parts = URLComponents(string: text), let kind = Kind(rawValue: parts.scheme ?? ""),
      let host = parts.host, !host.isEmpty, let port = UInt16(exactly: parts.port ?? 0), port > 0
    else {
      throw Refusal(
        description: "\"\(text)\" is not PROTOCOL://HOST:PORT with one of the protocols \(names)")
    }
    var options: [String: String] = [:]
    for item in parts.queryItems ?? [] {
      guard let choices = Self.choices[kind]?[item.name], let value = item.value,
        choices.contains(value)
      else {
        let known = (Self.choices[kind] ?? [:]).sorted { $0.key < $1.key }
          .map { "\($0.key)=\($0.value.joined(separator: "|"))" }.joined(separator: ", ")
        throw Refusal(
          description: "\"\(item.name)=\(item.value ?? "")\" in \"\(text)\"; known there: "
            + (known.isEmpty ? "nothing" : known))
      }
      options[item.name] = value
    }
    (self.kind, self.host, self.port, self.options, self.text) = (kind, host, port, options, text)
  }

  /// What can be chosen behind the question mark; the first of each is the default.
  private static let choices: [Kind: [String: [String]]] = [
    .faery: ["format": FaeryDatagrams.encodings.map(\.rawValue)],
    .jaer: [
      "chip": JAERDatagrams.Chip.allCases.map(\.rawValue), "sequence": ["yes", "no"],
      "order": ["address", "time"], "endian": ["big", "little"],
    ],
  ]

  /// A decoder for a new connection.
  func decoder(_ geometry: SensorGeometry) -> any BridgeDecoder {
    switch kind {
    case .spif: return SpifDatagrams(.spif)
    case .aestream: return SpifDatagrams(.aestream)
    case .faery:
      return FaeryDatagrams(
        options["format"].flatMap(WireEncoding.init(rawValue:)) ?? .t64x16y16on8)
    case .jaer:
      var layout = JAERDatagrams.Options()
      layout.isNumbered = options["sequence"] != "no"
      layout.isAddressFirst = options["order"] != "time"
      layout.isBigEndian = options["endian"] != "little"
      let chip = options["chip"].flatMap(JAERDatagrams.Chip.init(rawValue:))
      return JAERDatagrams(chip ?? .init(geometry), geometry: geometry, options: layout)
    case .libcaerUDP: return LibcaerNetwork(datagrams: true)
    case .libcaerTCP: return LibcaerNetwork(datagrams: false)
    case .dv: return DVNetwork()
    }
  }
}
