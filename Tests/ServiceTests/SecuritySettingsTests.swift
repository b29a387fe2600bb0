import Foundation
import Learning
import Service
import Testing
import Transport

/// Settings, files and folders that an engine refuses to be secured with.
@Suite struct SecuritySettingsTests {
  private func refusal(of yaml: String) throws -> String {
    do {
      let read = try EngineConfiguration.parse(yaml)
      throw Stuck(description: "taken without a word: \(read.endpoints)")
    } catch let error as ConfigurationError {
      return error.description
    }
  }

  @Test(arguments: [
    "tcp://*:5580", "tcp://0.0.0.0:5580", "@tcp://[::]:5580", "tcp://eth0:5580", "@tcp://lo:1",
    "tcp://192.168.1.20:5580", "tcp://[fe80::1]:5580",
  ])
  func otherMachinesNeedAKeyOrTwoWords(_ endpoint: String) throws {
    let bare = endpoint.drop { $0 == "@" }
    for socket in ["events", "output", "requests"] {
      let yaml = "endpoints: {\(socket): [\"tcp://127.0.0.1:1\", \"\(endpoint)\"]}\n"
      let text = try refusal(of: yaml)
      #expect(text.hasPrefix("\(bare) can be reached from other machines"), "\(text)")
      #expect(text.contains("security.allow_plaintext: true and the flag --allow-plaintext"))
      #expect(text.contains("afferent keygen"))
      let allowed = try EngineConfiguration.parse(yaml + "security: {allow_plaintext: true}\n")
      #expect(allowed.openEndpoints == [String(bare)])
      let secured = try EngineConfiguration.parse(
        yaml + "security: {key: k, authorized_clients: c}\n")
      #expect(secured.openEndpoints.isEmpty)
    }
  }

  @Test(arguments: [
    "tcp://127.0.0.1:*", "tcp://[::1]:9", "ipc:///run/afferent/events.ipc", ">tcp://10.0.0.1:9",
  ])
  func thisMachineNeedsNoKey(_ endpoint: String) throws {
    let configuration = try EngineConfiguration.parse("endpoints: {events: [\"\(endpoint)\"]}\n")
    #expect(configuration.openEndpoints.isEmpty)
  }

  @Test(arguments: [
    ("security: {key: k}\n", "not security.authorized_clients"),
    ("security: {authorized_clients: c}\n", "authorized_clients is c, but security.key is empty"),
    ("security: {server_key: s}\n", "server_key is s, but security.key is empty"),
    (
      "security: {key: k, authorized_clients: c}\nendpoints: {events: [\">tcp://h:1\"]}\n",
      "endpoints.events connects out; with security.key it needs security.server_key"
    ),
    (
      "security: {key: k, authorized_clients: c, server_key: s}\n"
        + "endpoints: {output: [\">tcp://h:1\", \"@tcp://127.0.0.1:2\"]}\n",
      "endpoints.output binds and connects"
    ),
    (
      "security: {key: k, authorized_clients: c}\nendpoints: {requests: [\"tipc://{1,0,0}\"]}\n",
      "tipc://{1,0,0} cannot be secured"
    ),
  ])
  func whatLeavesADoorOpenIsRefused(_ yaml: String, _ mention: String) throws {
    let text = try refusal(of: yaml)
    #expect(text.contains(mention), "\(text)")
  }

  @Test func anEngineWithoutUsableKeysDoesNotStart() throws {
    let keys = try Keys()
    let path = "\(keys.folder.path)/engine.key"
    func refusal(_ change: (inout EngineConfiguration) -> Void) -> String {
      do {
        _ = try keys.runningEngine(change)
        return "started"
      } catch {
        return "\(error)"
      }
    }
    #expect(refusal { $0.security.key = "nowhere" }.hasPrefix("nowhere: the key cannot be read"))
    #expect(refusal { $0.security.key = "\(keys.folder.path)/engine.pub" }.contains("engine.pub: "))
    #expect(refusal { $0.security.serverKey = path }.hasSuffix("give the file with the public one"))
    #expect(
      refusal { $0.security.authorizedClients = "nowhere" }
        .hasPrefix("security.authorized_clients: nowhere cannot be used"))
    #expect(refusal { $0.security.authorizedClients = path }.hasSuffix("is not a folder"))
    chmod(keys.clients, 0o775)
    #expect(refusal { _ in }.contains("can be written to by others (its mode is 775)"))
    chmod(keys.clients, 0o755)
    for mode in [0o640, 0o604, 0o620] as [mode_t] {
      chmod(path, mode)
      #expect(refusal { _ in }.contains("others may read this secret key"))
    }
    chmod(path, 0o400)
    #expect(refusal { _ in } == "started")
  }

  @Test func localSocketsAreTheirOwnersOnly() throws {
    let engine = try RunningEngine {
      let folder = try? Folder()
      $0.endpoints.events = ["ipc://\(folder?.path ?? "")/new/events"]
    }
    func mode(_ path: String) -> Int {
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      return (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? -1
    }
    let endpoints = engine.engine.endpoints
    for endpoint in endpoints.events + endpoints.output + endpoints.requests {
      #expect(mode(String(endpoint.dropFirst("ipc://".count))) == 0o600, "\(endpoint)")
    }
    let made = URL(fileURLWithPath: String(endpoints.events[0].dropFirst("ipc://".count)))
    #expect(mode(made.deletingLastPathComponent().path) == 0o700)
    try engine.stop()
    try FileManager.default.removeItem(
      at: made.deletingLastPathComponent().deletingLastPathComponent())
  }

  @Test(arguments: [0o777, 0o1777, 0o720, 0o702] as [mode_t])
  func aFolderThatOthersWriteToHoldsNoSockets(_ mode: mode_t) throws {
    let folder = try Folder()
    chmod(folder.path, mode)
    do {
      _ = try RunningEngine { $0.endpoints.output = ["ipc://\(folder.path)/output.ipc"] }
      Issue.record("sockets in a folder of mode \(String(mode, radix: 8))")
    } catch {
      #expect("\(error)".contains("can be written to by others"), "\(error)")
      #expect("\(error)".hasPrefix("ipc://\(folder.path)/output.ipc: "), "\(error)")
    }
  }

  @Test func keysAreWrittenOnceAndReadBack() throws {
    let folder = try Folder()
    let pair = try CurveKeyPair.generate()
    let place = "\(folder.path)/new"
    let files = try KeyFile.write(pair, name: "cam-1.x", folder: place)
    #expect(files.secretKey == "\(place)/cam-1.x.key" && files.publicKey == "\(place)/cam-1.x.pub")
    #expect(try KeyFile.pair(files.secretKey) == pair)
    #expect(try KeyFile.publicKey(files.publicKey) == pair.publicKey)
    let before = FileManager.default.contents(atPath: files.secretKey)
    for remove in [nil, files.publicKey] as [String?] {
      if let remove { try FileManager.default.removeItem(atPath: remove) }
      #expect(throws: ConfigurationError.self) {
        _ = try KeyFile.write(.generate(), name: "cam-1.x", folder: place)
      }
      #expect(FileManager.default.contents(atPath: files.secretKey) == before)
    }
    #expect(!FileManager.default.fileExists(atPath: files.publicKey), "half a pair")
    #expect(throws: ConfigurationError.self) {
      _ = try KeyFile.write(.generate(), name: "x", folder: files.secretKey)
    }
  }

  @Test func noErrorHoldsAKey() throws {
    let folder = try Folder()
    let pair = try CurveKeyPair.generate()
    let path = "\(folder.path)/key"
    let (secret, open) = (pair.secretKey, pair.publicKey)
    let other = try CurveKeyPair.generate().secretKey
    let contents = [
      String(secret.dropLast()), secret + "0", " \(secret.dropLast()) x", "é" + secret.dropFirst(),
      "secret-key = \"\(secret.dropLast())\"", "secret-key = \(secret)\"\"x",
      "public-key = \"\(open)\"", "public-key = \"\(open)\"\nsecret-key = \"\(other)\"", "#\n", "",
      "# \(secret)\n", "secret-key \"\(secret)\"",
    ]
    for content in contents {
      try Data(content.utf8).write(to: URL(fileURLWithPath: path))
      chmod(path, 0o600)
      do {
        _ = try KeyFile.pair(path)
        Issue.record("taken for a key: \(content)")
      } catch {
        #expect(error.description.hasPrefix("\(path): "))
        #expect(!error.description.contains(secret.prefix(8)), "\(error)")
        #expect(!error.description.contains(other.prefix(8)), "\(error)")
      }
    }
  }

  @Test func publicKeysThatOthersMayChangeAreRefused() throws {
    let keys = try Keys()
    let path = "\(keys.folder.path)/engine.pub"
    for mode in [0o664, 0o646, 0o620] as [mode_t] {
      chmod(path, mode)
      let error = #expect(throws: ConfigurationError.self) { _ = try KeyFile.publicKey(path) }
      let text = "can be written to by others (its mode is \(String(mode, radix: 8)))"
      #expect(error?.description.contains(text) == true, "\(String(describing: error))")
    }
    chmod(path, 0o444)
    #expect(try KeyFile.publicKey(path) == keys.engine.publicKey)
    // Only root can give a file away.
    guard chown(path, 12345, 12345) == 0 else { return }
    let error = #expect(throws: ConfigurationError.self) { _ = try KeyFile.publicKey(path) }
    #expect(error?.description.contains("belongs to another user (12345)") == true)
  }

  @Test func aKeyMayStandAlone() throws {
    let folder = try Folder()
    let path = "\(folder.path)/key"
    // Z85 has the sign of comments among its digits.
    let keys = ["#" + String(repeating: "a", count: 39), String(repeating: "0", count: 40)]
    for key in keys {
      for text in [
        key, "# whose\n\n  \(key)  \r\n", "public-key=\"\(key)\"", "public-key\t= '\(key)'",
      ] {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        #expect(try KeyFile.publicKey(path) == key, "\(text)")
      }
    }
    let pair = try CurveKeyPair.generate()
    try Data("\(pair.secretKey)\n".utf8).write(to: URL(fileURLWithPath: path))
    chmod(path, 0o600)
    #expect(try KeyFile.pair(path) == pair)
  }
}
