// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "s3haul",
    products: [
        .executable(name: "s3haul", targets: ["s3haul"]),
        .executable(name: "bootstrap", targets: ["bootstrap"]),
    ])

/// A library and the test target beside it; `fixtures` says that its tests read files from a `Fixtures` folder, where
/// they lie: a bundle of them would need Foundation.
@MainActor
func module(_ name: String, needs dependencies: [Target.Dependency] = [], fixtures: Bool = false) {
    package.targets += [
        .target(name: name, dependencies: dependencies),
        .testTarget(
            name: "\(name)Tests", dependencies: [.target(name: name), "TestSupport"] + dependencies,
            exclude: fixtures ? ["Fixtures"] : []),
    ]
}

// Floor 0: the system's C libraries, and C of our own where Swift cannot say it.
package.targets += [
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CLinux"),
    .target(name: "CChecksums"),
    .target(name: "CCompat"),
]

// Floor 1
module("HTTPTransport", needs: ["CCurl", "CCrypto", "CLinux"])
module("Checksums", needs: ["CCrypto", "CChecksums"])
module("Console")

// Floor 2
module("AWSCore", needs: ["HTTPTransport", "Checksums", "CExpat", "CLinux"], fixtures: true)
module("LambdaRuntime", needs: ["HTTPTransport"])
module("Manifests")
module("Archives", needs: ["CDeflate", "CZlib", "CZstd"])

// Floor 3
module("S3", needs: ["AWSCore", "HTTPTransport", "Checksums"])
module("SQS", needs: ["AWSCore", "HTTPTransport"])
module("BatchJobs", needs: ["AWSCore", "HTTPTransport"])

// Between floors 3 and 4: the words that the capabilities share, such as task, setting and record.
module("Jobs", needs: ["S3", "BatchJobs", "AWSCore", "Checksums", "Manifests"])

// Floor 4: the capabilities. They do not import each other.
module("Driver", needs: ["Jobs", "Manifests", "S3", "BatchJobs", "LambdaRuntime", "AWSCore", "HTTPTransport"])
module("Transfer", needs: ["Jobs", "S3", "AWSCore", "HTTPTransport", "Checksums"])
module("Grouping", needs: ["Manifests", "AWSCore"])
module("Bundling", needs: ["Archives", "Jobs", "Manifests", "S3", "AWSCore", "HTTPTransport", "Checksums"])
module(
    "Extraction",
    needs: ["Archives", "Manifests", "Jobs", "S3", "AWSCore", "HTTPTransport", "Checksums", "CLinux"])
module("Queueing", needs: ["SQS", "Jobs", "Manifests", "S3", "AWSCore", "HTTPTransport", "Checksums"])
module("Dispatching", needs: ["Jobs", "Manifests", "AWSCore", "HTTPTransport", "Checksums"])

// What tests of several modules need.
package.targets += [
    .target(name: "TestSupport", dependencies: ["HTTPTransport"], path: "Tests/TestSupport"),
    .executableTarget(name: "sanitizer-canary", path: "Tests/SanitizerCanary"),
    .executableTarget(name: "ArchiveTool", dependencies: ["Archives"], path: "Tests/ArchiveTool"),
]

// Against real servers, which scripts/stack starts.
package.targets += [
    .testTarget(
        name: "ServerTests", dependencies: ["S3", "SQS", "BatchJobs", "AWSCore", "HTTPTransport", "Checksums"])
]

// Floor 5: the programs, and what the command line does, as a library that tests can call.
module(
    "Commands",
    needs: [
        "CLinux",
        "Transfer", "Bundling", "Queueing", "Dispatching", "Extraction", "Archives", "Jobs", "Manifests", "S3",
        "AWSCore", "SQS", "HTTPTransport", "Checksums", "Console", "Grouping", "BatchJobs",
    ], fixtures: true)
package.targets += [
    .executableTarget(name: "s3haul", dependencies: ["Commands"]),
    .executableTarget(
        name: "bootstrap",
        dependencies: [
            "Driver", "Transfer", "Jobs", "S3", "SQS", "BatchJobs", "LambdaRuntime", "AWSCore", "HTTPTransport",
            "Checksums", "Console", "CCompat",
        ],
        // Nobody looks up symbols in it, and without them it is half a megabyte smaller.
        linkerSettings: [
            .unsafeFlags(["-Xlinker", "--no-export-dynamic", "-Xlinker", "--icf=safe"], .when(configuration: .release))
        ]),
]

// What `make bench` runs beside the tools that it compares with.
package.targets.append(
    .executableTarget(
        name: "engine-benchmark", dependencies: ["S3", "AWSCore", "HTTPTransport"], path: "Benchmarks/Engine"))

// What every Swift target is compiled with.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0461-async-function-isolation.md
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0480-swiftpm-warning-control.md
    .treatAllWarnings(as: .error),
]

for target in package.targets where target.type != .system && !["CChecksums", "CCompat"].contains(target.name) {
    target.swiftSettings = settings
}
