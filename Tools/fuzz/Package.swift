// swift-tools-version: 6.2

import PackageDescription

// Fuzzing of every decoder with libFuzzer, apart from the package that it tests; see README.md.
let package = Package(
  name: "afferent-fuzz",
  dependencies: [.package(name: "afferent", path: "../..")],
  targets: [
    .systemLibrary(name: "CFuzzer"),
    .executableTarget(
      name: "corpus", dependencies: [.product(name: "FuzzTargets", package: "afferent")]),
    .executableTarget(
      name: "fuzz", dependencies: [.product(name: "FuzzTargets", package: "afferent"), "CFuzzer"],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .enableUpcomingFeature("MemberImportVisibility"),
      .enableUpcomingFeature("ExistentialAny"),
    ]
}
