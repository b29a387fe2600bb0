// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "afferent",
  products: [
    .library(name: "Transport", targets: ["Transport"]),
    .library(name: "Events", targets: ["Events"]),
    .library(name: "Learning", targets: ["Learning"]),
    .library(name: "Service", targets: ["Service"]),
    .library(name: "FuzzTargets", targets: ["FuzzTargets"]),
    .executable(name: "afferent", targets: ["afferent"]),
    .executable(name: "afferent-replay", targets: ["afferent-replay"]),
    .executable(name: "afferent-sensor", targets: ["afferent-sensor"]),
    .executable(name: "afferent-watch", targets: ["afferent-watch"]),
    .executable(name: "afferent-convert", targets: ["afferent-convert"]),
    .executable(name: "afferent-lab", targets: ["afferent-lab"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(name: "CZMQ", providers: [.apt(["libzmq3-dev"])]),
    .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLZ4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CMalloc"),
    .target(name: "Transport", dependencies: ["CZMQ"]),
    .target(name: "Events", dependencies: ["CSodium", "CZlib", "CLZ4", "CZstd"]),
    .target(
      name: "FuzzTargets", dependencies: ["Events"], path: "Tools/fuzz/Sources/FuzzTargets"),
    .target(name: "Learning", dependencies: ["Events"]),
    .target(name: "Reference", dependencies: ["Learning", "Events"]),
    .target(
      name: "Service",
      dependencies: [
        "Transport", "Events", "Learning", "CMalloc", "Yams",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(
      name: "ToolSupport",
      dependencies: [
        "Service", "Events", "Transport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tools/support"),
    .executableTarget(
      name: "afferent",
      dependencies: [
        "ToolSupport", "Service", "Learning", "Events", "Transport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    tool("replay"),
    tool("sensor"),
    tool("watch", without: ["dashboard.png"], embedding: ["Page"]),
    tool("convert"),
    tool("lab", needs: ["Reference"], without: ["Examples", "Peers", "Reports"]),
    .testTarget(name: "TransportTests", dependencies: ["Transport"]),
    .testTarget(name: "EventsTests", dependencies: ["Events", "FuzzTargets"]),
    .testTarget(name: "LearningTests", dependencies: ["Learning", "Reference", "Events"]),
    .testTarget(
      name: "ServiceTests",
      dependencies: [
        "Service", "Transport", "Events", "Learning",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "Service", "Transport", "Events", "Learning",
        "afferent", "afferent-replay", "afferent-sensor", "afferent-watch", "afferent-convert",
        "afferent-lab",
      ]),
  ],
  swiftLanguageModes: [.v6]
)

func tool(
  _ name: String, needs dependencies: [Target.Dependency] = [], without folders: [String] = [],
  embedding resources: [String] = []
) -> Target {
  .executableTarget(
    name: "afferent-\(name)",
    dependencies: [
      "ToolSupport", "Service", "Transport", "Events", "Learning",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ] + dependencies, path: "Tools/\(name)", exclude: folders,
    resources: resources.map { .embedInCode($0) })
}

for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
  ]
  // Processors that programs need not run on elsewhere, such as AFFERENT_CPU=native: the same bits, faster.
  if let cpu = Context.environment["AFFERENT_CPU"], !cpu.isEmpty {
    target.swiftSettings?.append(.unsafeFlags(["-Xcc", "-march=\(cpu)"]))
  }
}
