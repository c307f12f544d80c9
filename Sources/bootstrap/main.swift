import AWSCore
import BatchJobs
import Checksums
import Console
import Driver
import FoundationEssentials
import Glibc
import HTTPTransport
import Jobs
import LambdaRuntime
import S3
import SQS
import Transfer

// A task that is cut off is handed out again, so there is nothing to finish when Lambda shuts the environment down.
signal(SIGTERM) { _ in _exit(0) }
Descriptor.ignoreClosedPipes()

exit(await run(ProcessInfo.processInfo.environment).rawValue)

/// Runs the driver until Lambda ends it, or it cannot start.
func run(_ environment: [String: String]) async -> ExitCode {
    guard let host = environment["AWS_LAMBDA_RUNTIME_API"], !host.isEmpty else {
        try? Descriptor.standardError.print(
            "s3haul: bootstrap runs in AWS Lambda, which sets AWS_LAMBDA_RUNTIME_API; s3haul is the program for "
                + "elsewhere\n")
        return .usage
    }
    if let problem = SHA256.problem {
        report(problem)
        return .usage
    }
    do throws(any Error) {
        let configuration = Result { () throws(ConfigurationError) in try AWSConfiguration.fromEnvironment() }
        let authorities = (try? configuration.get())?.certificateAuthorities
        let transport = try HTTPClient(.init(certificateAuthorities: authorities))
        let runtime = LambdaRuntime(host: host, transport: transport, log: report)
        switch makeDriver(environment, configuration, transport) {
        case .success(let driver):
            try await transport.onEventLoop {
                try await runtime.run { event, context throws(InvocationError) in
                    try await driver.handle(event, context)
                }
            }
            return .success
        case .failure(let error):
            report(error.message)
            try await runtime.reportInitError(error)
        }
    } catch {
        report("\(error)")
    }
    return .someFailed
}

/// Wires the driver to S3 and AWS Batch; the error is what Lambda is told of a wrong value.
func makeDriver(
    _ environment: [String: String], _ configuration: Result<AWSConfiguration, ConfigurationError>,
    _ transport: HTTPClient
) -> Result<Driver, InvocationError> {
    let settings: RunSettings
    do throws(SettingError) {
        settings = try RunSettings(environment: environment)
    } catch {
        return .failure(InvocationError(type: "Runtime.InvalidSetting", message: "\(error)"))
    }
    if let missing = settings.missingState { log(missing, .info) }
    let lines = DriverLog(functionName: environment["AWS_LAMBDA_FUNCTION_NAME"] ?? "bootstrap") { lines in
        try? Descriptor.standardOutput.print(lines)
    }
    return
        configuration
        .mapError { InvocationError(type: "Runtime.InvalidConfiguration", message: "\($0)") }
        .map { Driver(settings: settings, actions: actions($0, transport, environment.requestLog), log: lines) }
}

/// What the driver does, by S3 and AWS Batch.
func actions(
    _ configuration: AWSConfiguration, _ transport: HTTPClient, _ log: (@Sendable (String) -> Void)?
) -> Actions {
    let credentials = CredentialChain.default(configuration: configuration, transport: transport)
    let client = AWSClient(
        configuration: configuration, credentials: credentials, transport: transport, log: log)
    let s3 = S3Client(client)
    let batch = BatchClient(client)
    let sqs = SQSClient(client)
    return Actions(
        head: { request throws(AWSError) in try await s3.headObject(request) },
        copy: { task, source, settings in
            await TransferEngine(store: s3, settings: settings.copy, run: settings.run ?? "")
                .copyWhole(task, source: source)
        },
        submit: { request throws(AWSError) in try await batch.submitJob(request) },
        send: { messages, queue in
            let output = await sqs.sendMessageBatch(messages.map { OutgoingMessage($0.body) }, to: queue)
            var errors = [AWSError?](repeating: nil, count: messages.count)
            for failure in output.failed { errors[failure.index] = failure.error }
            return errors
        })
}

/// Writes one line of why the driver does not run to standard error; there is nowhere to say that it could not be written.
@Sendable func report(_ message: String) { log(message, .error) }

func log(_ message: String, _ level: LogLine.Level) {
    try? Descriptor.standardError.print(LogLine(message, level: level).text)
}
