import AWSCore
import CLinux
import Checksums
import Console
import Extraction
import HTTPTransport

/// The command line: `s3haul VERB …`.
public enum S3Haul {
    /// Carries out a command line.
    ///
    /// - Parameters:
    ///   - words: The command line behind the program's name.
    ///   - environment: The environment's variables.
    /// - Returns: The exit code.
    public static func run(_ words: [String], environment: [String: String]) async -> Int32 {
        Descriptor.ignoreClosedPipes()
        giveBackLargeBlocks()
        var reporter = Reporter()
        do {
            switch try Program.s3haul.parse(words, environment: environment) {
            case .help(let verb): try Descriptor.standardOutput.print(Program.s3haul.help(verb))
            case .version: try Descriptor.standardOutput.print("s3haul \(Program.version)\n")
            case .run(let arguments):
                var environment = environment
                if arguments.isSet(Flag.verbose.name) { environment[Flag.verbose.environmentName] = "true" }
                environment["S3HAUL_OUTPUT"] = arguments.value("output")
                reporter = Reporter(isForPrograms: environment.isForPrograms)
                return try await run(arguments, environment: environment, reporter).rawValue
            }
            return ExitCode.success.rawValue
        } catch Descriptor.WriteError.closed {
            // Whoever reads standard output has read enough.
            return ExitCode.success.rawValue
        } catch {
            await reporter.say("\(error)", level: .error)
            return exitCode(of: error).rawValue
        }
    }

    private static func run(
        _ arguments: Arguments, environment: [String: String], _ reporter: Reporter
    ) async throws -> ExitCode {
        if let problem = SHA256.problem { throw UsageError(problem) }
        switch arguments.verb {
        case .dispatch:
            let request = try DispatchRequest(arguments, environment: environment)
            return try await DispatchCommand(request: request, environment: environment, reporter: reporter).run()
        case .manifest:
            let request = try ManifestRequest(arguments)
            return try await ManifestCommand(request: request, environment: environment, reporter: reporter).run()
        case .group:
            let request = try GroupRequest(arguments)
            return try await GroupCommand(request: request, environment: environment, reporter: reporter).run()
        case .bundle:
            let order = try BundleOrder(arguments, environment: environment)
            return try await BundleCommand(order: order, environment: environment, reporter: reporter).run()
        case .work:
            let request = try WorkRequest(arguments, environment: environment)
            return try await WorkCommand(request: request, environment: environment, reporter: reporter).run()
        case .list:
            let request = try ArchiveRequest(arguments, environment: environment)
            return try await ListCommand(request: request, environment: environment, reporter: reporter).run()
        case .verify:
            let request = try VerifyRequest(arguments, environment: environment)
            return try await VerifyCommand(request: request, environment: environment, reporter: reporter).run()
        case .extract:
            let request = try ExtractRequest(arguments, environment: environment)
            return try await ExtractCommand(request: request, environment: environment, reporter: reporter).run()
        default:
            let request = try CopyRequest(arguments, environment: environment)
            return try await CopyCommand(request, environment: environment, reporter: reporter).run()
        }
    }

    /// Has blocks as large as an upload's parts given back to the system when they are freed.
    ///
    /// glibc otherwise raises the size from which it does so with every one that is freed, and the heap grows with what
    /// happens to lie behind them (mallopt(3), M_MMAP_THRESHOLD).
    ///
    /// Each thread's heap of its own (M_ARENA_MAX) would keep what it needed once; two are enough for what is done here.
    private static func giveBackLargeBlocks() {
        _ = mallopt(M_MMAP_THRESHOLD, 4 << 20)
        _ = mallopt(M_ARENA_MAX, 2)
    }

    private static func exitCode(of error: any Error) -> ExitCode {
        switch error {
        case let refused as RefusedMessages: exitCode(of: refused.error)
        case let error as AWSError: error.isTransient || error.isThrottling || error.isCancellation ? .tryAgain : .usage
        case let error as ExtractionError: error.code == .transient ? .tryAgain : .usage
        case is HTTPError, is CancellationError: .tryAgain
        default: .usage
        }
    }
}
